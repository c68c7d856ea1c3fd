//! How likely the tokens of a reply were, as the model alone sees it: before penalties, temperature
//! and anything that a reply has to look like. llama.cpp and the OpenAI API tell the same.

use std::cmp::Ordering;

/// A token, and the natural logarithm of its probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likelihood {
    /// The token.
    pub token: u32,
    /// At most 0; negative infinity where it is impossible.
    pub logprob: f32,
}

/// How likely one place of a reply made the token that was chosen, and which others.
#[derive(Debug, Clone, PartialEq)]
pub struct Odds {
    /// Of the chosen token.
    pub logprob: f32,
    /// The most likely tokens, the likeliest first; the chosen one need not be among them.
    pub top: Vec<Likelihood>,
}

impl Odds {
    /// The odds of `chosen` and of the `most` likeliest tokens, given a logit for each token of the
    /// vocabulary.
    #[must_use]
    pub fn of(chosen: u32, logits: &[f32], most: usize) -> Self {
        let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let weight = |&logit: &f32| f64::from(logit - highest).exp();
        let total: f64 = logits
            .iter()
            .filter(|logit| !logit.is_nan())
            .map(weight)
            .sum();
        let logprob = |logit: f32| (f64::from(logit - highest) - total.ln()) as f32;
        let order = |one: &(u32, f32), other: &(u32, f32)| match other.1.total_cmp(&one.1) {
            Ordering::Equal => one.0.cmp(&other.0),
            unequal => unequal,
        };
        let mut top: Vec<(u32, f32)> = (0..)
            .zip(logits.iter().copied())
            .filter(|(_, logit)| !logit.is_nan())
            .collect();
        if most < top.len() {
            top.select_nth_unstable_by(most, order);
            top.truncate(most);
        }
        top.sort_unstable_by(order);
        let likelihood = |(token, logit)| Likelihood {
            token,
            logprob: logprob(logit),
        };
        Self {
            logprob: logits
                .get(chosen as usize)
                .map_or(f32::NEG_INFINITY, |&logit| logprob(logit)),
            top: top.into_iter().map(likelihood).collect(),
        }
    }
}
