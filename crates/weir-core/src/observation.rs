//! What the policy sees before it decides.

use serde::{Deserialize, Serialize};

use crate::{
    action::Action,
    budget::{Budget, Spending},
    conditions::{CloudEstimate, DeviceEstimate, NetworkEstimate},
    dial::Dial,
    modality::Modality,
    task::TaskMix,
};

/// A turn of the dialogue's history, as the policy remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PastTurn {
    /// What was done.
    pub action: Action,
    /// What kind of turn it was.
    pub task: TaskMix,
}

/// What one action is expected to bring and to cost.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// The action this is about.
    pub action: Action,
    /// Expected response score; 1 is as good as the reference answer.
    pub quality: f32,
    /// One standard deviation of that expectation.
    pub quality_deviation: f32,
    /// How much the uploads have to do with the prompt, 0 to 1, with diminishing returns.
    pub association: f32,
    /// Expected seconds until the reply is complete.
    pub seconds: f32,
    /// Expected money.
    pub usd: f32,
    /// The worst case in every resource.
    pub worst: Spending,
}

/// Everything the policy decides from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// The last turns, oldest first; at most [`Observation::HISTORY`].
    pub history: Vec<PastTurn>,
    /// What kind of turn this is.
    pub task: TaskMix,
    /// The inputs attached to this turn, by slot.
    pub attached: Vec<Modality>,
    /// How much each attached input has to do with the prompt, 0 to 1, by slot.
    pub relevance: Vec<f32>,
    /// Tokens of the prompt, history included.
    pub prompt_tokens: u32,
    /// The longest prompt that the local model can take and still answer.
    pub longest_local_prompt: u32,
    /// Turns of the dialogue that are over.
    pub turns_done: u32,
    /// Turns that are still expected after this one.
    pub turns_left: f32,
    /// The dialogue's limits.
    pub budget: Budget,
    /// Spent and reserved under them.
    pub committed: Spending,
    /// The way to the cloud.
    pub network: NetworkEstimate,
    /// The cloud model.
    pub cloud: CloudEstimate,
    /// This device.
    pub device: DeviceEstimate,
    /// One forecast for each action, in the order of [`Action::enumerate`] for `attached.len()`.
    pub forecasts: Vec<Forecast>,
    /// What the user asks for.
    pub dial: Dial,
}

impl Observation {
    /// Turns of history that the policy sees.
    pub const HISTORY: usize = 5;

    /// Whether the local model is there and the prompt not too long for it.
    #[must_use]
    pub const fn answerable_here(&self) -> bool {
        self.device.ready && self.prompt_tokens <= self.longest_local_prompt
    }
}
