//! Tasks: categories of a turn.

use serde::{Deserialize, Serialize};

/// Category of a turn. The first four are the paper's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Commands to a device or a home.
    Assistive,
    /// Asking for fitting suggestions.
    Recommendation,
    /// Asking for facts.
    Query,
    /// Writing or rewriting a message.
    MessageEditing,
    /// Anything else.
    Other,
}

impl Task {
    /// All tasks, in the order in which probabilities and features list them.
    pub const ALL: [Self; 5] = [
        Self::Assistive,
        Self::Recommendation,
        Self::Query,
        Self::MessageEditing,
        Self::Other,
    ];

    /// Its place in [`Task::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// Probabilities over [`Task::ALL`]; they are non-negative and sum to one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskMix([f32; Task::ALL.len()]);

impl TaskMix {
    /// Nothing is known about the turn.
    pub const UNKNOWN: Self = Self([1.0 / Task::ALL.len() as f32; Task::ALL.len()]);

    /// The turn is certainly of this task.
    #[must_use]
    pub fn certain(task: Task) -> Self {
        let mut shares = [0.0; Task::ALL.len()];
        shares[task.index()] = 1.0;
        Self(shares)
    }

    /// Softmax of one score per task. Scores that are not finite give [`TaskMix::UNKNOWN`].
    #[must_use]
    pub fn from_scores(scores: [f32; Task::ALL.len()]) -> Self {
        if scores.iter().any(|score| !score.is_finite()) {
            return Self::UNKNOWN;
        }
        let highest = scores.iter().copied().fold(f32::MIN, f32::max);
        let shares = scores.map(|score| (score - highest).exp());
        let total: f32 = shares.iter().sum();
        Self(shares.map(|share| share / total))
    }

    /// Shares in proportion to one weight per task, none of them negative. Weights that are not
    /// finite, or that sum to nothing, give [`TaskMix::UNKNOWN`].
    #[must_use]
    pub fn from_weights(weights: [f32; Task::ALL.len()]) -> Self {
        let total: f32 = weights.iter().sum();
        let sound = weights.iter().all(|weight| *weight >= 0.0);
        if sound && total.is_normal() {
            Self(weights.map(|weight| weight / total))
        } else {
            Self::UNKNOWN
        }
    }

    /// The probabilities, in the order of [`Task::ALL`].
    #[must_use]
    pub const fn shares(&self) -> &[f32; Task::ALL.len()] {
        &self.0
    }

    /// The likeliest task and its probability.
    #[must_use]
    pub fn likeliest(&self) -> (Task, f32) {
        let mut best = (Task::ALL[0], self.0[0]);
        for (task, share) in Task::ALL.into_iter().zip(self.0) {
            if share > best.1 {
                best = (task, share);
            }
        }
        best
    }

    /// The expectation over tasks of `value`.
    pub fn expect(&self, value: impl Fn(Task) -> f32) -> f32 {
        Task::ALL
            .into_iter()
            .zip(self.0)
            .map(|(task, share)| share * value(task))
            .sum()
    }
}
