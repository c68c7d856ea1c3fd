//! Fits the response model to logged scores.
//!
//! Each (task, arm) mean is shrunk towards the mean of its arm by as many pseudo-scores as the
//! scores' variance within a task is larger than the variance of task means (empirical Bayes;
//! Efron and Morris 1975): 27 scores speak for themselves, 3 hardly do.

use weir_core::Task;
use weir_policy::{
    ResponseModel,
    response::{Estimate, TaskResponse, VERSION},
};

use crate::{
    checks::LocalQuality,
    statistics::{ARMS, Scores, Statistics, TASKS},
};

/// What the logs cannot say, and is therefore assumed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Assumptions {
    /// Share of a reply's quality that is lost if everything relevant goes unseen.
    pub unseen: f32,
}

impl Assumptions {
    /// What the shipped policy assumes.
    pub const SHIPPED: Self = Self { unseen: 0.4 };
}

/// Words of English to tokens, roughly, for the byte-level tokenizers in use.
const TOKENS_PER_WORD: f32 = 1.3;
/// Deviation that is added where an arm was never logged.
const UNLOGGED_DEVIATION: f32 = 0.3;
/// Pseudo-scores are kept within these bounds: four task means say little about their variance.
const PSEUDO_SCORES: (f32, f32) = (2.0, 20.0);

/// The response model that logged `statistics`, a measured local model and `assumptions` amount to.
///
/// The logged local scores are of a model of 3.8 billion parameters. A reply of the measured model
/// that passes its check is taken to be worth what a reply of that model was, one that fails nothing.
#[must_use]
pub fn fit(
    statistics: &Statistics,
    local: &LocalQuality,
    assumptions: Assumptions,
) -> ResponseModel {
    let arms: [[Estimate; TASKS]; ARMS] =
        std::array::from_fn(|arm| shrink(std::array::from_fn(|task| statistics.scores[task][arm])));
    let tasks = Task::ALL.map(|task| {
        let of = |arm: usize| {
            arms[arm]
                .get(task.index())
                .copied()
                .unwrap_or(pooled(&arms[arm]))
        };
        let words = |arm: usize| {
            let by_task = statistics.words.map(|words| words[arm]);
            let all = by_task.iter().sum::<f32>() / TASKS as f32;
            by_task.get(task.index()).copied().unwrap_or(all)
        };
        let text = of(1);
        TaskResponse {
            task,
            local: product(local.share(task), of(0)),
            text,
            pictures: [of(2), of(3), of(4)],
            clip: Estimate {
                mean: text.mean,
                deviation: text.deviation + UNLOGGED_DEVIATION,
            },
            local_tokens: tokens(words(0)),
            cloud_tokens: tokens(words(1)),
        }
    });
    ResponseModel {
        version: VERSION,
        source: statistics.source.clone(),
        local_model: format!("{} (SHA-256 {})", local.model, local.model_sha256),
        unseen: assumptions.unseen,
        tasks: tasks.map(rounded),
    }
}

/// Task means of one arm, each drawn towards the mean of the arm.
fn shrink(tasks: [Scores; TASKS]) -> [Estimate; TASKS] {
    let count: f32 = tasks.iter().map(|scores| scores.count as f32).sum();
    let weighted = |value: fn(&Scores) -> f32| {
        tasks
            .iter()
            .map(|scores| scores.count as f32 * value(scores))
            .sum::<f32>()
            / count.max(1.0)
    };
    let arm = weighted(|scores| scores.mean);
    let within = weighted(|scores| scores.deviation.powi(2)).max(1e-4);
    let spread = tasks
        .iter()
        .map(|scores| (scores.mean - arm).powi(2))
        .sum::<f32>()
        / TASKS as f32;
    let noise = tasks
        .iter()
        .map(|scores| within / scores.count.max(1) as f32)
        .sum::<f32>()
        / TASKS as f32;
    let between = (spread - noise).max(1e-4);
    let pseudo = (within / between).clamp(PSEUDO_SCORES.0, PSEUDO_SCORES.1);
    tasks.map(|scores| {
        let weight = scores.count as f32 + pseudo;
        Estimate {
            mean: (scores.count as f32 * scores.mean + pseudo * arm) / weight,
            deviation: (within / weight).sqrt(),
        }
    })
}

/// What is expected of an arm on a task that was never logged: the mean over the logged ones, as
/// uncertain as they differ.
fn pooled(tasks: &[Estimate; TASKS]) -> Estimate {
    let mean = tasks.iter().map(|estimate| estimate.mean).sum::<f32>() / TASKS as f32;
    let variance = tasks
        .iter()
        .map(|estimate| (estimate.mean - mean).powi(2) + estimate.deviation.powi(2))
        .sum::<f32>()
        / TASKS as f32;
    Estimate {
        mean,
        deviation: variance.sqrt(),
    }
}

/// The product of two independent estimates.
pub(crate) fn product(one: Estimate, other: Estimate) -> Estimate {
    let share = |estimate: Estimate| (estimate.deviation / estimate.mean.max(1e-3)).powi(2);
    let mean = one.mean * other.mean;
    Estimate {
        mean,
        deviation: mean * (share(one) + share(other)).sqrt(),
    }
}

/// Words of a reply in tokens, at least one.
pub(crate) fn tokens(words: f32) -> u32 {
    (words * TOKENS_PER_WORD).round().max(1.0) as u32
}

/// Three decimals are more than the data holds, and keep the file readable.
fn rounded(task: TaskResponse) -> TaskResponse {
    let number = |value: f32| (value * 1e3).round() / 1e3;
    let estimate = |Estimate { mean, deviation }: Estimate| Estimate {
        mean: number(mean),
        deviation: number(deviation),
    };
    TaskResponse {
        local: estimate(task.local),
        text: estimate(task.text),
        pictures: task.pictures.map(estimate),
        clip: estimate(task.clip),
        ..task
    }
}
