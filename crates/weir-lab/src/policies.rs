//! Policies to compare with, from constants to the trained one.

use weir_core::{Action, Observation};
use weir_policy::{TrainedPolicy, features::expected_reward};

use crate::{draws::Draws, environment::Environment, planner::Planner, world::World};

/// Something that decides turns in the world.
#[derive(Debug)]
pub enum Chooser<'a> {
    /// Local wherever it is allowed.
    Local,
    /// Cloud with the text alone wherever it is allowed.
    CloudText,
    /// Cloud with everything attached wherever it is allowed.
    CloudAll,
    /// Cloud with everything attached wherever there is a network, budget or not.
    UnmaskedCloudAll,
    /// Any allowed action, each as likely.
    Random(Draws),
    /// The allowed action of highest expected reward in this turn.
    Greedy,
    /// The cloud action of highest expected reward where its expected response score is above that of
    /// local by more than this, and local elsewhere, as far as they are allowed; after RouteLLM (Ong
    /// et al. 2024). From −∞, always cloud, to ∞, always local, it draws a cost–quality curve.
    Threshold(f32),
    /// Dynamic programming over drawn futures.
    Planner(Option<Planner>),
    /// The trained policy.
    Trained(&'a TrainedPolicy),
}

impl Chooser<'_> {
    /// Its name in reports.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Local => "always local",
            Self::CloudText => "always cloud, text only",
            Self::CloudAll => "always cloud, everything attached",
            Self::UnmaskedCloudAll => "always cloud, everything attached, no mask",
            Self::Random(_) => "random",
            Self::Greedy => "one-step greedy",
            Self::Threshold(_) => "threshold router",
            Self::Planner(_) => "planner",
            Self::Trained(_) => "weir",
        }
    }

    /// Begins the dialogue that `world` is at.
    pub fn begin(&mut self, world: &World, seed: u64) {
        match self {
            Self::Random(draws) => *draws = Draws::of(seed, 2),
            Self::Planner(planner) => *planner = Some(Planner::new(world, seed)),
            _ => {}
        }
    }

    /// The place of the action it takes.
    pub fn choose(&mut self, world: &World) -> usize {
        let observation = world.observation();
        let everything = observation.forecasts.len() - 1;
        match self {
            Self::Local => prefer(world, &[0]),
            Self::CloudText => prefer(world, &[text_only(observation)]),
            Self::CloudAll => prefer(world, &(1..=everything).rev().collect::<Vec<_>>()),
            Self::UnmaskedCloudAll => {
                if observation.network.online {
                    everything
                } else {
                    0
                }
            }
            Self::Random(draws) => {
                let allowed: Vec<usize> = allowed_places(world).collect();
                allowed
                    .get(draws.below(allowed.len()))
                    .copied()
                    .unwrap_or(0)
            }
            Self::Greedy => best(world, |index| {
                expected_reward(observation, &observation.forecasts[index])
            }),
            Self::Threshold(threshold) => route(world, *threshold),
            Self::Planner(planner) => match planner {
                Some(planner) => planner.choose(world),
                None => prefer(world, &[0]),
            },
            Self::Trained(policy) => match policy.decide(observation, world.mask()) {
                Ok(choice) => choice.index,
                Err(_) => prefer(world, &[0]),
            },
        }
    }
}

/// The allowed places of the current turn.
pub(crate) fn allowed_places(world: &World) -> impl Iterator<Item = usize> {
    (0..world.observation().forecasts.len()).filter(|index| world.allows(*index))
}

/// The allowed action of highest value.
pub(crate) fn best(world: &World, value: impl Fn(usize) -> f32) -> usize {
    allowed_places(world)
        .map(|index| (index, value(index)))
        .reduce(|best, next| if next.1 > best.1 { next } else { best })
        .map_or(0, |(index, _)| index)
}

/// The best cloud action if it answers better than local by more than `threshold`.
fn route(world: &World, threshold: f32) -> usize {
    let observation = world.observation();
    let cloud = allowed_places(world)
        .filter(|index| observation.forecasts[*index].action.is_cloud())
        .map(|index| {
            (
                index,
                expected_reward(observation, &observation.forecasts[index]),
            )
        })
        .reduce(|best, next| if next.1 > best.1 { next } else { best });
    let Some((cloud, _)) = cloud else {
        return prefer(world, &[0]);
    };
    let quality = |index: usize| observation.forecasts[index].quality;
    if quality(cloud) - quality(0) > threshold {
        cloud
    } else {
        prefer(world, &[0])
    }
}

/// The first of `wanted` that is allowed, or else the first action that is.
fn prefer(world: &World, wanted: &[usize]) -> usize {
    let mut wanted = wanted.iter().copied().filter(|index| world.allows(*index));
    wanted
        .next()
        .or_else(|| allowed_places(world).next())
        .unwrap_or(0)
}

fn text_only(observation: &Observation) -> usize {
    let is_text = |action: Action| action.is_cloud() && action.uploads().is_empty();
    observation
        .forecasts
        .iter()
        .position(|forecast| is_text(forecast.action))
        .unwrap_or(0)
}
