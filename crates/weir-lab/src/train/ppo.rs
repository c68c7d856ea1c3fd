//! Proximal policy optimisation (Schulman et al. 2017) over what the mask allows.

use std::sync::Arc;

use burn::{
    grad_clipping::GradientClippingConfig,
    module::Module,
    optim::{AdamConfig, GradientsParams, ModuleOptimizer},
    tensor::{Device, Tensor},
};
use weir_policy::Network;

use super::{
    Settings,
    batch::{Judged, Seen, column, judge},
    rollout::{Crew, Sample, numbers},
};
use crate::{draws::Draws, world::Scenario};

/// Dialogues answered side by side.
const WORLDS: u64 = 64;
/// Turns of each between two updates.
const TURNS: usize = 32;
/// Passes over what was collected.
const EPOCHS: usize = 3;
/// Turns of one gradient step.
const MINIBATCH: usize = 256;
/// Learning rate at the start; it falls linearly to a tenth.
const RATE: f64 = 4e-4;
/// How far the probability of an action may move in one update.
const CLIP: f32 = 0.2;
/// Below this share of the highest entropy the policy is pushed apart again.
const ENTROPY_FLOOR: f32 = 0.08;
/// Weight of the entropy: at least, at most.
const ENTROPY_WEIGHT: (f32, f32) = (5e-4, 2e-2);
/// Largest norm of the gradient of one parameter.
const GRADIENT_NORM: f32 = 0.5;

/// The policy in training.
pub(super) struct Learner {
    pub(super) network: Network,
    pub(super) steps: u64,
    target: u64,
    crew: Crew,
    optimizer: ModuleOptimizer,
    entropy_weight: f32,
    draws: Draws,
    device: Device,
}

impl Learner {
    pub(super) fn new(settings: &Settings, scenario: &Arc<Scenario>, network: Network) -> Self {
        Self {
            network,
            steps: 0,
            target: settings.steps,
            crew: Crew::new(WORLDS, scenario, settings.seed),
            optimizer: optimizer(),
            entropy_weight: ENTROPY_WEIGHT.0,
            draws: Draws::of(settings.seed, 6),
            device: Device::flex().autodiff(),
        }
    }

    /// Collects turns and learns from them: environment steps taken, and the policy's entropy.
    pub(super) fn iterate(&mut self) -> (u64, f32) {
        let mut samples = self.crew.collect(&self.network.valid(), TURNS);
        samples.retain(|sample| sample.seen.has_choice());
        normalise(&mut samples);
        let done = self.steps as f64 / self.target.max(1) as f64;
        let rate = RATE * (1.0 - 0.9 * done.min(1.0));
        let mut entropies = Vec::new();
        for _ in 0..EPOCHS {
            self.draws.shuffle(&mut samples);
            for minibatch in samples.chunks(MINIBATCH) {
                let (loss, entropy) = self.loss(minibatch);
                entropies.extend(numbers(entropy.into_data()));
                let gradients = GradientsParams::from_grads(loss.backward(), &self.network);
                self.network = self.optimizer.step(rate, self.network.clone(), gradients);
            }
        }
        let entropy = entropies.iter().sum::<f32>() / entropies.len().max(1) as f32;
        let push = if entropy < ENTROPY_FLOOR { 1.3 } else { 0.9 };
        self.entropy_weight =
            (self.entropy_weight * push).clamp(ENTROPY_WEIGHT.0, ENTROPY_WEIGHT.1);
        let steps = WORLDS * TURNS as u64;
        self.steps += steps;
        (steps, entropy)
    }

    /// The loss of one minibatch, and its mean entropy.
    fn loss(&self, samples: &[Sample]) -> (Tensor<1>, Tensor<1>) {
        let device = &self.device;
        let seen: Vec<&Seen> = samples.iter().map(|sample| &sample.seen).collect();
        let all = |value: fn(&Sample) -> f32| samples.iter().map(value).collect::<Vec<_>>();
        let chosen: Vec<usize> = samples.iter().map(|sample| sample.chosen).collect();
        let judged = judge(&self.network, &seen, device);
        let before = column(all(|sample| sample.log_probability), device);
        let advantage = column(all(|sample| sample.advantage), device);
        let ratio = (judged.of_actions(&chosen, device) - before).exp();
        let cautious = ratio.clone().clamp(1.0 - CLIP, 1.0 + CLIP) * advantage.clone();
        let gain = (ratio * advantage).min_pair(cautious).mean();
        let entropy = entropy(&judged, &seen, device);
        let loss = judged.value_loss(all(|sample| sample.ret), device)
            - gain
            - entropy.clone() * self.entropy_weight;
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
        .map(|seen| seen.allowed.iter().filter(|allowed| **allowed).count() as f32)
        .map(|count| 1.0 / count.max(2.0).ln())
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
