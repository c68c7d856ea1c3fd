//! Advantage actor–critic (Mnih et al. 2016), with the defaults of Stable-Baselines3.

use super::{
    actor_critic::ActorCritic,
    lanes::{Lane, Lanes},
    network::Network,
    optimiser::Optimiser,
};
use crate::draws::Draws;

/// Worlds side by side.
pub const LANES: usize = 4;
/// Turns of each between two steps of learning.
const TURNS: usize = 5;

/// Learns for at least `steps` steps; the actor.
pub fn learn<L: Lane>(
    lanes: &mut Lanes<L>,
    inputs: usize,
    actions: usize,
    steps: u64,
    draws: &mut Draws,
) -> Network {
    let mut networks = ActorCritic::new(inputs, actions, draws);
    let mut optimiser = Optimiser::rms_prop(7e-4, 1e-5, 0.5);
    while lanes.steps() < steps {
        let played = networks.play(lanes, TURNS, 1.0, draws);
        let all: Vec<usize> = (0..played.actions.len()).collect();
        networks = networks.learn(&played, &all, &mut optimiser, |place, _| {
            played.advantages[place]
        });
    }
    networks.actor
}
