//! The same dialogues for every policy.

use std::sync::Arc;

use indicatif::ProgressBar;
use weir_core::{Action, Budget, Spending};

use super::policies::Policy;
use crate::{
    environment::Environment,
    train::test_dialogues,
    world::{Episode, Scenario, World},
};

/// What a policy made of one dialogue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Played {
    /// Mean reward of its turns.
    pub reward: f64,
    /// The same with a reward of 0 for each turn after which the dialogue is over its budget.
    pub in_budget_reward: f64,
    /// Mean response score.
    pub response: f64,
    /// Seconds waited.
    pub seconds: f64,
    /// Dollars spent.
    pub usd: f64,
    /// How far it ended over its budget, as a share of the budget: the largest of all limits.
    pub excess: f64,
    /// What was done in each turn.
    pub taken: Vec<Taken>,
}

/// What was done in a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The action.
    pub action: Action,
    /// How many inputs were attached.
    pub attached: usize,
}

/// What one policy made of all dialogues: by seed, then by dialogue.
pub type Runs = Vec<Vec<Played>>;

/// Dialogues that policies are compared on.
#[derive(Clone, Debug)]
pub struct Contest<'a> {
    /// What they are like.
    pub scenario: Arc<Scenario>,
    /// Seeds; each names dialogues of its own.
    pub seeds: &'a [u64],
    /// Dialogues of each seed.
    pub dialogues: u64,
}

impl Contest<'_> {
    /// How many dialogues there are.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.seeds.len() as u64 * self.dialogues
    }

    /// How many dialogues each seed has.
    #[must_use]
    pub fn counts(&self) -> Vec<usize> {
        vec![self.dialogues as usize; self.seeds.len()]
    }

    /// What `tell` says of each dialogue, by seed and then by dialogue. It is given the dialogue as
    /// it was drawn, and its name.
    pub fn each<T>(
        &self,
        progress: &ProgressBar,
        mut tell: impl FnMut(Episode, u64) -> T,
    ) -> Vec<Vec<T>> {
        let mut of = |dialogue| {
            let told = tell(Episode::draw(&self.scenario, dialogue), dialogue);
            progress.inc(1);
            told
        };
        self.seeds
            .iter()
            .map(|seed| test_dialogues(*seed, self.dialogues).map(&mut of).collect())
            .collect()
    }

    /// Lets `policy` answer all dialogues, each after `change` was done to it.
    pub fn runs(
        &self,
        policy: &mut dyn Policy,
        progress: &ProgressBar,
        change: impl Fn(&mut Episode),
    ) -> Runs {
        self.each(progress, |mut episode, dialogue| {
            change(&mut episode);
            play(World::at(self.scenario.clone(), episode), dialogue, policy)
        })
    }
}

/// Lets `policy` answer the dialogue that `world` is at the beginning of.
pub fn play(mut world: World, dialogue: u64, policy: &mut dyn Policy) -> Played {
    policy.begin(&world, dialogue);
    let mut played = Played::default();
    loop {
        let place = policy.choose(&world);
        let observation = world.observation();
        played.taken.push(Taken {
            action: observation.forecasts[place].action,
            attached: observation.attached.len(),
        });
        let outcome = world.step(place);
        let reward = f64::from(outcome.reward);
        played.reward += reward;
        played.response += f64::from(outcome.score);
        if !outcome.over_budget {
            played.in_budget_reward += reward;
        }
        if outcome.done {
            break;
        }
    }
    let turns = played.taken.len() as f64;
    let observation = world.observation();
    let committed = observation.committed;
    Played {
        reward: played.reward / turns,
        in_budget_reward: played.in_budget_reward / turns,
        response: played.response / turns,
        seconds: committed.millis as f64 / 1e3,
        usd: committed.usd.as_usd(),
        excess: excess(&observation.budget, committed),
        ..played
    }
}

impl Played {
    /// Share of its turns in which that was done.
    #[must_use]
    pub fn share(&self, done: impl Fn(&Taken) -> bool) -> f64 {
        let count = self.taken.iter().filter(|taken| done(taken)).count();
        count as f64 / self.taken.len() as f64
    }
}

/// How far `total` is over `budget`, as a share of it: the largest of all limits. A limit of 0
/// counts as one unit.
fn excess(budget: &Budget, total: Spending) -> f64 {
    let over = |limit: Option<u64>, total: u64| {
        limit.map_or(0.0, |limit| {
            total.saturating_sub(limit) as f64 / limit.max(1) as f64
        })
    };
    [
        over(budget.usd.map(|limit| limit.nanos()), total.usd.nanos()),
        over(budget.millis, total.millis),
        over(budget.bytes, total.bytes),
        over(budget.images.map(u64::from), u64::from(total.images)),
    ]
    .into_iter()
    .fold(0.0, f64::max)
}
