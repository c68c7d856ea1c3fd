//! Planning a few turns ahead, without knowing the tasks to come.

use std::collections::HashMap;

use weir_core::Task;

use super::{
    choice::Choice,
    costs::{Budget, Costs, association},
    dialogue::Dialogue,
    estimator::Estimator,
    policies::Policy,
    simulator::{Episode, Simulator},
    state::State,
};
use crate::statistics::TASKS;

/// Expectimax: with `m` turns to go,
///
/// `V(m, state) = mean over tasks that may follow of max over allowed actions of
/// [reward + V(m − 1, state after it)]`,
///
/// cut off a few turns ahead. It knows what the training dialogues tell, how tasks follow one another
/// and how similar views are on average, beside the estimator and the mask; it does not know the test
/// dialogues. Response scores depend neither on network nor on budget, so they are kept.
#[derive(Clone, Debug)]
pub struct Planner {
    /// How many turns after the present one are thought through.
    ahead: usize,
    chain: Chain,
    /// Association of the actions of a turn that is not there yet.
    association: [f64; Choice::ALL.len()],
    responses: HashMap<State, [f64; Choice::ALL.len()]>,
}

/// How tasks follow one another: the probability of each task (column) after each task (row).
#[derive(Clone, Debug)]
pub struct Chain([[f64; TASKS]; TASKS]);

/// Turns that each task's successors are taken to have been seen as the tasks are overall.
const PRIOR: f64 = 4.0;

/// A turn that may come, with what was spent before it.
#[derive(Clone, Copy)]
struct Node {
    state: State,
    task: Task,
    association: [f64; Choice::ALL.len()],
    turns_left: usize,
    seconds: f64,
    usd: f64,
}

impl Planner {
    /// With the training dialogues of `simulator`, thinking `ahead` turns further than the present.
    #[must_use]
    pub fn new(simulator: &Simulator, ahead: usize) -> Self {
        Self {
            ahead,
            chain: Chain::of(&simulator.train),
            association: association(&simulator.mean_similarity()),
            responses: HashMap::new(),
        }
    }

    /// What each action of the present turn is worth, this turn and those that are thought through;
    /// `None` where the mask forbids it.
    pub fn worths(&mut self, dialogue: &Dialogue<'_>) -> [Option<f64>; Choice::ALL.len()] {
        let turn = dialogue.turn();
        let node = Node {
            state: *dialogue.state(),
            task: turn.task,
            association: turn.association,
            turns_left: dialogue.turns_left(),
            seconds: dialogue.seconds(),
            usd: dialogue.usd(),
        };
        let world = Fixed {
            estimator: dialogue.estimator(),
            costs: dialogue.costs(),
            budget: dialogue.budget(),
        };
        Choice::ALL.map(|choice| self.worth(&world, &node, choice, self.ahead))
    }

    fn worth(
        &mut self,
        world: &Fixed<'_>,
        node: &Node,
        choice: Choice,
        ahead: usize,
    ) -> Option<f64> {
        if !world.allows(node, choice) {
            return None;
        }
        let response = self.response(world.estimator, node.state, choice);
        let association = node.association[choice.place()];
        let reward = world.costs.reward(choice, response, association);
        if node.turns_left == 0 || ahead == 0 {
            return Some(reward);
        }
        let tasks = Task::ALL.iter().zip(self.chain.after(node.task));
        let mut worth = reward;
        for (task, probability) in tasks {
            let next = Node {
                state: node.state.after(choice, *task),
                task: *task,
                association: self.association,
                turns_left: node.turns_left - 1,
                seconds: node.seconds + world.costs.seconds(choice),
                usd: node.usd + world.costs.usd(choice),
            };
            let best = Choice::ALL
                .into_iter()
                .filter_map(|choice| self.worth(world, &next, choice, ahead - 1))
                .reduce(f64::max);
            worth += probability * best.unwrap_or(0.0);
        }
        Some(worth)
    }

    fn response(&mut self, estimator: &Estimator, state: State, choice: Choice) -> f64 {
        let responses = self
            .responses
            .entry(state)
            .or_insert_with(|| Choice::ALL.map(|choice| estimator.response(&state, choice)));
        responses[choice.place()]
    }
}

impl Policy for Planner {
    /// Local where nothing is allowed.
    fn choose(&mut self, dialogue: &Dialogue<'_>) -> Choice {
        let worths = self.worths(dialogue);
        Choice::ALL
            .into_iter()
            .zip(worths)
            .filter_map(|(choice, worth)| Some((choice, worth?)))
            .reduce(|best, next| if next.1 > best.1 { next } else { best })
            .map_or(Choice::LOCAL, |(choice, _)| choice)
    }
}

/// What stays the same in a dialogue.
struct Fixed<'a> {
    estimator: &'a Estimator,
    costs: &'a Costs,
    budget: &'a Budget,
}

impl Fixed<'_> {
    /// The mask.
    fn allows(&self, node: &Node, choice: Choice) -> bool {
        let left = node.turns_left as f64;
        self.budget.allows(
            node.seconds + self.costs.seconds(choice) + left * self.costs.seconds(Choice::LOCAL),
            node.usd + self.costs.usd(choice) + left * self.costs.usd(Choice::LOCAL),
        )
    }
}

impl Chain {
    /// Of the dialogues' tasks.
    #[must_use]
    pub fn of(episodes: &[Episode]) -> Self {
        let mut overall = [0.0; TASKS];
        let mut counts = [[0.0; TASKS]; TASKS];
        for episode in episodes {
            for turn in &episode.turns {
                overall[turn.task.index()] += 1.0;
            }
            for pair in episode.turns.windows(2) {
                counts[pair[0].task.index()][pair[1].task.index()] += 1.0;
            }
        }
        let all: f64 = overall.iter().sum();
        Self(counts.map(|row| {
            let seen: f64 = row.iter().sum();
            let share = |task: usize| (row[task] + PRIOR * overall[task] / all) / (seen + PRIOR);
            std::array::from_fn(share)
        }))
    }

    /// The probability of each task after `task`.
    #[must_use]
    pub const fn after(&self, task: Task) -> [f64; TASKS] {
        self.0[task.index()]
    }
}
