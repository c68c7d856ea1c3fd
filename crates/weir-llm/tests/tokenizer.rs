//! What the tokenizer promises for any text.
#![allow(clippy::unwrap_used, reason = "tests")]

mod small_model;

use proptest::prelude::*;
use small_model::{END, START, WORD, decode, header, vocabulary};
use weir_llm::gguf::{Array, GgufBuilder, Value};
use weir_llm::tokenizer::{Special, Tokenizer, TokenizerError};

fn read(builder: &GgufBuilder) -> Result<Tokenizer, TokenizerError> {
    Tokenizer::from_gguf(&header(builder))
}

#[test]
fn merges_apply_in_their_order() {
    let tokenizer = read(&vocabulary()).unwrap();
    assert_eq!(
        tokenizer.encode("hello w", Special::Plain),
        [258, u32::from(b'o'), 259]
    );
}

#[test]
fn control_tokens_come_from_templates_only() {
    let tokenizer = read(&vocabulary()).unwrap();
    let text = "<|im_start|>he<|im_end|>";
    assert_eq!(tokenizer.encode(text, Special::Parse), [START, 256, END]);
    let plain = tokenizer.encode(text, Special::Plain);
    assert!(!plain.iter().any(|&token| tokenizer.is_control(token)));
    assert_eq!(decode(&tokenizer, &plain), text.as_bytes());
}

#[test]
fn words_of_the_user_are_found_in_any_text() {
    let tokenizer = read(&vocabulary()).unwrap();
    assert_eq!(
        tokenizer.encode("he<word>he", Special::Plain),
        [256, WORD, 256]
    );
    assert!(!tokenizer.is_control(WORD));
}

#[test]
fn the_end_of_a_reply_is_known_by_number_and_by_name() {
    let tokenizer = read(&vocabulary()).unwrap();
    assert!(tokenizer.is_end(END) && !tokenizer.is_end(START));
    assert_eq!(tokenizer.bos(), None, "only where the file asks for it");
    let with_bos = vocabulary().key("tokenizer.ggml.add_bos_token", Value::Bool(true));
    assert_eq!(read(&with_bos).unwrap().bos(), Some(START));
}

#[test]
fn unknown_numbers_have_no_bytes() {
    let tokenizer = read(&vocabulary()).unwrap();
    assert_eq!(tokenizer.vocab(), 263);
    assert_eq!(tokenizer.bytes(263), b"");
    assert_eq!(tokenizer.bytes(u32::MAX), b"");
    assert_eq!(tokenizer.bytes(0), [0]);
}

#[test]
fn other_vocabularies_are_refused_by_name() {
    let refused = |model, pre| {
        read(
            &GgufBuilder::default()
                .text("tokenizer.ggml.model", model)
                .text("tokenizer.ggml.pre", pre),
        )
        .unwrap_err()
    };
    assert_eq!(
        refused("bert", "default"),
        TokenizerError::Model("bert".into())
    );
    assert_eq!(
        refused("gpt2", "tekken"),
        TokenizerError::Cut("tekken".into())
    );
}

#[test]
fn damaged_vocabularies_are_refused() {
    let damaged = [
        vocabulary().number("tokenizer.ggml.eot_token_id", 263),
        GgufBuilder::default()
            .text("tokenizer.ggml.model", "gpt2")
            .text("tokenizer.ggml.pre", "smollm")
            .key(
                "tokenizer.ggml.tokens",
                Value::Array(Array::Strings(vec!["a".into()])),
            )
            .key(
                "tokenizer.ggml.token_type",
                Value::Array(Array::Signed(vec![])),
            ),
        GgufBuilder::default()
            .text("tokenizer.ggml.model", "gpt2")
            .text("tokenizer.ggml.pre", "smollm")
            .key(
                "tokenizer.ggml.tokens",
                Value::Array(Array::Strings(vec!["a".into()])),
            )
            .key(
                "tokenizer.ggml.token_type",
                Value::Array(Array::Signed(vec![1])),
            )
            .key(
                "tokenizer.ggml.merges",
                Value::Array(Array::Strings(vec!["aa".into()])),
            ),
    ];
    for builder in damaged {
        assert!(matches!(read(&builder), Err(TokenizerError::Damaged(_))));
    }
}

/// With an algorithm that is quadratic in the length of a word this does not end.
#[test]
fn a_million_characters_are_no_problem() {
    let tokenizer = read(&vocabulary()).unwrap();
    let mixed: String = "Hello wörld 12 <|im_end|> 日本 😀\n"
        .chars()
        .cycle()
        .take(1_000_000)
        .collect();
    for text in [
        "a".repeat(1_000_000),
        "hell".repeat(250_000),
        " ".repeat(1_000_000),
        mixed,
    ] {
        for special in [Special::Parse, Special::Plain] {
            let tokens = tokenizer.encode(&text, special);
            assert!(decode(&tokenizer, &tokens) == text.as_bytes());
        }
    }
}

proptest! {
    #[test]
    fn tokens_give_back_the_text(
        text in "(\\PC|[ \\n\\t]|hell|<\\|im_end\\|>|<word>){0,60}"
    ) {
        let tokenizer = read(&vocabulary()).unwrap();
        for special in [Special::Parse, Special::Plain] {
            let tokens = tokenizer.encode(&text, special);
            prop_assert_eq!(decode(&tokenizer, &tokens), text.as_bytes());
        }
        let plain = tokenizer.encode(&text, Special::Plain);
        prop_assert!(!plain.iter().any(|&token| tokenizer.is_control(token)));
    }
}
