//! Why a turn was not answered.

use weir_core::{Constraint, Turn};

use crate::world::LocalFailure;

/// What went wrong, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing was typed or attached.
    EmptyPrompt,
    /// Longer than the local context, and not sent to a cloud.
    PromptTooLong,
    /// No model can answer.
    NothingCanAnswer,
    /// The budget does not allow the only place that could answer.
    OverBudget,
    /// Another turn is still being answered.
    Busy,
    /// The answer cannot be made as it was asked for.
    Request,
    /// The local device failed.
    Device,
    /// The store failed, and without it no charge can be remembered.
    Storage,
    /// The user does not want it sent.
    Withheld,
    /// The cloud could not be reached.
    CloudUnreachable,
    /// This device has no network.
    CloudOffline,
    /// The cloud is there, but keeps its answers from web pages.
    CloudBlocked,
    /// The cloud said nothing for too long.
    CloudSlow,
    /// The cloud wants to be paid first.
    CloudPayment,
    /// The cloud's rules do not allow the request or its answer.
    CloudDeclined,
    /// The cloud does not know the model or the address.
    CloudNotFound,
    /// What answered does not speak as the provider that is set up should.
    CloudForeign,
    /// The cloud refused the key.
    CloudKey,
    /// The cloud asks to wait.
    CloudRateLimited,
    /// The cloud is failing.
    CloudFailing,
    /// The cloud's answer broke off.
    CloudCutOff,
    /// The cloud refused the request for another reason.
    CloudRefused,
}

impl From<&LocalFailure> for Trouble {
    fn from(failure: &LocalFailure) -> Self {
        match failure {
            LocalFailure::Request(_) => Self::Request,
            LocalFailure::Device(_) => Self::Device,
        }
    }
}

/// Why a turn was not answered, or not to its end.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What went wrong, by name.
    pub trouble: Trouble,
    /// What went wrong and what to do.
    pub message: String,
    /// The turn as it is stored, with what was heard before it broke off.
    pub turn: Option<Box<Turn>>,
}

impl Refusal {
    pub(crate) fn new(trouble: Trouble, message: impl Into<String>, turn: Option<Turn>) -> Self {
        Self {
            trouble,
            message: message.into(),
            turn: turn.map(Box::new),
        }
    }

    /// Nothing was feasible and there is no local model to fall back on: says which constraints
    /// stood in the way, the ones a user can lift first.
    pub(crate) fn nothing_feasible(constraints: &[Constraint], turn: Turn) -> Self {
        let has = |constraint| constraints.contains(&constraint);
        let over = constraints.iter().find_map(|constraint| constraint.span());
        if let (Some(span), false) = (over, has(Constraint::TooLong)) {
            let message = format!(
                "Not sent: a cloud call could go over your limit {span}. Raise it, or let the local \
                 model answer."
            );
            return Self::new(Trouble::OverBudget, message, Some(turn));
        }
        let (trouble, message) = if has(Constraint::TooLong) {
            (
                Trouble::PromptTooLong,
                "This is longer than the local model can read, and no cloud model may or can take it. Shorten it, or allow a larger budget.",
            )
        } else if has(Constraint::Private) {
            (
                Trouble::NothingCanAnswer,
                "Private mode keeps everything on this device. Have the local model answer it, or leave private mode.",
            )
        } else if has(Constraint::Rule) {
            (
                Trouble::NothingCanAnswer,
                "Your privacy rules keep this on this device. Have the local model answer it, or change the rules in the settings.",
            )
        } else if has(Constraint::Offline) {
            (
                Trouble::NothingCanAnswer,
                "There is no network, and the local model is not ready.",
            )
        } else if has(Constraint::Resting) {
            (
                Trouble::CloudFailing,
                "The cloud has failed several times in a row and is left alone for a while, and the local model is not ready. Load it, or choose “cloud” to try at once.",
            )
        } else if has(Constraint::Wish) {
            (
                Trouble::NothingCanAnswer,
                "The place you chose cannot answer: choose “auto”, load the local model, or set up a cloud model.",
            )
        } else {
            (
                Trouble::NothingCanAnswer,
                "No model can answer yet: load the local model, or set up a cloud model in the settings.",
            )
        };
        Self::new(trouble, message, Some(turn))
    }
}
