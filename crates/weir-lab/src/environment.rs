//! What a policy is trained and judged in.

use weir_core::{Mask, Observation};

/// A world of dialogues. One [`Environment::step`] is one turn; the agent's own action enters the
/// history, the spending and the clock. Horizons are finite and rewards are not discounted.
pub trait Environment {
    /// Begins the dialogue that `seed` names. The same seed and the same actions give the same
    /// dialogue, and what does not depend on actions is the same for all of them, so policies can
    /// be compared dialogue by dialogue.
    fn begin(&mut self, seed: u64);

    /// What the policy sees of the current turn.
    fn observation(&self) -> &Observation;

    /// The mask of the current turn, as the page has it.
    fn mask(&self) -> &Mask;

    /// Whether the action at this place of the forecasts may be taken. At least one may: when the
    /// mask allows nothing, the last resort is left.
    fn allows(&self, action: usize) -> bool {
        let mask = self.mask();
        mask.allows(action) || (action == 0 && mask.all_feasible().next().is_none())
    }

    /// Takes an action, allowed or not, and goes on to the next turn.
    fn step(&mut self, action: usize) -> Outcome;
}

/// What one turn brought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// The reward, with the response score as it was drawn.
    pub reward: f32,
    /// The reward with the mean of the response score's distribution in its place: the same on
    /// average, with less noise to learn from.
    pub mean_reward: f32,
    /// The response score as it was drawn.
    pub score: f32,
    /// Whether the dialogue is over.
    pub done: bool,
    /// Whether the dialogue's spending is over its budget now.
    pub over_budget: bool,
}

/// All allowed places of the current turn.
#[must_use]
pub fn allowed(environment: &impl Environment) -> Vec<bool> {
    (0..environment.observation().forecasts.len())
        .map(|action| environment.allows(action))
        .collect()
}
