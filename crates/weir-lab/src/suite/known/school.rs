//! Where a policy is trained in this world.

use super::{
    plan::Plan,
    world::{ACTIONS, Known, TURNS},
};
use crate::{environment::Environment, train::School};

/// Dialogues of the known world. The teacher is the planner, not the best: what is beyond it has to be
/// found out.
#[must_use]
pub fn school() -> impl School<World = Known> {
    Practice(Plan::of_drawn_turns())
}

#[derive(Debug)]
struct Practice(Plan);

impl School for Practice {
    type World = Known;
    type Teacher = ();

    fn name(&self) -> String {
        "known".into()
    }

    fn world(&self, seed: u64) -> Known {
        let mut known = Known::new([0; TURNS], 0);
        known.begin(seed);
        known
    }

    fn teacher(&self, _: &Known, _: u64) {}

    fn worths(&self, (): &(), world: &Known) -> Vec<f32> {
        let worths = self.0.worths_now(world);
        let forbidden = ACTIONS - worths.len();
        let worths = worths.into_iter().map(|worth| worth as f32);
        worths
            .chain(std::iter::repeat_n(f32::MIN, forbidden))
            .collect()
    }
}
