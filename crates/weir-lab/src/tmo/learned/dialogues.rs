//! TMO's dialogues as worlds to learn in.

use crate::{
    draws::Draws,
    tmo::{
        choice::Choice,
        costs::{Budget, Costs, Device, Network},
        dialogue::Dialogue,
        simulator::Simulator,
        state,
    },
};

use super::lanes::{Brought, Lane};

/// Whether resources are constrained, TMO's "RC" (its journal version).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// Budgets are neither seen nor kept to.
    None,
    /// Each training dialogue has a budget of its own, what is left of it is seen, and each turn
    /// after which it is exceeded brings 0.
    Budgets,
}

impl Constraint {
    /// How many numbers a policy sees.
    #[must_use]
    pub const fn inputs(self) -> usize {
        match self {
            Self::None => state::WIDTH,
            Self::Budgets => state::WIDTH + 2,
        }
    }

    /// Appends what a policy sees: the state, then the seconds and dollars that are left, as they
    /// are.
    pub fn observe(self, dialogue: &Dialogue<'_>, batch: &mut Vec<f32>) {
        batch.extend(dialogue.state().numbers().map(f32::from));
        if self == Self::Budgets {
            let budget = dialogue.budget();
            batch.push((budget.seconds - dialogue.seconds()) as f32);
            batch.push((budget.usd - dialogue.usd()) as f32);
        }
    }
}

/// One training dialogue after the other, on one network. The reference goes on to the *logged*
/// next state; here, what was done enters the history.
#[derive(Clone, Debug)]
pub struct Dialogues<'a> {
    simulator: &'a Simulator,
    costs: Costs,
    constraint: Constraint,
    draws: Draws,
    dialogue: Dialogue<'a>,
}

impl<'a> Dialogues<'a> {
    /// Those that `draws` picks.
    #[must_use]
    pub fn new(
        simulator: &'a Simulator,
        network: Network,
        constraint: Constraint,
        mut draws: Draws,
    ) -> Self {
        let costs = Costs::new(Device::JetsonTx2, network);
        let dialogue = begin(simulator, costs, constraint, &mut draws);
        Self {
            simulator,
            costs,
            constraint,
            draws,
            dialogue,
        }
    }

    /// The one that is played.
    #[must_use]
    pub const fn dialogue(&self) -> &Dialogue<'a> {
        &self.dialogue
    }
}

impl Lane for Dialogues<'_> {
    fn observe(&self, batch: &mut Vec<f32>) {
        self.constraint.observe(&self.dialogue, batch);
    }

    fn step(&mut self, action: usize) -> Brought {
        let step = self.dialogue.step(Choice::ALL[action]);
        if step.done {
            self.dialogue = begin(self.simulator, self.costs, self.constraint, &mut self.draws);
        }
        let lost = self.constraint == Constraint::Budgets && step.over_budget;
        Brought {
            reward: if lost { 0.0 } else { step.reward as f32 },
            done: step.done,
        }
    }
}

fn begin<'a>(
    simulator: &'a Simulator,
    costs: Costs,
    constraint: Constraint,
    draws: &mut Draws,
) -> Dialogue<'a> {
    let episode = &simulator.train[draws.below(simulator.train.len())];
    let budget = match constraint {
        Constraint::None => Budget::TEST,
        Constraint::Budgets => Budget::drawn(&costs, draws),
    };
    Dialogue::new(&simulator.estimator, episode, costs, budget)
}
