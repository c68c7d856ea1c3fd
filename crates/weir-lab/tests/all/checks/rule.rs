use std::{collections::HashSet, mem::discriminant};

use weir_lab::checks::grammar::parse;

/// A rule, a reply that it accepts and a near miss that it does not.
const EXAMPLES: [(&str, &str, &str); 44] = [
    (
        r#""Paris""#,
        "It is **Paris**, of course.",
        "It is Parisian.",
    ),
    (r#""it's""#, "I think it’s raining", "I think its raining"),
    (r#""10""#, "In 10min.", "In x10 minutes."),
    (r#""10""#, "In 10 minutes.", "In 100 minutes."),
    (r#""10""#, "At 10.", "It costs 10.50."),
    (r#""10""#, "Ten (10)", "It costs 10,000."),
    (r#""10""#, "See 10, 11", "Version 3.10"),
    (r#""au""#, "Au", "Audio"),
    (r#""cycl*""#, "Try cycling", "A motorcycle"),
    (r#""*tee""#, "Ein Kräutertee", "Viele Teesorten"),
    (r#""new york""#, "in New\n York", "a new city, York"),
    (r#""\"go\"""#, "He said “go”.", "He said go."),
    (r#""def add""#, "def add(a, b):", "def adder(a, b):"),
    (r#"all of ("a", "b")"#, "b and a", "a and c"),
    (r#"any of ("a", "b")"#, "only b", "only c"),
    (r#"none of ("nut*")"#, "an apple", "an apple with nuts"),
    (r#"2 of ("a", "b", "c")"#, "a or c", "a or d"),
    (r#"in order ("a", "b", "c")"#, "a, b, c", "a, c, b"),
    (r#"is "yes""#, "Yes.", "Yes, it is."),
    (r#"is "light.on""#, "`light.on`", "light.one"),
    (r#"is "f(x)""#, "\"f(x)\"", "f(x"),
    (r#"is one of ("two", "2")"#, "2", "2 or 3"),
    (r#"begins with "no""#, "No, never.", "Nobody knows."),
    (
        r#"ends with "?""#,
        "Could you \"come?\"",
        "Could you? Come.",
    ),
    ("number equals 42", "6 × 7 = 42", "42 is not 6 × 8"),
    ("number equals 4200", "4,200 euros", "4.2 euros"),
    ("number equals -3.5", "It is −3.5 °C", "It is 3.5 °C"),
    (
        "numbers equal (4, 9, 15)",
        "Sorted: 4,9,15",
        "Sorted: 4, 15, 9",
    ),
    ("numbers equal (1, 2)", "1 and 2", "2"),
    ("characters at most 5", " short ", "longer"),
    ("words 2", "two – words!", "three words here"),
    ("words at most 2", "one", "now there are four"),
    ("words at least 2", "one two three", "one"),
    (
        "sentences 1",
        "Dr. No paid 3.50 euros, e.g. for tea.",
        "No. Never.",
    ),
    ("lines 2", "one\n\ntwo", "one"),
    (
        "items 3",
        "Here are three:\n1. a\n2) b\n3. c\nEnjoy!",
        "1. a\n2. b\n3. a",
    ),
    ("comma items 2", "red, green.", "red, red"),
    ("each item \"a*\"", "- ant\n- ape", "- ant\n- bee"),
    ("upper case", "CLOSED ON 24", "CLOSED on 24"),
    (
        r#"json with keys ("a", "b")"#,
        "```json\n{\"b\": 1, \"a\": 2}\n```",
        r#"{"a": 1}"#,
    ),
    (
        r#"json with keys ("a")"#,
        r#"{"a": 1}"#,
        r#"Here it is: {"a": 1}"#,
    ),
    (r#"json value "a" is "1""#, r#"{"a": 1}"#, r#"{"a": 12}"#),
    (
        r#"json value "a" any of ("x", "y")"#,
        r#"{"a": "Y"}"#,
        r#"{"b": "Y"}"#,
    ),
    ("json array of 2", r#"["a", {"b": 1}]"#, r#"["a"]"#),
];

#[test]
fn every_rule_accepts_what_is_right_and_refuses_a_near_miss() {
    for (rule, accepted, refused) in EXAMPLES {
        let rule = parse(rule).unwrap();
        assert!(rule.holds(accepted), "{rule} refuses “{accepted}”");
        assert!(!rule.holds(refused), "{rule} accepts “{refused}”");
    }
}

#[test]
fn no_rule_is_without_an_example() {
    let kinds: HashSet<_> = EXAMPLES
        .iter()
        .map(|(rule, ..)| discriminant(&parse(rule).unwrap()))
        .collect();
    assert_eq!(kinds.len(), 16, "as many as `Rule` has variants");
}
