//! Many dialogues at once, answered by the policy that is being trained.

use burn::tensor::Device;
use weir_policy::Network;

use super::{
    Part, School,
    batch::{Seen, judge, numbers},
};
use crate::{draws::Draws, environment::Environment};

/// A turn that was answered, and what to learn from it.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) seen: Seen,
    /// Place among the allowed actions.
    pub(super) chosen: usize,
    pub(super) log_probability: f32,
    pub(super) advantage: f32,
    pub(super) ret: f32,
}

/// Dialogues that are answered side by side.
pub(super) struct Crew<'a, S: School> {
    school: &'a S,
    worlds: Vec<S::World>,
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
/// Dialogues that a stage may begin.
const MOST_BEGUN: u64 = 1 << 27;

impl<'a, S: School> Crew<'a, S> {
    /// The crew of one stage of the run that `seed` names; no two begin the same dialogues.
    pub(super) fn new(worlds: u64, school: &'a S, seed: u64, stage: u64) -> Self {
        let first = stage * MOST_BEGUN;
        let dialogue = |place| Part::Training.dialogue(seed, first + place);
        Self {
            school,
            worlds: (0..worlds)
                .map(|place| school.world(dialogue(place)))
                .collect(),
            seed,
            begun: first + worlds,
            draws: Draws::of(seed, 5 + (stage << 8)),
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
            let probabilities = judged.probabilities(&seen);
            let said = probabilities.into_iter().zip(numbers(judged.values));
            let places = lanes.iter_mut().zip(&mut self.worlds);
            for ((seen, (probabilities, value)), (lane, world)) in
                seen.into_iter().zip(said).zip(places)
            {
                let chosen = self.draws.pick(&probabilities);
                let outcome = world.step(seen.places()[chosen]);
                if outcome.done {
                    *world = self
                        .school
                        .world(Part::Training.dialogue(self.seed, self.begun));
                    self.begun += 1;
                }
                lane.push(Step {
                    log_probability: probabilities[chosen].ln(),
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
        lanes
            .into_iter()
            .zip(numbers(next.values))
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
