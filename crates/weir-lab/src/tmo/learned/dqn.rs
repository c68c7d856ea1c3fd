//! Deep Q-learning (Mnih et al. 2015), with the defaults of Stable-Baselines3.

use super::{
    DISCOUNT, best,
    lanes::{Lane, Lanes},
    network::Network,
    optimiser::Optimiser,
};
use crate::draws::Draws;

/// Worlds side by side: a step in each, then a step of learning.
pub const LANES: usize = 4;
/// Steps before learning begins.
const BLIND: u64 = 100;
/// Transitions of one step of learning.
const BATCH: usize = 32;
/// Steps between two copies of the network that is learnt into the one that is learnt from.
const COPY: u64 = 10_000;
/// Share of actions taken by chance in the end.
const CHANCE: f32 = 0.05;
/// Share of all steps in which it falls from 1 to that.
const FALL: f32 = 0.1;

/// All that happened. 30,000 transitions are far from filling the reference's million.
#[derive(Debug, Default)]
struct Memory {
    observations: Vec<f32>,
    actions: Vec<usize>,
    rewards: Vec<f32>,
    /// What was seen next; where the dialogue was over, of another one.
    next: Vec<f32>,
    done: Vec<bool>,
    /// What the action turned out to be worth, by the network that is learnt from. It changes so
    /// rarely that this is worked out once for each of its states rather than in every step.
    worth: Vec<f32>,
}

/// Learns for at least `steps` steps; the network that says what actions are worth.
pub fn learn<L: Lane>(
    lanes: &mut Lanes<L>,
    inputs: usize,
    actions: usize,
    steps: u64,
    draws: &mut Draws,
) -> Network {
    let mut network = Network::even(inputs, actions, draws);
    let mut frozen = network.clone();
    let mut optimiser = Optimiser::adam(1e-4, 1e-8, 10.0);
    let mut memory = Memory::default();
    let mut seen = lanes.observe();
    while lanes.steps() < steps {
        let done = lanes.steps() as f32 / steps as f32;
        let chance = (1.0 - (1.0 - CHANCE) * done / FALL).max(CHANCE);
        let worth = network.forward(seen.clone()).outputs;
        let chosen: Vec<usize> = worth
            .chunks_exact(actions)
            .map(|worth| {
                if draws.chance(chance) {
                    draws.below(actions)
                } else {
                    best(worth)
                }
            })
            .collect();
        let copies = lanes.steps() / COPY;
        let brought = lanes.step(&chosen);
        let next = lanes.observe();
        memory.observations.extend(seen);
        memory.next.extend_from_slice(&next);
        memory.actions.extend(chosen);
        memory.rewards.extend(brought.iter().map(|one| one.reward));
        memory.done.extend(brought.iter().map(|one| one.done));
        seen = next;
        if lanes.steps() / COPY > copies {
            frozen = network.clone();
            memory.worth.clear();
        }
        memory.judge(&frozen, inputs);
        if lanes.steps() > BLIND {
            network = memory.learn(network, &mut optimiser, inputs, draws);
        }
    }
    network
}

impl Memory {
    /// Works out what is not known yet of [`Memory::worth`].
    fn judge(&mut self, frozen: &Network, inputs: usize) {
        let known = self.worth.len();
        let next = frozen.forward(self.next[known * inputs..].to_vec()).outputs;
        let next = next.chunks_exact(frozen.outputs());
        let turns = self.rewards[known..].iter().zip(&self.done[known..]);
        self.worth
            .extend(turns.zip(next).map(|((reward, done), next)| {
                let ahead = if *done { 0.0 } else { next[best(next)] };
                reward + DISCOUNT * ahead
            }));
    }

    /// The network after one step of learning: the mean of Huber's loss, whose slope is the error kept within ±1.
    fn learn(
        &self,
        network: Network,
        optimiser: &mut Optimiser,
        inputs: usize,
        draws: &mut Draws,
    ) -> Network {
        let mut observations = Vec::with_capacity(BATCH * inputs);
        let mut slopes = vec![0.0; BATCH * network.outputs()];
        let places: Vec<usize> = (0..BATCH)
            .map(|_| draws.below(self.actions.len()))
            .collect();
        for place in &places {
            observations.extend_from_slice(&self.observations[place * inputs..][..inputs]);
        }
        let pass = network.forward(observations);
        for (row, place) in places.iter().enumerate() {
            let output = row * network.outputs() + self.actions[*place];
            let error = pass.outputs[output] - self.worth[*place];
            slopes[output] = error.clamp(-1.0, 1.0) / BATCH as f32;
        }
        let gradients = network.backward(pass, slopes);
        let [network] = optimiser.step([network], &gradients);
        network
    }
}
