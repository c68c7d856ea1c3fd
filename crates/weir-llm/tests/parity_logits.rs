//! The real model against llama.cpp on the same file: the goldens in `tests/fixtures/llama_cpp`.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot run its model has failed"
)]

mod model_file;
mod support;

use burn::tensor::Device;
use futures::executor::block_on;
use serde_json::Value;
use weir_llm::model::Llama;

const LEAST_AGREEMENT: f64 = 0.98;
const LARGEST_DIVERGENCE: f64 = 5e-3;
const PROMPTS_EQUAL: usize = 6;

/// What predictions have in common with llama.cpp's.
#[derive(Debug, Clone, Copy, Default)]
struct Agreement {
    positions: usize,
    same_first: usize,
    /// Sum over the positions of the Kullback-Leibler divergence, in nats.
    divergence: f64,
}

impl Agreement {
    /// Share of positions with the same likeliest token, and the mean divergence.
    fn means(self) -> (f64, f64) {
        let positions = self.positions as f64;
        let (agreement, divergence) = (
            self.same_first as f64 / positions,
            self.divergence / positions,
        );
        eprintln!(
            "{} positions, top-1 agreement {:.2} %, mean KL {divergence:.2e}",
            self.positions,
            100.0 * agreement
        );
        (agreement, divergence)
    }
}

fn load(device: &Device) -> Option<Llama> {
    let (source, gguf) = model_file::open()?;
    Some(block_on(Llama::load(&gguf, &source, device, |_| ())).unwrap())
}

fn numbers<T: serde::de::DeserializeOwned>(value: &Value) -> Vec<T> {
    serde_json::from_value(value.clone()).unwrap()
}

/// The divergence of `logits` from llama.cpp's distribution, of which the most likely tokens `ids`
/// and their `logprobs` are known: taken over these tokens and all others together.
fn divergence(logits: &[f32], ids: &[usize], logprobs: &[f64]) -> f64 {
    let highest = logits.iter().fold(f64::MIN, |m, &v| m.max(f64::from(v)));
    let total: f64 = logits.iter().map(|&v| (f64::from(v) - highest).exp()).sum();
    let logprob = |id: &usize| f64::from(logits[*id]) - highest - total.ln();
    let known = ids.iter().zip(logprobs);
    let inside: f64 = known.map(|(id, lp)| lp.exp() * (lp - logprob(id))).sum();
    let theirs = (1.0 - logprobs.iter().map(|lp| lp.exp()).sum::<f64>()).max(1e-9);
    let ours = (1.0 - ids.iter().map(|id| logprob(id).exp()).sum::<f64>()).max(1e-9);
    inside + theirs * (theirs / ours).ln()
}

fn compare(llama: &Llama, texts: &[Value]) -> Agreement {
    let mut agreement = Agreement::default();
    let vocab = llama.config().vocab;
    for text in texts {
        let tokens: Vec<u32> = numbers(&text["tokens"]);
        let mut cache = llama.cache(tokens.len());
        let logits = block_on(llama.score(&mut cache, &tokens)).unwrap();
        let next = text["next"].as_array().unwrap();
        assert_eq!(next.len(), tokens.len(), "one prediction for each token");
        for (logits, next) in logits.chunks_exact(vocab).zip(next) {
            let ids: Vec<usize> = numbers(&next["ids"]);
            let first = (0..vocab).max_by(|&a, &b| logits[a].total_cmp(&logits[b]));
            agreement.positions += 1;
            agreement.same_first += usize::from(first == Some(ids[0]));
            agreement.divergence += divergence(logits, &ids, &numbers::<f64>(&next["logprobs"]));
        }
    }
    agreement
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
