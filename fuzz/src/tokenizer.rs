//! A vocabulary of a stranger, and a text to cut with it.
//!
//! The bytes are up to five parts, split at 0xFF, which is in no text: the kind of the vocabulary, its
//! tokens, its merges, the text, and a number for each token's kind. Tokens and merges are split at
//! line ends.

use futures::executor::block_on;
use weir_llm::gguf::{Array, Gguf, GgufBuilder, Value};
use weir_llm::tokenizer::{Special, Tokenizer};

use super::bounded::Allowance;

/// Names, merges and their tables are kept several times over.
pub const MEMORY: Allowance = Allowance {
    base: 4 << 20,
    per_byte: 512,
};

/// Cuts the text into tokens: there are no more of them than bytes, all are of the vocabulary, and a
/// second time they are the same.
pub fn check(bytes: &[u8]) {
    let mut parts = bytes.split(|byte| *byte == 0xFF);
    let mut part = || parts.next().unwrap_or_default();
    let (kind, tokens, merges, text, kinds) = (part(), part(), part(), part(), part());
    let Some(tokenizer) = tokenizer(kind, tokens, merges, kinds) else {
        return;
    };
    let text = String::from_utf8_lossy(text);
    for special in [Special::Parse, Special::Plain] {
        let tokens = tokenizer.encode(&text, special);
        assert_eq!(tokens, tokenizer.encode(&text, special));
        // A vocabulary of pieces may want a space in front of each run of text.
        assert!(
            tokens.len() <= 2 * text.len() + 1,
            "{} tokens",
            tokens.len()
        );
        for token in tokens {
            assert!((token as usize) < tokenizer.vocab(), "token {token}");
            let _ = (
                tokenizer.bytes(token),
                tokenizer.is_end(token),
                tokenizer.is_control(token),
            );
        }
    }
}

/// The vocabulary, unless it is refused.
fn tokenizer(kind: &[u8], tokens: &[u8], merges: &[u8], kinds: &[u8]) -> Option<Tokenizer> {
    let texts = lines(tokens);
    // Kinds count from 1 (an ordinary token) to 6 (a byte).
    let kinds = (0..texts.len()).map(|at| i32::from(kinds.get(at).copied().unwrap_or(1) % 8));
    let kinds = Value::Array(Array::Signed(kinds.collect()));
    let scores = (0..texts.len()).map(|at| -(at as f32));
    let (model, rule) = match kind.first() {
        Some(b'p') => ("llama", "default"),
        Some(b'q') => ("gpt2", "qwen2"),
        Some(b'l') => ("gpt2", "llama-bpe"),
        _ => ("gpt2", "smollm"),
    };
    let file = GgufBuilder::default()
        .text("general.architecture", "llama")
        .text("tokenizer.ggml.model", model)
        .text("tokenizer.ggml.pre", rule)
        .key(
            "tokenizer.ggml.scores",
            Value::Array(Array::Floats(scores.collect())),
        )
        .key("tokenizer.ggml.tokens", Value::Array(Array::Strings(texts)))
        .key("tokenizer.ggml.token_type", kinds)
        .key(
            "tokenizer.ggml.merges",
            Value::Array(Array::Strings(lines(merges))),
        )
        .build();
    let gguf = block_on(Gguf::read(&file)).ok()?;
    Tokenizer::from_gguf(&gguf).ok()
}

fn lines(bytes: &[u8]) -> Vec<String> {
    let lines = bytes.split(|byte| *byte == b'\n');
    lines
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect()
}
