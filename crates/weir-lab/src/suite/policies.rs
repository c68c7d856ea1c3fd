//! What is judged: the choosers of [`crate::policies`], and constants of more kinds.

use weir_core::Action;
use weir_policy::TrainedPolicy;

use crate::{
    draws::Draws,
    environment::Environment,
    policies::{Chooser, allowed_places},
    world::World,
};

/// The shipped policy.
pub const WEIR: &str = "weir";
/// Dynamic programming with knowledge of the world's conditions.
pub const PLANNER: &str = "planner";
/// One-step greedy within the mask.
pub const GREEDY_MASK: &str = "greedy_mask";
/// Always local.
pub const LOCAL: &str = "local";
/// Always cloud, the text alone.
pub const CLOUD_TEXT: &str = "cloud_text";

/// Something that decides turns of the world, one dialogue after the other.
pub trait Policy {
    /// Begins the dialogue that `world` is at and `seed` names.
    fn begin(&mut self, _world: &World, _seed: u64) {}

    /// The place of the action it takes.
    fn choose(&mut self, world: &World) -> usize;
}

/// A policy with its name in results.
pub type Named<'a> = (&'static str, Box<dyn Policy + 'a>);

/// The policies that every table has: `weir`, what it should reach, and what it must beat.
#[must_use]
pub fn all(weir: &TrainedPolicy) -> Vec<Named<'_>> {
    vec![
        (WEIR, Box::new(Chooser::Trained(weir))),
        (PLANNER, Box::new(Chooser::Planner(None))),
        (GREEDY_MASK, Box::new(Chooser::Greedy)),
        (LOCAL, Box::new(Chooser::Local)),
        ("cloud", Box::new(Chooser::CloudAll)),
        (CLOUD_TEXT, Box::new(Chooser::CloudText)),
        ("cloud_one", Box::new(MostRelevant(1))),
        ("cloud_two", Box::new(MostRelevant(2))),
        ("random", Box::new(Chooser::Random(Draws::new(0)))),
        ("no_mask_cloud", Box::new(Chooser::UnmaskedCloudAll)),
    ]
}

/// Names of the policies whose answers to budgets are compared.
pub const OF_BUDGETS: [&str; 5] = [WEIR, PLANNER, GREEDY_MASK, LOCAL, CLOUD_TEXT];

/// Those of [`OF_BUDGETS`].
#[must_use]
pub fn of_budgets(weir: &TrainedPolicy) -> Vec<Named<'_>> {
    let mut policies = all(weir);
    policies.retain(|(name, _)| OF_BUDGETS.contains(name));
    policies
}

impl Policy for Chooser<'_> {
    fn begin(&mut self, world: &World, seed: u64) {
        self.begin(world, seed);
    }

    fn choose(&mut self, world: &World) -> usize {
        self.choose(world)
    }
}

/// Always cloud, with this many of the attached inputs: those that have most to do with the prompt.
#[derive(Clone, Copy, Debug)]
pub struct MostRelevant(pub usize);

impl Policy for MostRelevant {
    fn choose(&mut self, world: &World) -> usize {
        let observation = world.observation();
        let mut slots: Vec<usize> = (0..observation.attached.len()).collect();
        slots.sort_by(|one, other| {
            observation.relevance[*other].total_cmp(&observation.relevance[*one])
        });
        slots.truncate(self.0);
        let wanted = |place: &usize| match observation.forecasts[*place].action {
            Action::Local => false,
            Action::Cloud(uploads) => uploads.slots().eq(sorted(&slots)),
        };
        allowed_places(world)
            .find(wanted)
            .or_else(|| allowed_places(world).next())
            .unwrap_or(0)
    }
}

fn sorted(slots: &[usize]) -> impl Iterator<Item = usize> {
    let mut slots = slots.to_vec();
    slots.sort_unstable();
    slots.into_iter()
}
