//! A model file of a stranger.

use futures::executor::block_on;
use weir_llm::config::ModelConfig;
use weir_llm::gguf::Gguf;
use weir_llm::tokenizer::Tokenizer;

use super::bounded::Allowance;

/// The header is read into values of its own, of which none has more than some dozen bytes for each
/// byte of the file; the rest of a tokenizer are tables of fixed size.
pub const MEMORY: Allowance = Allowance {
    base: 1 << 20,
    per_byte: 64,
};

/// Reads the header, what it says of the model, and its vocabulary. Tensors must lie inside the file.
pub fn check(bytes: &[u8]) {
    let Ok(gguf) = block_on(Gguf::read(&bytes)) else {
        return;
    };
    for tensor in gguf.tensors() {
        let end = tensor.offset.checked_add(tensor.bytes);
        assert!(
            end.is_some_and(|end| end <= bytes.len() as u64),
            "{tensor:?} leaves the file"
        );
    }
    let (_, _) = (ModelConfig::from_gguf(&gguf), Tokenizer::from_gguf(&gguf));
}
