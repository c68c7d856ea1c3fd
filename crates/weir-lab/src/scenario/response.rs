//! The response models of a pack: what the policy expects of replies, and what they are worth.
//!
//! The policy knows five kinds of task, a pack any number. What it expects of a kind is the mean over
//! the pack's tasks of that kind, by their shares, as uncertain as they differ; of a kind that the
//! pack lacks, the mean over all. In truth each task has its own scores.

use weir_core::Task;
use weir_policy::{
    ResponseModel,
    response::{Estimate, TaskResponse, VERSION},
};

use super::{
    pack::{Pack, Replies, Stated},
    schema::Basis,
};
use crate::{
    checks::LocalQuality,
    fit::{Assumptions, fit, product, tokens},
    statistics::Scores,
};

/// What is expected of replies and what they are worth.
#[derive(Clone, Debug, PartialEq)]
pub struct Responses {
    /// What the policy expects.
    pub prior: ResponseModel,
    /// What replies are worth, by the pack's tasks.
    pub truth: Vec<ResponseModel>,
}

/// The responses of `pack` where `local` was measured of the local model.
#[must_use]
pub fn responses(pack: &Pack, local: &LocalQuality) -> Responses {
    match &pack.replies {
        Replies::Logged { scores, words } => {
            let assumptions = Assumptions {
                unseen: pack.association.unseen,
            };
            let prior = fit(&pack.logged(scores, words), local, assumptions);
            let truth = vec![prior.clone(); pack.tasks.len()];
            Responses { prior, truth }
        }
        Replies::Stated(replies) => stated(pack, replies, local),
    }
}

/// The responses of a pack that states its replies.
fn stated(pack: &Pack, replies: &[Stated], local: &LocalQuality) -> Responses {
    let synthetic = pack.provenance.basis == Basis::Synthetic;
    let tasks = pack.tasks.iter().zip(replies);
    let entries: Vec<(f32, TaskResponse)> = tasks
        .map(|(task, replies)| {
            let passing = (!synthetic).then(|| local.share(task.kind));
            (task.share, entry(task.kind, replies, passing))
        })
        .collect();
    let prior = ResponseModel {
        version: VERSION,
        source: pack.provenance.source.clone(),
        local_model: if synthetic {
            "none; the scenario states the local scores".into()
        } else {
            local.model.clone()
        },
        local_sha256: if synthetic {
            String::new()
        } else {
            local.model_sha256.clone()
        },
        local_parameters: local.parameters,
        unseen: pack.association.unseen,
        tasks: Task::ALL.map(|kind| mean(kind, &entries)),
    };
    let truth = entries
        .iter()
        .map(|(_, entry)| {
            let mut model = prior.clone();
            model.tasks[entry.task.index()] = *entry;
            model
        })
        .collect();
    Responses { prior, truth }
}

/// What the file says of one task, `passing` being the share of local replies that pass.
fn entry(task: Task, replies: &Stated, passing: Option<Estimate>) -> TaskResponse {
    let local = of(replies.local);
    TaskResponse {
        task,
        local: passing.map_or(local, |share| product(share, local)),
        capable: local,
        text: of(replies.text),
        pictures: replies.pictures.map(of),
        clip: of(replies.clip),
        local_tokens: tokens(replies.words.local),
        cloud_tokens: tokens(replies.words.cloud),
    }
}

/// The mean of these scores, as uncertain as their number leaves it.
fn of(scores: Scores) -> Estimate {
    Estimate {
        mean: scores.mean,
        deviation: scores.deviation / (scores.count as f32).sqrt(),
    }
}

/// The mean over the entries of `kind`, or over all if they have no share.
fn mean(kind: Task, entries: &[(f32, TaskResponse)]) -> TaskResponse {
    let of_kind = entries
        .iter()
        .filter(|(share, entry)| entry.task == kind && *share > 0.0);
    let mut chosen: Vec<&(f32, TaskResponse)> = of_kind.collect();
    if chosen.is_empty() {
        chosen = entries.iter().collect();
    }
    let all: f32 = chosen.iter().map(|(share, _)| share).sum();
    let expect = |value: &dyn Fn(&TaskResponse) -> f32| {
        let weighted = chosen.iter().map(|(share, entry)| share * value(entry));
        weighted.sum::<f32>() / all.max(f32::MIN_POSITIVE)
    };
    let estimate = |arm: &dyn Fn(&TaskResponse) -> Estimate| {
        let mean = expect(&|entry| arm(entry).mean);
        let variance = expect(&|entry| {
            let Estimate {
                mean: one,
                deviation,
            } = arm(entry);
            (one - mean).powi(2) + deviation.powi(2)
        });
        Estimate {
            mean,
            deviation: variance.sqrt(),
        }
    };
    TaskResponse {
        task: kind,
        local: estimate(&|entry| entry.local),
        capable: estimate(&|entry| entry.capable),
        text: estimate(&|entry| entry.text),
        pictures: [0, 1, 2].map(|place: usize| estimate(&|entry| entry.pictures[place])),
        clip: estimate(&|entry| entry.clip),
        local_tokens: expect(&|entry| entry.local_tokens as f32).round() as u32,
        cloud_tokens: expect(&|entry| entry.cloud_tokens as f32).round() as u32,
    }
}
