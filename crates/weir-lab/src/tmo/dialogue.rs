//! Playing a dialogue.

use super::{
    choice::Choice,
    costs::{Budget, Costs},
    estimator::Estimator,
    simulator::{Episode, Turn},
    state::State,
};

/// A dialogue being played on one network under one budget. Both training and judging go through
/// [`Dialogue::step`]: what was done enters the history and the totals.
///
/// The reference differs in two ways. In training, its next state is the *logged* one, as if the
/// action had not been taken; its judging, and this, follow the action. In judging, it sums seconds
/// and dollars over the last six turns, here over all of them; no dialogue of M4A1 is that long.
#[derive(Clone, Debug)]
pub struct Dialogue<'a> {
    estimator: &'a Estimator,
    episode: &'a Episode,
    costs: Costs,
    budget: Budget,
    state: State,
    taken: Vec<Choice>,
    seconds: f64,
    usd: f64,
}

/// What a turn brought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The reward; the reference's training counts it as 0 where `over_budget` holds.
    pub reward: f64,
    /// The response score.
    pub response: f64,
    /// Whether the dialogue's totals are over its budget now.
    pub over_budget: bool,
    /// Whether the dialogue is over.
    pub done: bool,
}

impl<'a> Dialogue<'a> {
    /// At its first turn.
    #[must_use]
    pub fn new(
        estimator: &'a Estimator,
        episode: &'a Episode,
        costs: Costs,
        budget: Budget,
    ) -> Self {
        Self {
            estimator,
            episode,
            costs,
            budget,
            state: State::first(episode.turns[0].task),
            taken: Vec::with_capacity(episode.turns.len()),
            seconds: 0.0,
            usd: 0.0,
        }
    }

    /// What is given of it; only an oracle may look at the turns to come.
    #[must_use]
    pub const fn episode(&self) -> &'a Episode {
        self.episode
    }

    /// Scores of the training dialogues.
    #[must_use]
    pub const fn estimator(&self) -> &'a Estimator {
        self.estimator
    }

    /// What actions cost in it.
    #[must_use]
    pub const fn costs(&self) -> &Costs {
        &self.costs
    }

    /// Its limits.
    #[must_use]
    pub const fn budget(&self) -> &Budget {
        &self.budget
    }

    /// What the reference's policies see of it; those with RC see what is left of the budget too.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// What was done in the turns that are over.
    #[must_use]
    pub fn taken(&self) -> &[Choice] {
        &self.taken
    }

    /// The present turn; the last one when all are over.
    #[must_use]
    pub fn turn(&self) -> &'a Turn {
        let last = self.episode.turns.len() - 1;
        &self.episode.turns[self.taken.len().min(last)]
    }

    /// Turns that follow the present one.
    #[must_use]
    pub fn turns_left(&self) -> usize {
        self.episode
            .turns
            .len()
            .saturating_sub(self.taken.len() + 1)
    }

    /// Seconds so far.
    #[must_use]
    pub const fn seconds(&self) -> f64 {
        self.seconds
    }

    /// Dollars so far.
    #[must_use]
    pub const fn usd(&self) -> f64 {
        self.usd
    }

    /// How far the totals are over the budget, as a share of it: the larger of the two.
    #[must_use]
    pub fn excess(&self) -> f64 {
        let over = |total: f64, limit: f64| (total - limit) / limit;
        over(self.seconds, self.budget.seconds)
            .max(over(self.usd, self.budget.usd))
            .max(0.0)
    }

    /// The response score of an action in this turn.
    #[must_use]
    pub fn response(&self, choice: Choice) -> f64 {
        self.estimator.response(&self.state, choice)
    }

    /// The reward of an action in this turn.
    #[must_use]
    pub fn reward(&self, choice: Choice) -> f64 {
        let association = self.turn().association[choice.place()];
        self.costs
            .reward(choice, self.response(choice), association)
    }

    /// The mask: whether, after this action, answering every turn that is left locally keeps the
    /// dialogue within its budget.
    #[must_use]
    pub fn allows(&self, choice: Choice) -> bool {
        let left = self.turns_left() as f64;
        self.budget.allows(
            self.seconds + self.costs.seconds(choice) + left * self.costs.seconds(Choice::LOCAL),
            self.usd + self.costs.usd(choice) + left * self.costs.usd(Choice::LOCAL),
        )
    }

    /// What may be done: what the mask allows, or local where it allows nothing.
    #[must_use]
    pub fn allowed(&self) -> Vec<Choice> {
        let mut allowed = Choice::ALL.to_vec();
        allowed.retain(|choice| self.allows(*choice));
        if allowed.is_empty() {
            allowed.push(Choice::LOCAL);
        }
        allowed
    }

    /// Takes an action, allowed or not, and goes on to the next turn.
    pub fn step(&mut self, choice: Choice) -> Step {
        let response = self.response(choice);
        let association = self.turn().association[choice.place()];
        let reward = self.costs.reward(choice, response, association);
        self.seconds += self.costs.seconds(choice);
        self.usd += self.costs.usd(choice);
        self.taken.push(choice);
        let done = self.taken.len() >= self.episode.turns.len();
        if !done {
            self.state = self.state.after(choice, self.turn().task);
        }
        Step {
            reward,
            response,
            over_budget: !self.budget.allows(self.seconds, self.usd),
            done,
        }
    }
}
