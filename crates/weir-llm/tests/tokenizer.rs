//! What the tokenizer promises for any text.
#![allow(clippy::unwrap_used, reason = "tests")]

mod model_file;

use proptest::prelude::*;
use weir_llm::gguf::{Array, Gguf, GgufBuilder, Value};
use weir_llm::tokenizer::{Special, Tokenizer, TokenizerError};

/// A vocabulary of all bytes, a few merges, two control tokens and a word of the user's.
fn small() -> GgufBuilder {
    let mut next = 0x100_u32;
    let mut tokens: Vec<String> = (0..=255_u8)
        .map(|byte| match byte {
            0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff => char::from(byte).to_string(),
            _ => {
                next += 1;
                char::from_u32(next - 1).unwrap().to_string()
            }
        })
        .collect();
    let merges = ["h e", "l l", "he ll", "Ġ w"];
    tokens.extend(merges.map(|merge| merge.replace(' ', "")));
    tokens.extend(["<|im_start|>", "<|im_end|>", "<word>"].map(str::to_owned));
    let mut kinds = vec![1; tokens.len()];
    for (kind, at) in [(3, 260), (3, 261), (4, 262)] {
        kinds[at] = kind;
    }
    GgufBuilder::default()
        .text("tokenizer.ggml.model", "gpt2")
        .text("tokenizer.ggml.pre", "smollm")
        .key(
            "tokenizer.ggml.tokens",
            Value::Array(Array::Strings(tokens)),
        )
        .key(
            "tokenizer.ggml.token_type",
            Value::Array(Array::Signed(kinds)),
        )
        .key(
            "tokenizer.ggml.merges",
            Value::Array(Array::Strings(merges.map(str::to_owned).to_vec())),
        )
        .number("tokenizer.ggml.bos_token_id", 260)
        .number("tokenizer.ggml.eos_token_id", 261)
}

fn read(builder: &GgufBuilder) -> Result<Tokenizer, TokenizerError> {
    let gguf = futures::executor::block_on(Gguf::read(&builder.build())).unwrap();
    Tokenizer::from_gguf(&gguf)
}

fn decode(tokenizer: &Tokenizer, tokens: &[u32]) -> Vec<u8> {
    tokens
        .iter()
        .flat_map(|&token| tokenizer.bytes(token).to_vec())
        .collect()
}

#[test]
fn merges_apply_in_their_order() {
    let tokenizer = read(&small()).unwrap();
    assert_eq!(
        tokenizer.encode("hello w", Special::Plain),
        [258, u32::from(b'o'), 259]
    );
}

#[test]
fn control_tokens_come_from_templates_only() {
    let tokenizer = read(&small()).unwrap();
    let text = "<|im_start|>he<|im_end|>";
    assert_eq!(tokenizer.encode(text, Special::Parse), [260, 256, 261]);
    let plain = tokenizer.encode(text, Special::Plain);
    assert!(!plain.iter().any(|&token| tokenizer.is_control(token)));
    assert_eq!(decode(&tokenizer, &plain), text.as_bytes());
}

#[test]
fn words_of_the_user_are_found_in_any_text() {
    let tokenizer = read(&small()).unwrap();
    assert_eq!(
        tokenizer.encode("he<word>he", Special::Plain),
        [256, 262, 256]
    );
    assert!(!tokenizer.is_control(262));
}

#[test]
fn the_end_of_a_reply_is_known_by_number_and_by_name() {
    let tokenizer = read(&small()).unwrap();
    assert!(tokenizer.is_end(261) && !tokenizer.is_end(260));
    assert_eq!(tokenizer.bos(), None, "only where the file asks for it");
    let with_bos = small().key("tokenizer.ggml.add_bos_token", Value::Bool(true));
    assert_eq!(read(&with_bos).unwrap().bos(), Some(260));
}

#[test]
fn unknown_numbers_have_no_bytes() {
    let tokenizer = read(&small()).unwrap();
    assert_eq!(tokenizer.vocab(), 263);
    assert_eq!(tokenizer.bytes(263), b"");
    assert_eq!(tokenizer.bytes(u32::MAX), b"");
    assert_eq!(tokenizer.bytes(0), [0]);
}

#[test]
fn other_vocabularies_are_refused_by_name() {
    let vocabulary = |model, pre| {
        read(
            &GgufBuilder::default()
                .text("tokenizer.ggml.model", model)
                .text("tokenizer.ggml.pre", pre),
        )
        .unwrap_err()
    };
    assert_eq!(
        vocabulary("llama", "default"),
        TokenizerError::Model("llama".into())
    );
    assert_eq!(
        vocabulary("gpt2", "tekken"),
        TokenizerError::Cut("tekken".into())
    );
}

#[test]
fn damaged_vocabularies_are_refused() {
    let damaged = [
        small().number("tokenizer.ggml.eot_token_id", 263),
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
    let tokenizer = read(&small()).unwrap();
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
        let tokenizer = read(&small()).unwrap();
        for special in [Special::Parse, Special::Plain] {
            let tokens = tokenizer.encode(&text, special);
            prop_assert_eq!(decode(&tokenizer, &tokens), text.as_bytes());
        }
        let plain = tokenizer.encode(&text, Special::Plain);
        prop_assert!(!plain.iter().any(|&token| tokenizer.is_control(token)));
    }
}
