//! What predicts scores: the response model, and simpler things to compare it with.

use serde::Serialize;
use weir_core::Task;

use super::{
    hierarchy::Hierarchy,
    logged::{Logged, Reply},
    neighbours,
    split::Split,
};

/// A way to predict scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Predictor {
    /// The mean of all scores.
    Mean,
    /// The mean of the arm.
    Arm,
    /// The mean of task and arm.
    TaskArm,
    /// The mean of prompt and arm, with two scores of the general mean added to each.
    PromptArm,
    /// TMO's estimator: the five nearest turns by history, task and action.
    Neighbours,
    /// The response model.
    Hierarchy,
}

/// A predicted score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Predicted {
    /// Its mean.
    pub mean: f64,
    /// One standard deviation of the score around it, where it is known.
    pub spread: Option<f64>,
}

/// Scores of the general mean that [`Predictor::PromptArm`] adds.
const ADDED: f64 = 2.0;

impl Predictor {
    /// All of them, the best last.
    pub const ALL: [Self; 6] = [
        Self::Mean,
        Self::Arm,
        Self::TaskArm,
        Self::PromptArm,
        Self::Neighbours,
        Self::Hierarchy,
    ];

    /// As tables call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mean => "general mean",
            Self::Arm => "arm mean",
            Self::TaskArm => "task × arm mean",
            Self::PromptArm => "prompt × arm mean, 2 added",
            Self::Neighbours => "TMO's five neighbours",
            Self::Hierarchy => "response model",
        }
    }

    /// Learns from one part of `logged`, with scores clipped at `clip`, and predicts the other.
    #[must_use]
    pub fn predict(self, logged: &Logged, split: &Split, clip: f64) -> Vec<Predicted> {
        let replies = |places: &[usize]| -> Vec<Reply> {
            let chosen = places.iter().map(|place| logged.replies[*place]);
            chosen
                .map(|reply| Reply {
                    score: reply.score.min(clip),
                    ..reply
                })
                .collect()
        };
        let (learnt, asked) = (replies(&split.learnt), replies(&split.judged));
        match self {
            Self::Mean => means(&learnt, &asked, &[(|_| 0, 0.0)]),
            Self::Arm => means(&learnt, &asked, &[(|_| 0, 0.0), (Reply::arm, 0.0)]),
            Self::TaskArm => means(
                &learnt,
                &asked,
                &[(|_| 0, 0.0), (Reply::arm, 0.0), (task_arm, 0.0)],
            ),
            Self::PromptArm => means(&learnt, &asked, &[(|_| 0, 0.0), (prompt_arm, ADDED)]),
            Self::Neighbours => neighbours::predict(logged, split, clip),
            Self::Hierarchy => {
                let model = Hierarchy::fit(&learnt, clip);
                asked
                    .iter()
                    .map(|reply| {
                        let of = model.predict(reply.task, Some(reply.prompt), reply.action);
                        Predicted {
                            mean: of.mean,
                            spread: Some(of.spread),
                        }
                    })
                    .collect()
            }
        }
    }
}

fn task_arm(reply: &Reply) -> usize {
    reply.arm() * Task::ALL.len() + reply.task.index()
}

fn prompt_arm(reply: &Reply) -> usize {
    reply.prompt * crate::statistics::ARMS + reply.arm()
}

/// Means over groups, each coarser than the next, with so many scores of the coarser mean added.
/// Where there is nothing to take a mean of, the coarser one holds.
fn means(
    learnt: &[Reply],
    asked: &[Reply],
    groups: &[(fn(&Reply) -> usize, f64)],
) -> Vec<Predicted> {
    let mean = |reply: &Reply| {
        groups.iter().fold(0.0, |coarser, (group, added)| {
            let alike = learnt.iter().filter(|other| group(other) == group(reply));
            let (sum, count) = alike.fold((0.0, 0.0), |(sum, count), other| {
                (sum + other.score, count + 1.0)
            });
            if count + added > 0.0 {
                (sum + added * coarser) / (count + added)
            } else {
                coarser
            }
        })
    };
    asked
        .iter()
        .map(|reply| Predicted {
            mean: mean(reply),
            spread: None,
        })
        .collect()
}
