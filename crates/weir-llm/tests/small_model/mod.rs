//! The header of a model with a vocabulary small enough to read.
#![allow(dead_code, reason = "each test binary uses its own part")]

use weir_llm::gguf::{Array, Gguf, GgufBuilder, Value};
use weir_llm::tokenizer::Tokenizer;

/// The first of the two control tokens.
pub(crate) const START: u32 = 260;
/// The second, which ends a reply.
pub(crate) const END: u32 = 261;
/// A word that was added by hand.
pub(crate) const WORD: u32 = 262;

/// A vocabulary of all bytes, the merges `he`, `ll`, `hell`, ` w`, two control tokens and a word.
pub(crate) fn vocabulary() -> GgufBuilder {
    let mut next = 0x100_u32;
    let mut tokens: Vec<String> = (0..=255_u8)
        .map(|byte| match byte {
            0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff => char::from(byte),
            _ => {
                next += 1;
                char::from_u32(next - 1).unwrap_or_default()
            }
        })
        .map(String::from)
        .collect();
    let merges = ["h e", "l l", "he ll", "Ġ w"];
    tokens.extend(merges.map(|merge| merge.replace(' ', "")));
    tokens.extend(["<|im_start|>", "<|im_end|>", "<word>"].map(str::to_owned));
    let kinds = (0..).take(tokens.len()).map(|token| match token {
        START | END => 3,
        WORD => 4,
        _ => 1,
    });
    GgufBuilder::default()
        .text("tokenizer.ggml.model", "gpt2")
        .text("tokenizer.ggml.pre", "smollm")
        .key(
            "tokenizer.ggml.token_type",
            Value::Array(Array::Signed(kinds.collect())),
        )
        .key(
            "tokenizer.ggml.tokens",
            Value::Array(Array::Strings(tokens)),
        )
        .key(
            "tokenizer.ggml.merges",
            Value::Array(Array::Strings(merges.map(str::to_owned).to_vec())),
        )
        .number("tokenizer.ggml.bos_token_id", START.into())
        .number("tokenizer.ggml.eos_token_id", END.into())
}

/// The header that the builder writes.
pub(crate) fn header(builder: &GgufBuilder) -> Gguf {
    match futures::executor::block_on(Gguf::read(&builder.build())) {
        Ok(gguf) => gguf,
        Err(error) => panic!("{error}"),
    }
}

/// The bytes that `tokens` stand for.
pub(crate) fn decode(tokenizer: &Tokenizer, tokens: &[u32]) -> Vec<u8> {
    tokens
        .iter()
        .flat_map(|&token| tokenizer.bytes(token).to_vec())
        .collect()
}
