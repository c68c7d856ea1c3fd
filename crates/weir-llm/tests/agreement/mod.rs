//! What a model's predictions have in common with llama.cpp's.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot run its model has failed"
)]

use futures::executor::block_on;
use serde_json::Value;
use weir_llm::model::Llama;

/// What predictions have in common with llama.cpp's.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Agreement {
    positions: usize,
    same_first: usize,
    /// Sum over the positions of the Kullback-Leibler divergence, in nats.
    divergence: f64,
}

impl Agreement {
    /// Share of positions with the same likeliest token, and the mean divergence.
    pub(crate) fn means(self) -> (f64, f64) {
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

pub(crate) fn numbers<T: serde::de::DeserializeOwned>(value: &Value) -> Vec<T> {
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

pub(crate) fn compare(llama: &Llama, texts: &[Value]) -> Agreement {
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
