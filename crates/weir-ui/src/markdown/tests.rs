use proptest::prelude::*;

use super::*;

fn text(words: &str) -> Node {
    Node::Text(words.to_owned())
}

fn paragraph(nodes: Vec<Node>) -> Node {
    Node::Container(Container::Paragraph, nodes)
}

fn depth(nodes: &[Node]) -> usize {
    nodes
        .iter()
        .map(|node| match node {
            Node::Container(_, inner) => 1 + depth(inner),
            _ => 1,
        })
        .max()
        .unwrap_or(0)
}

fn links(nodes: &[Node]) -> Vec<String> {
    let mut found = Vec::new();
    for node in nodes {
        if let Node::Container(container, inner) = node {
            if let Container::Link(address) = container {
                found.push(address.clone());
            }
            found.extend(links(inner));
        }
    }
    found
}

#[test]
fn a_paragraph_with_emphasis_and_code() {
    let strong = Node::Container(Container::Strong, vec![text("bold")]);
    assert_eq!(
        parse("a **bold** `x`"),
        vec![paragraph(vec![
            text("a "),
            strong,
            text(" "),
            Node::Code("x".to_owned())
        ])]
    );
}

#[test]
fn raw_html_is_shown_not_run() {
    let parsed = parse("<img src=x onerror=alert(1)> and <b>bold</b>");
    let shown: String = parsed.iter().map(plain_text).collect();
    assert_eq!(shown, "<img src=x onerror=alert(1)> and <b>bold</b>");
    let block = parse("<script>\nalert(1)\n</script>\n");
    assert_eq!(block, vec![text("<script>\nalert(1)\n</script>\n")]);
}

#[test]
fn only_web_addresses_become_links() {
    assert_eq!(
        links(&parse("[a](https://example.org/x) [b](HTTP://example.org)")),
        ["https://example.org/x", "HTTP://example.org"]
    );
    for address in [
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "/here",
        "file:///x",
    ] {
        let parsed = parse(&format!("[label]({address})"));
        assert_eq!(links(&parsed), Vec::<String>::new(), "{address}");
        assert_eq!(parsed, vec![paragraph(vec![text("label")])]);
    }
}

#[test]
fn a_picture_becomes_a_link_to_it() {
    assert_eq!(
        parse("![a cat](https://example.org/cat.png)"),
        vec![paragraph(vec![Node::Container(
            Container::Link("https://example.org/cat.png".to_owned()),
            vec![text("a cat")]
        )])]
    );
}

#[test]
fn code_keeps_its_language_and_its_lines() {
    assert_eq!(
        parse("```rust title=\"x\"\nfn main() {}\n\n  // *not* emphasis\n```"),
        vec![Node::CodeBlock {
            language: "rust".to_owned(),
            code: "fn main() {}\n\n  // *not* emphasis\n".to_owned()
        }]
    );
}

#[test]
fn an_unclosed_fence_is_still_code() {
    assert_eq!(
        parse("```\ncut off"),
        vec![Node::CodeBlock {
            language: String::new(),
            code: "cut off".to_owned()
        }]
    );
}

#[test]
fn a_table_knows_its_alignment() {
    let parsed = parse("| a | b |\n|:-:|--:|\n| 1 | 2 |");
    let Node::Container(Container::Table(columns), rows) = &parsed[0] else {
        panic!("not a table: {parsed:?}");
    };
    assert_eq!(columns, &[Align::Middle, Align::End]);
    assert_eq!(rows.len(), 2);
}

#[test]
fn deep_nesting_is_flattened_and_loses_no_words() {
    let parsed = parse(&format!("{}bottom", "> ".repeat(5_000)));
    assert!(depth(&parsed) <= MAX_DEPTH + 1);
    let shown: String = parsed.iter().map(plain_text).collect();
    assert!(shown.contains("bottom"));
}

#[test]
fn letters_that_nobody_sees_are_in_no_part_of_a_reply() {
    let source = "a\u{202e}b&#x202E;c `d\u{2066}e` [f\u{200c}g](https://x.example/\u{202e}y)\n\n\
                  ```ru\u{202e}st\nlet a\u{e0061} = 1;\n```\n\n<i\u{202d}>";
    let parsed = parse(source);
    let shown: String = parsed.iter().map(plain_text).collect();
    assert_eq!(shown, "abc de f\u{200c}glet a = 1;\n<i>");
    assert_eq!(links(&parsed), ["https://x.example/y"]);
    assert!(matches!(&parsed[1], Node::CodeBlock { language, .. } if language == "rust"));
}

proptest! {
    #[test]
    fn any_text_is_shown_without_letters_that_turn_it_around(
        source in "([a-z\\[\\]()`*<>\n ]|\u{202e}|\u{2067}|&#x202e;|&#8238;){0,200}"
    ) {
        let shown: String = parse(&source).iter().map(plain_text).collect();
        let is_turned = shown.contains(['\u{202e}', '\u{2067}']);
        prop_assert!(!is_turned);
    }

    #[test]
    fn any_text_gives_a_shallow_tree_without_unsafe_links(source in "[ -~\n]{0,400}") {
        let parsed = parse(&source);
        prop_assert!(depth(&parsed) <= MAX_DEPTH + 1);
        for address in links(&parsed) {
            let lower = address.to_ascii_lowercase();
            prop_assert!(lower.starts_with("http://") || lower.starts_with("https://"));
        }
    }

    #[test]
    fn plain_words_survive(words in "[a-z]{1,12}( [a-z]{1,12}){0,20}") {
        let shown: String = parse(&words).iter().map(plain_text).collect();
        prop_assert_eq!(shown, words);
    }
}
