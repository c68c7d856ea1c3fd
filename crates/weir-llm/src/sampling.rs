//! Choosing the next token from the model's logits.
//!
//! The steps are those of llama.cpp, in its order: the penalties, the `top_k` most likely, of these
//! the fewest that together reach `top_p`, of these the ones that `min_p` allows, and last the
//! temperature.

use crate::kernels::choice;
use std::collections::{BTreeMap, VecDeque};

/// How to choose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// 0 always takes the most likely token; 1 samples as the model was trained; more is wilder.
    pub temperature: f32,
    /// Only this many of the most likely tokens; 0 for all.
    pub top_k: usize,
    /// Only the most likely tokens that together have this probability; 1 for all.
    pub top_p: f32,
    /// Only tokens with at least this share of the most likely one's probability; 0 for all.
    pub min_p: f32,
    /// Logits of recent tokens are divided by this (multiplied where negative); 1 for no penalty.
    /// From Keskar et al., *CTRL* (2019), section 4.1.
    pub repeat_penalty: f32,
    /// Taken off a recent token's logit as often as it was chosen, -2 to 2; 0 for no penalty. This
    /// and the next are those of the OpenAI API.
    pub frequency_penalty: f32,
    /// Taken off a recent token's logit once, -2 to 2; 0 for no penalty.
    pub presence_penalty: f32,
    /// How many of the latest tokens count as recent.
    pub repeat_window: usize,
    /// The same seed and logits give the same tokens.
    pub seed: u64,
}

impl Default for Sampling {
    /// Greedy, without a penalty.
    fn default() -> Self {
        Self {
            temperature: 0.0,
            top_k: 40,
            top_p: 0.95,
            min_p: 0.0,
            repeat_penalty: 1.0,
            frequency_penalty: 0.0,
            presence_penalty: 0.0,
            repeat_window: 64,
            seed: 0,
        }
    }
}

impl Sampling {
    /// Whether the most likely token is always the one that is chosen.
    #[must_use]
    pub fn takes_the_likeliest(&self) -> bool {
        self.temperature <= 0.0 && !self.penalises()
    }

    fn penalises(&self) -> bool {
        self.repeat_penalty > 1.0 || self.frequency_penalty != 0.0 || self.presence_penalty != 0.0
    }
}

/// No token can be chosen: there are no logits, or none is a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the model gave no usable prediction; reload it, or choose another device")]
pub struct NoCandidate;

/// Chooses tokens, one after the other.
#[derive(Debug, Clone)]
pub struct Sampler {
    settings: Sampling,
    random: SplitMix64,
    recent: VecDeque<u32>,
}

/// A token that may be chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The token.
    pub token: u32,
    /// Its probability among all candidates.
    pub probability: f32,
}

impl Sampler {
    /// A sampler that has seen no token. Settings outside their range act like the nearest one
    /// inside it.
    #[must_use]
    pub fn new(settings: Sampling) -> Self {
        Self {
            settings,
            random: SplitMix64(settings.seed),
            recent: VecDeque::new(),
        }
    }

    /// Counts `token` as recent. [`sample`](Self::sample) does so for what it chooses; this is for
    /// the prompt.
    pub fn accept(&mut self, token: u32) {
        self.recent.push_back(token);
        while self.recent.len() > self.settings.repeat_window {
            self.recent.pop_front();
        }
    }

    /// Goes on as if it had chosen `token` by itself: a reply that is taken up again continues with
    /// the same chances.
    pub fn replay(&mut self, token: u32) {
        if self.settings.temperature > 0.0 {
            self.random.next();
        }
        self.accept(token);
    }

    /// Chooses the token that follows, given a logit for each token of the vocabulary.
    ///
    /// # Errors
    /// [`NoCandidate`] if no logit is a number.
    pub fn sample(&mut self, logits: &[f32]) -> Result<u32, NoCandidate> {
        let unit = if self.settings.temperature > 0.0 {
            self.random.unit()
        } else {
            0.0
        };
        let chosen = self.choose(logits, unit)?;
        self.accept(chosen);
        Ok(chosen)
    }

    /// Chooses like [`sample`](Self::sample), by a random number from 0 to below 1 that is given.
    ///
    /// # Errors
    /// [`NoCandidate`] if no logit is a number.
    pub(crate) fn choose(&self, logits: &[f32], unit: f32) -> Result<u32, NoCandidate> {
        if self.settings.temperature > 0.0 {
            let candidates = self.candidates(logits)?;
            let mut left = unit;
            // The total is one but for rounding; what rounding leaves over falls to the likeliest.
            candidates
                .iter()
                .find(|candidate| {
                    left -= candidate.probability;
                    left < 0.0
                })
                .or_else(|| candidates.first())
                .map(|candidate| candidate.token)
                .ok_or(NoCandidate)
        } else {
            self.most_likely(logits)
        }
    }

    /// What a device needs to choose the next `count` tokens itself: see
    /// [`choice`](crate::kernels::choice).
    pub(crate) fn hand_over(&mut self, count: usize) -> (Vec<f32>, Vec<i32>) {
        let units: Vec<f32> = (0..count).map(|_| self.random.unit()).collect();
        let recent = self.recent.iter().copied();
        (
            choice::settings(&self.settings, &units),
            choice::history(recent),
        )
    }

    /// The tokens that [`sample`](Self::sample) would choose from at a temperature above 0, the most
    /// likely first; their probabilities sum to one.
    ///
    /// # Errors
    /// [`NoCandidate`] if no logit is a number.
    pub fn candidates(&self, logits: &[f32]) -> Result<Vec<Candidate>, NoCandidate> {
        let mut candidates = top(&self.penalised(logits), self.settings.top_k);
        if candidates.is_empty() {
            return Err(NoCandidate);
        }
        keep_probability(&mut candidates, self.settings.top_p);
        keep_near_the_best(&mut candidates, self.settings.min_p);
        let temperature = match self.settings.temperature {
            // Beyond the normal numbers, finite logits would become infinite or undefined.
            positive if positive > 0.0 => positive.clamp(f32::MIN_POSITIVE, f32::MAX),
            _ => 1.0,
        };
        normalise(&mut candidates, temperature);
        Ok(candidates)
    }

    /// The token with the highest logit after the penalty, the first of equals.
    fn most_likely(&self, logits: &[f32]) -> Result<u32, NoCandidate> {
        let mut best = (None, f32::NEG_INFINITY);
        for (token, logit) in (0..).zip(self.penalised(logits)) {
            if logit > best.1 {
                best = (Some(token), logit);
            }
        }
        best.0.ok_or(NoCandidate)
    }

    /// The logits after the penalty. What is not a number becomes impossible, infinity very likely.
    fn penalised(&self, logits: &[f32]) -> Vec<f32> {
        let finite = |&logit: &f32| {
            if logit.is_nan() {
                f32::NEG_INFINITY
            } else {
                logit.min(f32::MAX)
            }
        };
        let mut penalised: Vec<f32> = logits.iter().map(finite).collect();
        if self.settings.penalises() {
            self.penalise(&mut penalised);
        }
        penalised
    }

    fn penalise(&self, logits: &mut [f32]) {
        let within = |penalty: f32, [none, least, most]: [f32; 3]| {
            if penalty.is_nan() {
                none
            } else {
                penalty.clamp(least, most)
            }
        };
        let repeat = within(self.settings.repeat_penalty, [1.0, 1.0, f32::MAX]);
        let frequency = within(self.settings.frequency_penalty, [0.0, -2.0, 2.0]);
        let presence = within(self.settings.presence_penalty, [0.0, -2.0, 2.0]);
        let mut counts = BTreeMap::<u32, u16>::new();
        for &token in &self.recent {
            let count = counts.entry(token).or_default();
            *count = count.saturating_add(1);
        }
        for (token, count) in counts {
            let Some(logit) = logits.get_mut(token as usize) else {
                continue;
            };
            let repeated = if *logit > 0.0 {
                *logit / repeat
            } else {
                *logit * repeat
            };
            *logit = (repeated - frequency * f32::from(count) - presence).min(f32::MAX);
        }
    }
}

/// The `count` tokens with the highest logits, sorted; of equals the lower token. 0 is all of them.
/// Until it is normalised, `probability` holds the logit.
fn top(logits: &[f32], count: usize) -> Vec<Candidate> {
    let order = |a: &Candidate, b: &Candidate| {
        b.probability
            .total_cmp(&a.probability)
            .then(a.token.cmp(&b.token))
    };
    let count = match count {
        0 => logits.len(),
        some => some.min(logits.len()),
    };
    // Most tokens are less likely than `count` before them: one comparison is all they cost.
    let mut least = f32::NEG_INFINITY;
    let mut kept = Vec::with_capacity(2 * count);
    for (token, &probability) in (0..).zip(logits) {
        if probability > least {
            kept.push(Candidate { token, probability });
            if kept.len() == 2 * count {
                let (_, last, _) = kept.select_nth_unstable_by(count - 1, order);
                least = last.probability;
                kept.truncate(count);
            }
        }
    }
    kept.sort_unstable_by(order);
    kept.truncate(count);
    kept
}

/// Keeps the fewest of the sorted candidates whose probabilities reach `share`, at least one.
fn keep_probability(candidates: &mut Vec<Candidate>, share: f32) {
    if share >= 1.0 || share.is_nan() {
        return;
    }
    let weights = || weights(candidates, 1.0);
    let goal = share * weights().sum::<f32>();
    let mut reached = 0.0;
    let keep = weights()
        .take_while(|weight| {
            let wanted = reached < goal;
            reached += weight;
            wanted
        })
        .count();
    candidates.truncate(keep.max(1));
}

/// Keeps the sorted candidates that have at least `share` of the first one's probability.
fn keep_near_the_best(candidates: &mut Vec<Candidate>, share: f32) {
    if share > 0.0 {
        let keep = weights(candidates, 1.0)
            .take_while(|&weight| weight >= share)
            .count();
        candidates.truncate(keep.max(1));
    }
}

/// Turns logits into probabilities.
fn normalise(candidates: &mut [Candidate], temperature: f32) {
    let total: f32 = weights(candidates, temperature).sum();
    let weights: Vec<f32> = weights(candidates, temperature).collect();
    for (candidate, weight) in candidates.iter_mut().zip(weights) {
        candidate.probability = weight / total;
    }
}

/// What the softmax sums up: relative to the first candidate, which is the most likely.
fn weights(candidates: &[Candidate], temperature: f32) -> impl Iterator<Item = f32> {
    let highest = candidates.first().map_or(0.0, |first| first.probability);
    candidates
        .iter()
        .map(move |candidate| ((candidate.probability - highest) / temperature).exp())
}

/// Steele, Lea, Flood: *Fast Splittable Pseudorandom Number Generators* (2014).
#[derive(Debug, Clone)]
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// Evenly between 0 and 1, without 1: as many bits as an `f32` holds exactly.
    fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u32 << 24) as f32
    }
}
