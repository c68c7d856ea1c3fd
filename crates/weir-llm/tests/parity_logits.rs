//! The real model against llama.cpp on the same file: the goldens in `tests/fixtures/llama_cpp`.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot run its model has failed"
)]

mod agreement;
mod model_file;
mod support;

use agreement::{compare, numbers};
use burn::tensor::Device;
use futures::executor::block_on;
use serde_json::Value;
use weir_llm::likelihood::Odds;
use weir_llm::model::Llama;

/// Of log-probabilities, in nats: five times as far as they were found, 0.0004 and at most 0.0019.
const FARTHEST_MEAN: f32 = 0.002;
const FARTHEST: f32 = 0.01;
const LEAST_AGREEMENT: f64 = 0.98;
const LARGEST_DIVERGENCE: f64 = 5e-3;
const PROMPTS_EQUAL: usize = 6;

fn load(device: &Device) -> Option<Llama> {
    let (source, gguf) = model_file::open()?;
    Some(block_on(Llama::load(&gguf, &source, device, |_| ())).unwrap())
}

#[track_caller]
fn assert_parity(device: &Device, texts: usize) {
    let Some(llama) = load(device) else { return };
    let golden = model_file::golden("logits.json");
    let texts = &golden["texts"].as_array().unwrap()[..texts];
    let (agreement, divergence) = compare(&llama, texts).means();
    assert!(agreement >= LEAST_AGREEMENT, "top-1 agreement {agreement}");
    assert!(
        divergence < LARGEST_DIVERGENCE,
        "mean divergence {divergence}"
    );
}

#[test]
fn predictions_are_those_of_llama_cpp_on_the_cpu() {
    assert_parity(&support::cpu(), 8);
}

/// What a reply tells of its tokens, where llama.cpp says the same of the likeliest five.
#[test]
fn the_odds_of_tokens_are_those_of_llama_cpp() {
    let Some(llama) = load(&support::cpu()) else {
        return;
    };
    let golden = model_file::golden("logits.json");
    let text = &golden["texts"][0];
    let tokens: Vec<u32> = numbers(&text["tokens"]);
    let logits = block_on(llama.score(&mut llama.cache(tokens.len()), &tokens)).unwrap();
    let (mut distance, mut largest, mut count) = (0.0, 0.0_f32, 0.0);
    let positions = logits.chunks_exact(llama.config().vocab);
    for (logits, next) in positions.zip(text["next"].as_array().unwrap()) {
        let ids: Vec<u32> = numbers(&next["ids"]);
        let logprobs: Vec<f32> = numbers(&next["logprobs"]);
        for (&id, logprob) in ids.iter().zip(logprobs).take(5) {
            let odds = Odds::of(id, logits, 20);
            let listed = odds.top.iter().find(|it| it.token == id);
            assert_eq!(listed.map(|it| it.logprob), Some(odds.logprob));
            let off = (odds.logprob - logprob).abs();
            (distance, largest, count) = (distance + off, largest.max(off), count + 1.0);
        }
    }
    let mean = distance / count;
    eprintln!("log-probabilities are off by {mean:.4}, at most by {largest:.4}");
    assert!(
        mean < FARTHEST_MEAN && largest < FARTHEST,
        "{mean}, {largest}"
    );
}

#[test]
fn predictions_are_those_of_llama_cpp_on_webgpu() {
    if let Some(device) = support::gpu() {
        assert_parity(&device, 2);
    }
}

/// With its defaults llama.cpp rounds activations to bytes, which we do not: we should be as near to
/// that as llama.cpp is to itself without rounding.
#[test]
fn predictions_are_as_near_to_those_that_llama_cpp_rounds_as_its_own() {
    let Some(llama) = load(&support::cpu()) else {
        return;
    };
    let [rounded, exact] = ["logits_rounded.json", "logits.json"].map(model_file::golden);
    let texts = |golden: &Value| golden["texts"].as_array().unwrap().clone();
    let (rounded, exact) = (texts(&rounded), texts(&exact));
    let (agreement, divergence) = compare(&llama, &rounded).means();
    let firsts = |texts: &[Value]| -> Vec<u32> {
        let predictions = texts
            .iter()
            .flat_map(|text| text["next"].as_array().unwrap());
        predictions
            .map(|next| numbers::<u32>(&next["ids"])[0])
            .collect()
    };
    let (rounded, exact) = (firsts(&rounded), firsts(&exact));
    let same = rounded
        .iter()
        .zip(&exact)
        .filter(|(one, other)| one == other);
    let own = same.count() as f64 / rounded.len() as f64;
    eprintln!("llama.cpp agrees with itself on {:.2} %", 100.0 * own);
    assert!(agreement > own - 0.01, "top-1 agreement {agreement}");
    assert!(
        divergence < LARGEST_DIVERGENCE,
        "mean divergence {divergence}"
    );
}

#[test]
fn greedy_replies_begin_with_the_same_tokens_as_llama_cpp() {
    let Some(llama) = load(&support::cpu()) else {
        return;
    };
    let golden = model_file::golden("greedy.json");
    let prompts = golden["prompts"].as_array().unwrap();
    let same = prompts.iter().filter(|prompt| {
        let expected: Vec<u32> = numbers(&prompt["tokens"]);
        let prompt: Vec<u32> = numbers(&prompt["prompt"]);
        greedy(&llama, &prompt, expected.len()) == expected
    });
    let same = same.count();
    eprintln!(
        "greedy replies equal on {same} of {} prompts",
        prompts.len()
    );
    assert!(same >= PROMPTS_EQUAL, "{same} of {}", prompts.len());
}

fn greedy(llama: &Llama, prompt: &[u32], count: usize) -> Vec<u32> {
    block_on(async {
        let mut cache = llama.cache(prompt.len() + count);
        let prefill = llama.prefill(&mut cache, prompt, None, async |_| ()).await;
        let mut logits = prefill.unwrap().logits;
        let mut tokens = Vec::new();
        while tokens.len() < count {
            let step = logits.argmax();
            tokens.push(step.token().await.unwrap());
            logits = llama.forward(&mut cache, step).unwrap();
        }
        tokens
    })
}
