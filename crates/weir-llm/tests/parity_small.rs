//! Small models written by the `gguf` package: the same tokens and probabilities as in llama.cpp.
#![allow(
    clippy::unwrap_used,
    reason = "a golden that cannot be read is a failed test"
)]

mod model_file;
mod support;

use futures::executor::block_on;
use support::{devices, header};
use weir_llm::model::Llama;
use weir_llm::reference::Reference;
use weir_llm::tokenizer::{Special, Tokenizer};

/// Largest difference between natural logarithms of probabilities.
const TOLERANCE: f32 = 2e-3;

fn log_softmax(logits: &[f32]) -> Vec<f32> {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = logits.iter().map(|logit| (logit - highest).exp()).sum();
    logits
        .iter()
        .map(|logit| logit - highest - sum.ln())
        .collect()
}

#[track_caller]
fn assert_close(logits: &[f32], expected: &[f32]) {
    for (found, expected) in log_softmax(logits).iter().zip(expected) {
        let error = (found - expected).abs();
        assert!(error <= TOLERANCE, "{found} instead of {expected}");
    }
}

#[test]
fn a_qwen2_with_biases_equals_llama_cpp() {
    assert_equal("qwen2");
}

#[test]
fn a_llama_3_with_factors_of_its_positions_equals_llama_cpp() {
    assert_equal("llama3");
}

fn assert_equal(name: &str) {
    let file = model_file::golden_bytes(&format!("{name}.gguf"));
    let golden = model_file::golden(&format!("{name}.json"));
    let gguf = header(&file);
    let tokenizer = Tokenizer::from_gguf(&gguf).unwrap();
    let text = golden["text"].as_str().unwrap();
    let tokens: Vec<u32> = serde_json::from_value(golden["tokens"].clone()).unwrap();
    assert_eq!(tokenizer.encode(text, Special::Plain), tokens);

    let next: Vec<(usize, Vec<f32>)> = serde_json::from_value(golden["next"].clone()).unwrap();
    assert!(next.len() > 3);
    let mut reference = block_on(Reference::load(&gguf, &file, tokens.len())).unwrap();
    let logits: Vec<_> = tokens.iter().map(|&token| reference.read(token)).collect();
    for (after, expected) in &next {
        assert_close(&logits[*after], expected);
    }
    for device in devices() {
        let llama = block_on(Llama::load(&gguf, &file, &device, |_| ())).unwrap();
        let vocab = llama.config().vocab;
        let logits = block_on(llama.score(&mut llama.cache(tokens.len()), &tokens)).unwrap();
        for (after, expected) in &next {
            assert_close(&logits[after * vocab..(after + 1) * vocab], expected);
        }
    }
}
