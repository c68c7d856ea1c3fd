//! The sampler against llama.cpp's, on the same prompts and settings.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot run its model has failed"
)]

mod model_file;
mod support;

use futures::executor::block_on;
use serde_json::Value;
use weir_llm::model::Llama;
use weir_llm::sampling::{Sampler, Sampling};

/// How far the probability of a candidate may be from llama.cpp's: the logits differ by what each
/// rounds.
const FARTHEST: f32 = 0.04;

fn settings(golden: &Value) -> Sampling {
    let float = |name: &str| golden[name].as_f64().unwrap() as f32;
    let count = |name: &str| golden[name].as_u64().unwrap() as usize;
    Sampling {
        temperature: float("temperature"),
        top_k: count("top_k"),
        top_p: float("top_p"),
        min_p: float("min_p"),
        repeat_penalty: float("repeat_penalty"),
        frequency_penalty: float("frequency_penalty"),
        presence_penalty: float("presence_penalty"),
        repeat_window: count("repeat_last_n"),
        seed: 0,
    }
}

#[test]
fn candidates_are_as_likely_as_llama_cpp_finds_them() {
    let Some((source, gguf)) = model_file::open() else {
        return;
    };
    let llama = block_on(Llama::load(&gguf, &source, &support::cpu(), |_| ())).unwrap();
    let golden = model_file::golden("sampling.json");
    let mut farthest = 0.0_f32;
    for case in golden["cases"].as_array().unwrap() {
        let tokens: Vec<u32> = serde_json::from_value(case["tokens"].clone()).unwrap();
        let expected: Vec<(u32, f32)> = serde_json::from_value(case["candidates"].clone()).unwrap();
        let logits = block_on(async {
            let mut cache = llama.cache(tokens.len());
            let read = llama.prefill(&mut cache, &tokens, None, async |_| ()).await;
            read.unwrap().logits.read().await.unwrap()
        });
        let mut sampler = Sampler::new(settings(&case["settings"]));
        // llama.cpp counts the prompt as said.
        tokens.iter().for_each(|&token| sampler.accept(token));
        let found = sampler.candidates(&logits).unwrap();
        let ours = |token: u32| {
            let same = found.iter().find(|candidate| candidate.token == token);
            same.map_or(0.0, |candidate| candidate.probability)
        };
        for (token, theirs) in expected {
            let apart = (ours(token) - theirs).abs();
            farthest = farthest.max(apart);
            assert!(
                apart <= FARTHEST,
                "{}: token {token} has {} instead of {theirs}",
                case["name"],
                ours(token)
            );
        }
    }
    eprintln!("probabilities at most {farthest:.4} apart");
}
