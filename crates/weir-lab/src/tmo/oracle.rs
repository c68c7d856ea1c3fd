//! The best that could have been done: all 9^turns ways to answer a dialogue, tried.

use std::collections::HashMap;

use super::{
    choice::Choice, dialogue::Dialogue, estimator::Estimator, policies::Policy, simulator::Episode,
    state::State,
};

/// Knows the tasks to come, and takes the actions of highest total reward.
///
/// Response scores do not depend on the network or the budget, so those of each dialogue are
/// kept: an oracle serves one simulator, on all networks.
#[derive(Clone, Debug)]
pub struct Oracle {
    limited: bool,
    futures: HashMap<i64, Futures>,
    plan: Vec<Choice>,
}

impl Oracle {
    /// Ends every dialogue within its budget; answers locally where that is impossible.
    #[must_use]
    pub fn within_budget() -> Self {
        Self {
            limited: true,
            futures: HashMap::new(),
            plan: Vec::new(),
        }
    }

    /// Knows no budget.
    #[must_use]
    pub fn unlimited() -> Self {
        Self {
            limited: false,
            ..Self::within_budget()
        }
    }
}

impl Policy for Oracle {
    fn begin(&mut self, dialogue: &Dialogue<'_>) {
        let episode = dialogue.episode();
        let futures = self
            .futures
            .entry(episode.id)
            .or_insert_with(|| Futures::of(dialogue.estimator(), episode));
        let mut search = Search {
            dialogue,
            limited: self.limited,
            futures,
            path: Vec::new(),
            best: (f64::NEG_INFINITY, Vec::new()),
        };
        search.extend(0, Totals::default());
        self.plan = search.best.1;
    }

    fn choose(&mut self, dialogue: &Dialogue<'_>) -> Choice {
        let planned = self.plan.get(dialogue.taken().len());
        planned.copied().unwrap_or(Choice::LOCAL)
    }
}

/// Response scores of a dialogue: for each turn, those of its `9^(turns before)` pasts × 9 actions.
#[derive(Clone, Debug)]
struct Futures(Vec<Vec<f64>>);

impl Futures {
    fn of(estimator: &Estimator, episode: &Episode) -> Self {
        let mut states = vec![State::first(episode.turns[0].task)];
        let turns = 1..=episode.turns.len();
        Self(
            turns
                .map(|next| {
                    let scores = states
                        .iter()
                        .flat_map(|state| {
                            Choice::ALL.map(|choice| estimator.response(state, choice))
                        })
                        .collect();
                    if let Some(next) = episode.turns.get(next) {
                        let after = |state: &State| {
                            Choice::ALL.map(|choice| state.after(choice, next.task))
                        };
                        states = states.iter().flat_map(after).collect();
                    }
                    scores
                })
                .collect(),
        )
    }
}

/// What a path of actions has brought and cost.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    reward: f64,
    seconds: f64,
    usd: f64,
}

struct Search<'a> {
    dialogue: &'a Dialogue<'a>,
    limited: bool,
    futures: &'a Futures,
    path: Vec<Choice>,
    best: (f64, Vec<Choice>),
}

impl Search<'_> {
    /// Tries every action after the path, which is the `past`-th of its length.
    fn extend(&mut self, past: usize, totals: Totals) {
        let turns = &self.dialogue.episode().turns;
        let done = self.path.len();
        let Some(turn) = turns.get(done) else {
            if totals.reward > self.best.0 {
                self.best = (totals.reward, self.path.clone());
            }
            return;
        };
        for choice in Choice::ALL {
            let next = past * Choice::ALL.len() + choice.place();
            let (response, costs) = (self.futures.0[done][next], self.dialogue.costs());
            let association = turn.association[choice.place()];
            let totals = Totals {
                reward: totals.reward + costs.reward(choice, response, association),
                seconds: totals.seconds + costs.seconds(choice),
                usd: totals.usd + costs.usd(choice),
            };
            let budget = self.dialogue.budget();
            if !self.limited || budget.allows(totals.seconds, totals.usd) {
                self.path.push(choice);
                self.extend(next, totals);
                self.path.pop();
            }
        }
    }
}
