//! Makes the response model of the page: what [`crate::response`] expects of each task on each arm, the
//! local arm as the measured local model has it.
//!
//! Where the single turns behind the statistics are known, task means are taken over prompts: that a
//! task was logged with a few prompts, unevenly over the arms, then neither biases a mean nor makes it
//! look surer than it is.

use weir_core::Task;
use weir_policy::{
    ResponseModel,
    response::{Estimate, TaskResponse, VERSION},
};

use crate::{
    checks::LocalQuality,
    response::{Hierarchy, Logged},
    statistics::{SCORE_CLIP, Statistics, TASKS},
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
    let hierarchy = Logged::behind(statistics).map_or_else(
        || Hierarchy::of_table(&statistics.scores),
        |logged| Hierarchy::fit(&logged.replies, f64::from(SCORE_CLIP)),
    );
    let tasks = Task::ALL.map(|task| {
        let of = |arm: usize| hierarchy.expected(task, arm);
        let words = |arm: usize| {
            let by_task = statistics.words.map(|words| words[arm]);
            let all = by_task.iter().sum::<f32>() / TASKS as f32;
            by_task.get(task.index()).copied().unwrap_or(all)
        };
        let text = of(1);
        TaskResponse {
            task,
            local: product(local.share(task), of(0)),
            capable: of(0),
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
        local_model: local.model.clone(),
        local_sha256: local.model_sha256.clone(),
        local_parameters: local.parameters,
        unseen: assumptions.unseen,
        tasks: tasks.map(rounded),
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
        capable: estimate(task.capable),
        text: estimate(task.text),
        pictures: task.pictures.map(estimate),
        clip: estimate(task.clip),
        ..task
    }
}
