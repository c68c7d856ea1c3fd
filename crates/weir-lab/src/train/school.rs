//! Where a policy is trained.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::{
    environment::Environment,
    planner::Planner,
    world::{Scenario, World},
};

/// Dialogues to learn in, each named by a seed, and a teacher of them.
pub trait School {
    /// What dialogues are played in.
    type World: Environment;
    /// Whoever knows what to do in one dialogue.
    type Teacher;

    /// What tells it from other schools.
    fn name(&self) -> String;

    /// A world at the first turn of the dialogue that `seed` names.
    fn world(&self, seed: u64) -> Self::World;

    /// The teacher of the dialogue that `world` is at the beginning of.
    fn teacher(&self, world: &Self::World, seed: u64) -> Self::Teacher;

    /// What each action of the present turn is worth to the teacher, in reward until the end; only
    /// those of allowed actions mean anything.
    fn worths(&self, teacher: &Self::Teacher, world: &Self::World) -> Vec<f32>;
}

impl School for Arc<Scenario> {
    type World = World;
    type Teacher = Planner;

    /// The pack's name and the beginning of a hash of everything in the scenario: another local model
    /// or an edited file makes another school.
    fn name(&self) -> String {
        let hash = Sha256::digest(format!("{self:?}"));
        let digits = hash.iter().take(8).map(|byte| format!("{byte:02x}"));
        format!("{} {}", self.pack.name(), digits.collect::<String>())
    }

    fn world(&self, seed: u64) -> World {
        World::new(self.clone(), seed)
    }

    fn teacher(&self, world: &World, seed: u64) -> Planner {
        Planner::new(world, seed)
    }

    fn worths(&self, teacher: &Planner, world: &World) -> Vec<f32> {
        let places = 0..world.observation().forecasts.len();
        places.map(|place| teacher.worth(world, place)).collect()
    }
}
