//! The GGUF reader takes any bytes at all: it refuses them or reads them, and never panics.
#![allow(clippy::unwrap_used, reason = "tests")]

use futures::executor::block_on;
use proptest::prelude::*;
use std::cell::Cell;
use weir_llm::config::ModelConfig;
use weir_llm::gguf::{Array, GgmlType, Gguf, GgufBuilder, Value};
use weir_llm::source::{ByteSource, SourceError};
use weir_llm::tokenizer::Tokenizer;

/// Counts what is read of a file.
struct Counting {
    file: Vec<u8>,
    read: Cell<usize>,
}

impl ByteSource for Counting {
    fn len(&self) -> u64 {
        self.file.len() as u64
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Vec<u8>, SourceError> {
        self.read.set(self.read.get() + len);
        self.file.read(offset, len).await
    }
}

/// Reads all that the header can say; what it holds must lie inside the file.
fn survive(file: Vec<u8>) {
    let source = Counting {
        file,
        read: Cell::new(0),
    };
    let header = block_on(Gguf::read(&source));
    // Each byte once, and the first few twice.
    assert!(source.read.get() <= source.file.len() + 32);
    if let Ok(gguf) = header {
        for tensor in gguf.tensors() {
            assert!(tensor.offset + tensor.bytes <= source.len());
        }
        let _ = ModelConfig::from_gguf(&gguf);
        let _ = Tokenizer::from_gguf(&gguf);
    }
}

fn model() -> Vec<u8> {
    GgufBuilder::default()
        .text("general.architecture", "llama")
        .number("llama.embedding_length", 32)
        .number("llama.attention.head_count", 4)
        .float("llama.attention.layer_norm_rms_epsilon", 1e-5)
        .text("tokenizer.ggml.model", "gpt2")
        .text("tokenizer.ggml.pre", "smollm")
        .key(
            "tokenizer.ggml.tokens",
            Value::Array(Array::Strings(vec!["a".into(), "b".into()])),
        )
        .key(
            "tokenizer.ggml.token_type",
            Value::Array(Array::Signed(vec![1, 3])),
        )
        .key(
            "tokenizer.ggml.merges",
            Value::Array(Array::Strings(vec!["a b".into()])),
        )
        .tensor("token_embd.weight", &[32, 2], GgmlType::Q4_1, vec![0; 40])
        .tensor("output_norm.weight", &[32], GgmlType::F32, vec![0; 128])
        .build()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn random_bytes_behind_the_magic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        survive(bytes.clone());
        survive([&b"GGUF\x03\0\0\0"[..], &bytes].concat());
    }

    #[test]
    fn small_counts_before_random_bytes(
        tensors in 0..4_u64,
        keys in 0..4_u64,
        bytes in prop::collection::vec(prop_oneof![3 => 0..13_u8, 1 => any::<u8>()], 0..400),
    ) {
        let counts = [tensors.to_le_bytes(), keys.to_le_bytes()].concat();
        survive([&b"GGUF\x03\0\0\0"[..], &counts, &bytes].concat());
    }

    #[test]
    fn a_model_with_changed_bytes(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)
    ) {
        let mut file = model();
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        survive(file);
    }

    #[test]
    fn a_model_with_a_changed_length(
        at in any::<prop::sample::Index>(),
        value in prop_oneof![any::<u64>(), 0..1000_u64, Just(u64::MAX), Just(1 << 63)],
    ) {
        let mut file = model();
        let at = at.index(file.len() - 8);
        file[at..at + 8].copy_from_slice(&value.to_le_bytes());
        survive(file);
    }

    #[test]
    fn a_model_cut_or_doubled(from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()) {
        let file = model();
        let (from, to) = (from.index(file.len()), to.index(file.len()));
        survive([&file[..to], &file[from..]].concat());
    }
}
