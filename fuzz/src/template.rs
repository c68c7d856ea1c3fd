//! A chat template of a stranger, and what a user says.
//!
//! The bytes are two parts, split at 0xFF, which is in no text: the template, and what the user says.

use futures::executor::block_on;
use weir_llm::chat::{ChatTemplate, Message, Role};
use weir_llm::gguf::{Array, Gguf, GgufBuilder, Value};
use weir_llm::tokenizer::Tokenizer;

use super::bounded::Allowance;

/// What a template may read, make and write has limits of its own, whatever the file's length.
pub const MEMORY: Allowance = Allowance {
    base: 256 << 20,
    per_byte: 1024,
};

/// Writes a dialogue. Whatever the template is, a dialogue comes out of it or of the one that stands
/// in for it, or it says why not.
pub fn check(bytes: &[u8]) {
    let mut parts = bytes.split(|byte| *byte == 0xFF);
    let mut part = || String::from_utf8_lossy(parts.next().unwrap_or_default());
    let (template, text) = (part(), part());
    let file = GgufBuilder::default()
        .text("general.architecture", "llama")
        .text("tokenizer.ggml.model", "gpt2")
        .text("tokenizer.ggml.pre", "smollm")
        .key(
            "tokenizer.ggml.tokens",
            strings(&["a", "b", "<|im_start|>", "<|im_end|>"]),
        )
        .key(
            "tokenizer.ggml.token_type",
            Value::Array(Array::Signed(vec![1, 1, 3, 3])),
        )
        .key("tokenizer.ggml.merges", strings(&[]))
        .text("tokenizer.chat_template", &template)
        .build();
    let Ok(gguf) = block_on(Gguf::read(&file)) else {
        return;
    };
    let Ok(tokenizer) = Tokenizer::from_gguf(&gguf) else {
        return;
    };
    let Ok(chat) = ChatTemplate::from_gguf(&gguf, &tokenizer) else {
        return;
    };
    let messages = [
        Message::new(Role::System, "a"),
        Message::new(Role::User, text.as_ref()),
    ];
    let written = chat.render(&tokenizer, &messages, true);
    // The one that stands in takes every dialogue.
    assert!(written.is_ok() || chat.problem().is_none(), "{written:?}");
}

fn strings(texts: &[&str]) -> Value {
    Value::Array(Array::Strings(
        texts.iter().map(|text| (*text).to_owned()).collect(),
    ))
}
