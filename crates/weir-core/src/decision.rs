//! What was decided, and what decided it.

use serde::{Deserialize, Serialize};

use crate::{action::Action, observation::Forecast, span::Span, task::TaskMix};

/// What forbids an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Constraint {
    /// The money of the dialogue's budget.
    Usage,
    /// The seconds of the dialogue's budget.
    Latency,
    /// The bytes or images of the dialogue's budget.
    Data,
    /// What is left of another limit: that of a turn, a day or a month.
    Limit(Span),
    /// Private mode.
    Private,
    /// A rule of the user about text or a modality.
    Rule,
    /// The provider has no place for this upload.
    NotTaken,
    /// The user chose where to answer.
    Wish,
    /// No network.
    Offline,
    /// No cloud model is set up.
    NoCloud,
    /// The local model is not loaded.
    NoLocalModel,
    /// The prompt is longer than the local model's context.
    TooLong,
    /// It was asked for this turn, and failed.
    Failed,
    /// The provider failed several times in a row, and is left alone for a while.
    Resting,
}

impl Constraint {
    /// The span whose limit it is, if it is one.
    #[must_use]
    pub const fn span(self) -> Option<Span> {
        match self {
            Self::Usage | Self::Latency | Self::Data => Some(Span::Dialogue),
            Self::Limit(span) => Some(span),
            _ => None,
        }
    }
}

/// One action as the policy judged it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActionScore {
    /// What it was expected to bring and to cost.
    pub forecast: Forecast,
    /// The probability that the policy gave it; 0 where a constraint forbids it.
    pub probability: f32,
    /// What forbids it.
    pub forbidden_by: Option<Constraint>,
    /// How much of the expected quality is owed to the user's opinions of earlier replies.
    #[serde(default)]
    pub learned: f32,
}

/// How the action came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The policy preferred it among several feasible actions.
    Policy,
    /// It was the only feasible action.
    OnlyFeasible,
    /// Nothing was feasible: the answer is local.
    LastResort,
    /// The user looked at what would be sent, and chose otherwise.
    Approval,
}

/// The outcome of one decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// What will be done.
    pub action: Action,
    /// How it came about.
    pub reason: Reason,
    /// The kind of turn that the policy saw.
    pub task: TaskMix,
    /// Every action, in the order of [`Action::enumerate`].
    pub scores: Vec<ActionScore>,
    /// The policy's own estimate of the reward still to come in this dialogue.
    pub value: f32,
}

impl Decision {
    /// The constraint that kept the policy from the action it would have liked best by expected
    /// quality, if one did.
    #[must_use]
    pub fn deciding_constraint(&self) -> Option<Constraint> {
        self.scores
            .iter()
            .max_by(|one, other| one.forecast.quality.total_cmp(&other.forecast.quality))
            .and_then(|best| best.forbidden_by)
    }
}
