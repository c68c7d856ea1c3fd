//! Proximal policy optimisation (Schulman et al. 2017), with the defaults of Stable-Baselines3.

use super::{
    actor_critic::{ActorCritic, Played},
    lanes::{Lane, Lanes},
    network::Network,
    optimiser::Optimiser,
};
use crate::draws::Draws;

/// Worlds side by side.
pub const LANES: usize = 16;
/// Turns between two rounds of learning, over all worlds.
const TURNS: usize = 2048;
/// Passes over them.
const EPOCHS: usize = 10;
/// Turns of one step of learning.
const MINIBATCH: usize = 64;
/// How much of a later advantage counts.
const LAMBDA: f32 = 0.95;
/// How far the probability of an action may move in one round.
const CLIP: f32 = 0.2;

/// Learns for at least `steps` steps; the actor.
pub fn learn<L: Lane>(
    lanes: &mut Lanes<L>,
    inputs: usize,
    actions: usize,
    steps: u64,
    draws: &mut Draws,
) -> Network {
    let mut networks = ActorCritic::new(inputs, actions, draws);
    let mut optimiser = Optimiser::adam(3e-4, 1e-5, 0.5);
    while lanes.steps() < steps {
        let turns = (TURNS / lanes.count()).max(1);
        let played = networks.play(lanes, turns, LAMBDA, draws);
        let mut order: Vec<usize> = (0..played.actions.len()).collect();
        for _ in 0..EPOCHS {
            draws.shuffle(&mut order);
            for places in order.chunks(MINIBATCH) {
                let (mean, deviation) = spread(&played, places);
                networks = networks.learn(&played, places, &mut optimiser, |place, log| {
                    let advantage = (played.advantages[place] - mean) / deviation;
                    push(advantage, log - played.logs[place])
                });
            }
        }
    }
    networks.actor
}

/// The slope of the clipped gain by the logarithm of an action's probability, which has moved by
/// `moved` since the action was taken: none once it has moved far enough.
#[must_use]
pub fn push(advantage: f32, moved: f32) -> f32 {
    let ratio = moved.exp();
    let far = if advantage > 0.0 {
        ratio > 1.0 + CLIP
    } else {
        ratio < 1.0 - CLIP
    };
    if far { 0.0 } else { advantage * ratio }
}

/// Mean and deviation of the advantages at `places`.
fn spread(played: &Played, places: &[usize]) -> (f32, f32) {
    let advantages = || places.iter().map(|place| played.advantages[*place]);
    let count = places.len() as f32;
    let mean = advantages().sum::<f32>() / count;
    let squares: f32 = advantages().map(|one| (one - mean).powi(2)).sum();
    (mean, (squares / (count - 1.0).max(1.0)).sqrt() + 1e-8)
}
