//! Many dialogues at once, answered by the policy that is being trained.

use std::sync::Arc;

use burn::tensor::Device;
use weir_policy::Network;

use super::{
    Part,
    batch::{Seen, judge},
};
use crate::{
    draws::Draws,
    environment::Environment,
    world::{Scenario, World},
};

/// A turn that was answered, and what to learn from it.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) seen: Seen,
    pub(super) chosen: usize,
    pub(super) log_probability: f32,
    pub(super) advantage: f32,
    pub(super) ret: f32,
}

/// Dialogues that are answered side by side.
#[derive(Debug)]
pub(super) struct Crew {
    worlds: Vec<World>,
    seed: u64,
    begun: u64,
    draws: Draws,
}

/// One step of one world.
struct Step {
    seen: Seen,
    chosen: usize,
    log_probability: f32,
    value: f32,
    reward: f32,
    done: bool,
}

/// Weight of longer looks ahead in the advantage (Schulman et al. 2016); rewards are not discounted.
const LAMBDA: f32 = 0.95;

impl Crew {
    pub(super) fn new(worlds: u64, scenario: &Arc<Scenario>, seed: u64) -> Self {
        let dialogue = |place| Part::Training.dialogue(seed, place);
        Self {
            worlds: (0..worlds)
                .map(|place| World::new(scenario.clone(), dialogue(place)))
                .collect(),
            seed,
            begun: worlds,
            draws: Draws::of(seed, 5),
        }
    }

    /// Answers `turns` turns of every dialogue by drawing from the policy; a dialogue that ends is
    /// followed by a new one.
    pub(super) fn collect(&mut self, network: &Network, turns: usize) -> Vec<Sample> {
        let device = Device::flex();
        let mut lanes: Vec<Vec<Step>> = self.worlds.iter().map(|_| Vec::new()).collect();
        for _ in 0..turns {
            let seen: Vec<Seen> = self.worlds.iter().map(Seen::of).collect();
            let judged = judge(network, &seen.iter().collect::<Vec<_>>(), &device);
            let width = judged.log_probabilities.dims()[1];
            let logs = numbers(judged.log_probabilities.into_data());
            let values = numbers(judged.values.into_data());
            let rows = logs.chunks(width).zip(values);
            for ((seen, (logs, value)), (lane, world)) in seen
                .into_iter()
                .zip(rows)
                .zip(lanes.iter_mut().zip(&mut self.worlds))
            {
                let weights: Vec<f32> = logs[..seen.allowed.len()]
                    .iter()
                    .map(|log| log.exp())
                    .collect();
                let chosen = self.draws.pick(&weights);
                let outcome = world.step(chosen);
                if outcome.done {
                    world.begin(Part::Training.dialogue(self.seed, self.begun));
                    self.begun += 1;
                }
                lane.push(Step {
                    log_probability: logs[chosen],
                    seen,
                    chosen,
                    value,
                    reward: outcome.mean_reward,
                    done: outcome.done,
                });
            }
        }
        let seen: Vec<Seen> = self.worlds.iter().map(Seen::of).collect();
        let next = judge(network, &seen.iter().collect::<Vec<_>>(), &device);
        let next = numbers(next.values.into_data());
        lanes
            .into_iter()
            .zip(next)
            .flat_map(|(lane, next)| samples(lane, next))
            .collect()
    }
}

/// Advantages and returns of one world's steps, `next` being the value of the turn after the last.
fn samples(lane: Vec<Step>, next: f32) -> Vec<Sample> {
    let (mut next, mut ahead) = (next, 0.0);
    let mut samples: Vec<Sample> = lane
        .into_iter()
        .rev()
        .map(|step| {
            if step.done {
                (next, ahead) = (0.0, 0.0);
            }
            ahead = step.reward + next - step.value + LAMBDA * ahead;
            next = step.value;
            Sample {
                seen: step.seen,
                chosen: step.chosen,
                log_probability: step.log_probability,
                advantage: ahead,
                ret: ahead + step.value,
            }
        })
        .collect();
    samples.reverse();
    samples
}

pub(super) fn numbers(data: burn::tensor::TensorData) -> Vec<f32> {
    data.iter::<f32>().collect()
}
