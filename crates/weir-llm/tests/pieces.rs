//! What a vocabulary of SentencePiece's pieces promises for any text.
#![allow(clippy::unwrap_used, reason = "tests")]

mod small_model;

use proptest::prelude::*;
use small_model::{decode, header};
use weir_llm::gguf::{Array, GgufBuilder, Value};
use weir_llm::tokenizer::{Special, Tokenizer, TokenizerError};

const BOS: u32 = 1;
const EOS: u32 = 2;
/// The first of the 256 bytes.
const BYTES: u32 = 3;
const A: u32 = BYTES + 256;

/// Control tokens, bytes, and `a`, `b`, `▁`, `▁a`, `ab`, `aba`, of which `ab` is joined first.
fn pieces(scores: usize) -> GgufBuilder {
    let mut tokens: Vec<String> = ["<unk>", "<s>", "</s>"].map(str::to_owned).to_vec();
    tokens.extend((0..256).map(|byte| format!("<0x{byte:02X}>")));
    tokens.extend(["a", "b", "▁", "▁a", "ab", "aba"].map(str::to_owned));
    let mut kinds = vec![2, 3, 3];
    kinds.extend([6; 256]);
    kinds.extend([1; 6]);
    let mut numbers = vec![0.0; 259];
    numbers.extend([-9.0, -9.0, -9.0, -2.0, -1.0, -3.0]);
    numbers.truncate(scores);
    GgufBuilder::default()
        .text("tokenizer.ggml.model", "llama")
        .key(
            "tokenizer.ggml.tokens",
            Value::Array(Array::Strings(tokens)),
        )
        .key(
            "tokenizer.ggml.scores",
            Value::Array(Array::Floats(numbers)),
        )
        .key(
            "tokenizer.ggml.token_type",
            Value::Array(Array::Signed(kinds)),
        )
        .number("tokenizer.ggml.bos_token_id", BOS.into())
        .number("tokenizer.ggml.eos_token_id", EOS.into())
}

fn tokenizer() -> Tokenizer {
    Tokenizer::from_gguf(&header(&pieces(265))).unwrap()
}

#[test]
fn the_highest_score_is_joined_first_the_leftmost_among_equals() {
    let encode = |text| tokenizer().encode(text, Special::Plain);
    let [b, space, space_a, ab, aba] = [A + 1, A + 2, A + 3, A + 4, A + 5];
    assert_eq!(encode("aba"), [space, aba]);
    assert_eq!(encode("abab"), [space, ab, ab]);
    assert_eq!(encode("aab"), [space_a, ab]);
    assert_eq!(encode("b a"), [space, b, space_a]);
    assert!(encode("").is_empty());
}

#[test]
fn what_is_no_piece_becomes_bytes() {
    let tokens = tokenizer().encode("é", Special::Plain);
    assert_eq!(tokens, [A + 2, BYTES + 0xc3, BYTES + 0xa9]);
    assert_eq!(tokenizer().bytes(BYTES + 10), b"\n");
}

#[test]
fn control_tokens_come_from_templates_only() {
    let tokenizer = tokenizer();
    assert_eq!(tokenizer.encode("</s>a", Special::Parse), [EOS, A + 3]);
    let plain = tokenizer.encode("</s><0x41>", Special::Plain);
    assert!(!plain.iter().any(|&token| tokenizer.is_control(token)));
    assert_eq!(decode(&tokenizer, &plain), b" </s><0x41>");
}

#[test]
fn a_token_before_every_text_is_the_rule() {
    assert_eq!(tokenizer().bos(), Some(BOS));
    assert!(tokenizer().is_end(EOS));
    let without = pieces(265).key("tokenizer.ggml.add_bos_token", Value::Bool(false));
    let without = Tokenizer::from_gguf(&header(&without)).unwrap();
    assert_eq!(without.bos(), None);
}

#[test]
fn every_token_needs_a_score() {
    let read = Tokenizer::from_gguf(&header(&pieces(264)));
    assert!(matches!(read, Err(TokenizerError::Damaged(_))));
}

/// With an algorithm that is quadratic in the length of a text this does not end.
#[test]
fn a_million_characters_are_no_problem() {
    let tokenizer = tokenizer();
    for piece in ["a", "ab", "aab ", "ä"] {
        let text: String = piece.chars().cycle().take(1_000_000).collect();
        let tokens = tokenizer.encode(&text, Special::Plain);
        assert!(decode(&tokenizer, &tokens)[1..] == *text.as_bytes());
    }
}

proptest! {
    #[test]
    fn tokens_give_back_the_text_behind_a_space(text in "(\\PC|[ab \\n]|</s>){1,60}") {
        let tokenizer = tokenizer();
        let tokens = tokenizer.encode(&text, Special::Plain);
        // A lower block in the text stands for a space too.
        let expected = format!(" {text}").replace('▁', " ");
        prop_assert_eq!(decode(&tokenizer, &tokens), expected.as_bytes());
        prop_assert!(!tokens.iter().any(|&token| tokenizer.is_control(token)));
    }
}
