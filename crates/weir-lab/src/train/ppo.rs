//! Proximal policy optimisation (Schulman et al. 2017) over what the mask allows.

use burn::{
    grad_clipping::GradientClippingConfig,
    module::Module,
    optim::{AdamConfig, GradientsParams, ModuleOptimizer},
    tensor::{Device, Tensor},
};
use weir_policy::Network;

use super::{
    School, Settings,
    batch::{Judged, Seen, column, judge, numbers},
    rollout::{Crew, Sample},
};
use crate::draws::Draws;

/// Dialogues answered side by side.
const WORLDS: u64 = 64;
/// Turns of each between two updates.
const TURNS: usize = 32;
/// Passes over what was collected.
const EPOCHS: usize = 3;
/// Turns of one gradient step.
const MINIBATCH: usize = 256;
/// Learning rate at the start; it falls linearly to a tenth.
const RATE: f64 = 1.5e-4;
/// How far the probability of an action may move in one update.
const CLIP: f32 = 0.2;
/// Below this share of the highest entropy the policy is pushed apart again.
const ENTROPY_FLOOR: f32 = 0.08;
/// Weight of the entropy: at least, at most.
const ENTROPY_WEIGHT: (f32, f32) = (5e-4, 2e-2);
/// Largest norm of the gradient of one parameter.
const GRADIENT_NORM: f32 = 0.5;

/// The policy in training, between two stages.
pub(super) struct Learner {
    pub(super) network: Network,
    pub(super) optimizer: ModuleOptimizer,
    /// Environment steps so far.
    pub(super) steps: u64,
    pub(super) entropy_weight: f32,
}

/// A part of a run, after which a run can be taken up again: it begins its own dialogues and has its
/// own chance.
pub(super) struct Stage<'a, S: School> {
    learner: &'a mut Learner,
    target: u64,
    crew: Crew<'a, S>,
    draws: Draws,
    device: Device,
}

impl Learner {
    pub(super) fn new(network: Network) -> Self {
        Self {
            network,
            optimizer: optimizer(),
            steps: 0,
            entropy_weight: ENTROPY_WEIGHT.0,
        }
    }
}

impl<'a, S: School> Stage<'a, S> {
    pub(super) fn new(
        learner: &'a mut Learner,
        settings: &Settings,
        school: &'a S,
        stage: u64,
    ) -> Self {
        Self {
            learner,
            target: settings.steps,
            crew: Crew::new(WORLDS, school, settings.seed, stage),
            draws: Draws::of(settings.seed, 6 + (stage << 8)),
            device: Device::flex().autodiff(),
        }
    }

    /// Environment steps of the run so far.
    pub(super) const fn steps(&self) -> u64 {
        self.learner.steps
    }

    /// Collects turns and learns from them: environment steps taken, and the policy's entropy.
    pub(super) fn iterate(&mut self) -> (u64, f32) {
        let mut samples = self.crew.collect(&self.learner.network.valid(), TURNS);
        samples.retain(|sample| sample.seen.has_choice());
        normalise(&mut samples);
        let done = self.learner.steps as f64 / self.target.max(1) as f64;
        let rate = RATE * (1.0 - 0.9 * done.min(1.0));
        let mut entropies = Vec::new();
        for _ in 0..EPOCHS {
            self.draws.shuffle(&mut samples);
            for minibatch in samples.chunks(MINIBATCH) {
                let (loss, entropy) = self.loss(minibatch);
                entropies.extend(numbers(entropy));
                let learner = &mut self.learner;
                let gradients = GradientsParams::from_grads(loss.backward(), &learner.network);
                let network = learner.network.clone();
                learner.network = learner.optimizer.step(rate, network, gradients);
            }
        }
        let entropy = entropies.iter().sum::<f32>() / entropies.len().max(1) as f32;
        let push = if entropy < ENTROPY_FLOOR { 1.3 } else { 0.9 };
        let (least, most) = ENTROPY_WEIGHT;
        self.learner.entropy_weight = (self.learner.entropy_weight * push).clamp(least, most);
        let steps = WORLDS * TURNS as u64;
        self.learner.steps += steps;
        (steps, entropy)
    }

    /// The loss of one minibatch, and its mean entropy.
    fn loss(&self, samples: &[Sample]) -> (Tensor<1>, Tensor<1>) {
        let device = &self.device;
        let seen: Vec<&Seen> = samples.iter().map(|sample| &sample.seen).collect();
        let all = |value: fn(&Sample) -> f32| samples.iter().map(value).collect::<Vec<_>>();
        let chosen: Vec<usize> = samples.iter().map(|sample| sample.chosen).collect();
        let judged = judge(&self.learner.network, &seen, device);
        let before = column(all(|sample| sample.log_probability), device);
        let advantage = column(all(|sample| sample.advantage), device);
        let ratio = (judged.of_actions(&chosen, device) - before).exp();
        let cautious = ratio.clone().clamp(1.0 - CLIP, 1.0 + CLIP) * advantage.clone();
        let gain = (ratio * advantage).min_pair(cautious).mean();
        let entropy = entropy(&judged, &seen, device);
        let loss = judged.value_loss(all(|sample| sample.ret), device)
            - gain
            - entropy.clone() * self.learner.entropy_weight;
        (loss, entropy)
    }
}

/// The optimizer of imitation and of reinforcement learning.
pub(super) fn optimizer() -> ModuleOptimizer {
    AdamConfig::new()
        .with_grad_clipping(Some(GradientClippingConfig::Norm(GRADIENT_NORM)))
        .init()
}

/// Mean entropy as a share of what it would be if all allowed actions were as likely.
fn entropy(judged: &Judged, seen: &[&Seen], device: &Device) -> Tensor<1> {
    let logs = judged.log_probabilities.clone();
    let entropies = -(logs.clone().exp() * logs).sum_dim(1).reshape([seen.len()]);
    let highest = seen
        .iter()
        .map(|seen| 1.0 / (seen.places().len() as f32).max(2.0).ln())
        .collect();
    (entropies * column(highest, device)).mean()
}

/// Advantages with mean 0 and deviation 1.
fn normalise(samples: &mut [Sample]) {
    let count = samples.len().max(1) as f32;
    let mean = samples.iter().map(|sample| sample.advantage).sum::<f32>() / count;
    let squares: f32 = samples
        .iter()
        .map(|sample| (sample.advantage - mean).powi(2))
        .sum();
    let deviation = (squares / count).sqrt() + 1e-6;
    for sample in samples {
        sample.advantage = (sample.advantage - mean) / deviation;
    }
}
