use proptest::prelude::*;
use weir_lab::checks::{Bound, Phrase, Rule, Unit, grammar::parse};

fn phrase() -> impl Strategy<Value = Phrase> {
    r#"\*?[a-zé0-9"\\(),.?' ]{1,12}\*?"#.prop_filter_map("says nothing", |text| Phrase::new(&text))
}

fn text() -> impl Strategy<Value = String> {
    r#"[A-Za-zé0-9"\\(),.?' ]{0,12}"#
}

fn decimal() -> impl Strategy<Value = f64> {
    (-100_000_i32..100_000).prop_map(|hundredths| f64::from(hundredths) / 100.0)
}

fn some<T: std::fmt::Debug>(one: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<T>> {
    prop::collection::vec(one, 1..4)
}

fn rule() -> impl Strategy<Value = Rule> {
    let leaf = prop_oneof![
        phrase().prop_map(Rule::Says),
        some(phrase()).prop_map(Rule::InOrder),
        some(text()).prop_map(Rule::Is),
        phrase().prop_map(Rule::BeginsWith),
        phrase().prop_map(Rule::EndsWith),
        some(decimal()).prop_map(Rule::NumbersEqual),
        (
            prop::sample::select(Unit::ALL.to_vec()),
            prop::sample::select(Bound::ALL.to_vec()),
            0_usize..1000,
        )
            .prop_map(|((unit, _), (bound, _), number)| Rule::Has(unit, bound, number)),
        Just(Rule::UpperCase),
        some(text()).prop_map(Rule::JsonKeys),
        (0_usize..1000).prop_map(Rule::JsonArray),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let rules = || some(inner.clone());
        prop_oneof![
            rules().prop_map(Rule::AllOf),
            rules().prop_map(Rule::AnyOf),
            rules().prop_map(Rule::NoneOf),
            rules().prop_map(|rules| Rule::AtLeast(rules.len().div_ceil(2), rules)),
            inner
                .clone()
                .prop_map(|rule| Rule::EachItem(Box::new(rule))),
            (text(), inner.clone()).prop_map(|(key, rule)| Rule::JsonValue(key, Box::new(rule))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(rule in rule()) {
        prop_assert_eq!(parse(&rule.to_string()).unwrap(), rule);
    }

    #[test]
    fn white_space_between_words_and_marks_does_not_matter(rule in rule()) {
        prop_assert_eq!(parse(&format!("  {rule}\t ")).unwrap(), rule);
    }

    #[test]
    fn whatever_is_written_is_a_rule_or_an_error_and_whatever_is_replied_holds_or_not(
        written in r#"(all of |any of |is |words |json value |[0-9]{1,3} of |["(),]|[a-z]{1,3} ?){0,12}"#,
        rule in rule(),
        reply in any::<String>(),
    ) {
        let _ = parse(&written);
        let _ = parse(&reply);
        let _ = rule.holds(&reply);
    }

    #[test]
    fn none_of_is_the_opposite_of_any_of(rules in some(rule()), reply in "[a-z0-9 .,?{}\"]{0,40}") {
        let any = Rule::AnyOf(rules.clone()).holds(&reply);
        prop_assert_eq!(Rule::NoneOf(rules).holds(&reply), !any);
    }

    #[test]
    fn one_of_all_is_any_and_all_of_them_is_all(rules in some(rule()), reply in "[a-z0-9 .,?{}\"]{0,40}") {
        let at_least = |count| Rule::AtLeast(count, rules.clone()).holds(&reply);
        prop_assert_eq!(at_least(1), Rule::AnyOf(rules.clone()).holds(&reply));
        prop_assert_eq!(at_least(rules.len()), Rule::AllOf(rules.clone()).holds(&reply));
    }
}

#[test]
fn a_mistake_is_named_with_its_place() {
    for (written, message) in [
        ("", "at character 1 of the rule: expected a rule"),
        ("says \"a\"", "at character 1 of the rule: expected a rule"),
        ("\"a", "at character 2 of the rule: the quotation mark"),
        ("\"\\n\"", "at character 2 of the rule: only"),
        (
            "\"a\", \"b\"",
            "at character 4 of the rule: the rule should end here",
        ),
        (
            "\" * \"",
            "at character 1 of the rule: a phrase that says nothing",
        ),
        ("all of \"a\"", "at character 8 of the rule: expected ("),
        (
            "any of (\"é\" \"b\")",
            "at character 13 of the rule: expected ,",
        ),
        ("any of ()", "at character 9 of the rule: expected a rule"),
        (
            "words some",
            "at character 7 of the rule: expected a whole number",
        ),
        (
            "number equals many",
            "at character 15 of the rule: expected a number",
        ),
        ("2 \"a\"", "at character 3 of the rule: expected “of”"),
        (
            "3 of (\"a\", \"b\")",
            "at character 1 of the rule: 3 of 2 rules",
        ),
        ("0 of (\"a\")", "at character 1 of the rule: 0 of 1 rules"),
    ] {
        let error = parse(written).unwrap_err().to_string();
        assert!(error.starts_with(message), "{written}: {error}");
    }
}
