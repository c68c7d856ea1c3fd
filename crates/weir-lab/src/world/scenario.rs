//! What dialogues are like.

use weir_core::Task;
use weir_policy::ResponseModel;

use crate::{
    draws::Draws,
    statistics::{Statistics, TASKS},
};

/// Whether the world surprises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noise {
    /// Replies have their expected length, networks keep their rates and never switch.
    None,
    /// Reply lengths vary, round trips jitter, networks switch between turns.
    Full,
}

/// What dialogues are like: the kitchen's statistics, and longer and other dialogues beside them.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Its name, for the model card.
    pub name: String,
    /// The statistics it is shaped by.
    pub statistics: Statistics,
    /// The policy's prior; with the true task in place of the probe's guess, it is also the truth.
    pub response: ResponseModel,
    /// Whether it surprises.
    pub noise: Noise,
}

/// Share of dialogues with lengths as logged; the others are longer.
const AS_LOGGED: f32 = 0.6;
/// Turns of the longer ones.
const LONGER: (f32, f32) = (6.0, 21.0);
/// Share of dialogues whose tasks follow one another as logged; the others mix in [`Task::Other`].
const TASKS_AS_LOGGED: f32 = 0.5;
/// How often each task comes up in the others.
const MIXED_TASKS: [f32; Task::ALL.len()] = [0.12, 0.16, 0.22, 0.15, 0.35];
/// How often a prompt speaks of what can be seen, by task.
const SPEAKS_OF_SIGHT: [f32; Task::ALL.len()] = [0.10, 0.45, 0.55, 0.15, 0.20];
/// How often a prompt speaks of what can be heard.
const SPEAKS_OF_SOUND: f32 = 0.15;

impl Scenario {
    /// How many turns a dialogue has.
    #[must_use]
    pub fn length(&self, draws: &mut Draws) -> usize {
        if !draws.chance(AS_LOGGED) {
            return draws.uniform(LONGER.0, LONGER.1) as usize;
        }
        let weights: Vec<f32> = self
            .statistics
            .lengths
            .iter()
            .map(|(_, count)| *count)
            .collect();
        let place = draws.pick(&weights);
        self.statistics
            .lengths
            .get(place)
            .map_or(1, |(turns, _)| (*turns).max(1) as usize)
    }

    /// The tasks of a dialogue of `turns` turns.
    #[must_use]
    pub fn tasks(&self, turns: usize, draws: &mut Draws) -> Vec<Task> {
        let as_logged = draws.chance(TASKS_AS_LOGGED);
        let mut last: Option<usize> = None;
        (0..turns)
            .map(|_| {
                let place = match last {
                    _ if !as_logged => draws.pick(&MIXED_TASKS),
                    Some(task) if task < TASKS => draws.pick(&self.statistics.next[task]),
                    _ => draws.pick(&self.statistics.first),
                };
                last = Some(place);
                Task::ALL[place]
            })
            .collect()
    }

    /// How much pictures and sound have to do with a prompt of this task.
    #[must_use]
    pub fn relevance(&self, task: Task, draws: &mut Draws) -> [f32; 2] {
        [SPEAKS_OF_SIGHT[task.index()], SPEAKS_OF_SOUND].map(|share| {
            if draws.chance(share) {
                draws.uniform(0.6, 1.0)
            } else {
                draws.uniform(0.0, 0.25)
            }
        })
    }
}
