//! Where Weir's policy is trained for TMO's dialogues.

use std::{cell::RefCell, time::Instant};

use indicatif::ProgressBar;
use weir_policy::Network;

use super::{
    choice::Choice,
    learned::Training,
    planner::{Chain, Planner},
    simulator::{Episode, Simulator},
    world::World,
};
use crate::{
    draws::Draws,
    statistics::TASKS,
    train::{self, School, Settings, TrainError, Trained},
};

/// The training dialogues of one seed, and dialogues that are put together of their turns: 80 are so
/// few that a policy would learn them by heart. Networks and budgets are drawn anew for each.
#[derive(Debug)]
pub struct Practice<'a> {
    pub(super) simulator: &'a Simulator,
    /// The training dialogues, then those put together.
    pub(super) episodes: Vec<Episode>,
    planner: RefCell<Planner>,
    seed: u64,
}

/// Dialogues that are put together, for each that was logged.
const PUT_TOGETHER: usize = 40;
/// Turns that the teacher thinks ahead. A third brings nothing more.
pub const AHEAD: usize = 2;
/// Steps of imitation and of reinforcement learning, hidden size, validation dialogues.
const IMITATION: u64 = 100_000;
const STEPS: u64 = 60_000;
const HIDDEN: usize = 128;
const VALIDATION: u64 = 400;

impl<'a> Practice<'a> {
    /// In the simulator of `seed`.
    #[must_use]
    pub fn new(simulator: &'a Simulator, seed: u64) -> Self {
        let draws = &mut Draws::of(seed, 24);
        let chain = Chain::of(&simulator.train);
        let logged = &simulator.train;
        let count = logged.len() * PUT_TOGETHER;
        let put_together = (0..count).map(|_| put_together(logged, &chain, draws));
        let episodes = logged.iter().cloned().chain(put_together).collect();
        Self {
            simulator,
            episodes,
            planner: RefCell::new(Planner::new(simulator, AHEAD)),
            seed,
        }
    }

    /// The length of the progress that [`Self::train`] makes.
    pub const PROGRESS: u64 = IMITATION + STEPS;

    /// Trains Weir's policy here: one set of weights for all networks and budgets.
    ///
    /// # Errors
    /// [`TrainError`] if the weights cease to be numbers.
    pub fn train(&self, progress: &ProgressBar) -> Result<(Network, Training), TrainError> {
        let settings = Settings {
            seed: self.seed,
            steps: STEPS,
            imitation_steps: IMITATION,
            hidden: HIDDEN,
            validation: VALIDATION,
        };
        let began = Instant::now();
        let Trained { network, curve } = train::train(&settings, &self, progress)?;
        let seconds = began.elapsed().as_secs_f64();
        let steps = curve.last().map_or(0, |point| point.steps);
        let training = Training {
            steps,
            seconds_per_run: seconds,
            steps_per_second: steps as f64 / seconds,
            curve: curve
                .iter()
                .map(|point| (point.steps, f64::from(point.reward)))
                .collect(),
        };
        Ok((network, training))
    }
}

/// As long as a logged dialogue, with tasks that follow one another as they did, each turn with the
/// views of a logged turn of its task.
fn put_together(logged: &[Episode], chain: &Chain, draws: &mut Draws) -> Episode {
    let mut tasks = [const { Vec::new() }; TASKS];
    for turn in logged.iter().flat_map(|episode| &episode.turns) {
        tasks[turn.task.index()].push(*turn);
    }
    let like = &logged[draws.below(logged.len())];
    let mut turns = vec![like.turns[0]];
    while turns.len() < like.turns.len() {
        let last = turns[turns.len() - 1].task;
        let weights = chain.after(last).map(|probability| probability as f32);
        let of_task = &tasks[draws.pick(&weights)];
        let next = of_task.get(draws.below(of_task.len()));
        turns.push(next.copied().unwrap_or(like.turns[turns.len()]));
    }
    Episode { id: like.id, turns }
}

impl<'a> School for &'a Practice<'a> {
    type World = World<'a>;
    /// One planner teaches all dialogues.
    type Teacher = ();

    fn name(&self) -> String {
        format!("tmo, seed {}", self.seed)
    }

    fn world(&self, seed: u64) -> World<'a> {
        World::new(self, seed)
    }

    fn teacher(&self, _: &World<'a>, _: u64) {}

    fn worths(&self, (): &(), world: &World<'a>) -> Vec<f32> {
        let worths = self.planner.borrow_mut().worths(world.dialogue());
        let worth = |choice: &Choice| worths[choice.place()].unwrap_or(0.0) as f32;
        Choice::ALL.iter().map(worth).collect()
    }
}
