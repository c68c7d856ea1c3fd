//! Training: imitation of the planner first, then masked PPO on true transitions.

mod batch;
mod imitate;
mod ppo;
mod rollout;

use std::sync::Arc;

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use indicatif::ProgressBar;
use serde::Serialize;
use weir_policy::{Network, TrainedPolicy};

use crate::{
    draws::Draws,
    evaluate::{self, Played},
    policies::Chooser,
    world::Scenario,
};

/// What a training run is asked for.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Names the run: the same settings give the same weights.
    pub seed: u64,
    /// Environment steps of reinforcement learning.
    pub steps: u64,
    /// Environment steps of imitation before it; 0 for none.
    pub imitation_steps: u64,
    /// Hidden size of the network.
    pub hidden: usize,
    /// Dialogues of each validation.
    pub validation: u64,
}

/// A point of the learning curve.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Point {
    /// Environment steps so far.
    pub steps: u64,
    /// Mean reward per turn on the validation dialogues.
    pub reward: f32,
    /// Mean entropy of the policy where it has a choice, as a share of the highest; none before
    /// reinforcement learning.
    pub entropy: Option<f32>,
}

/// What training brought.
#[derive(Debug)]
pub struct Trained {
    /// The network that did best on the validation dialogues.
    pub network: Network,
    /// The learning curve; its first point is before any training.
    pub curve: Vec<Point>,
}

/// The network ceased to be one: a step made a weight infinite or not a number.
#[derive(Debug, thiserror::Error)]
#[error(
    "training diverged after {steps} steps (a weight is no longer a number); try another --seed"
)]
pub struct Diverged {
    steps: u64,
}

/// Seeds of training, validation and test dialogues never meet.
#[derive(Clone, Copy, Debug)]
enum Part {
    Imitation,
    Training,
    Validation,
    Test,
}

impl Part {
    /// The name of the `count`-th dialogue of this part of the run named `seed`.
    const fn dialogue(self, seed: u64, count: u64) -> u64 {
        ((seed & 0x00FF_FFFF) << 36) | ((self as u64) << 32) | count
    }
}

/// The seeds of the `count` dialogues on which a run named `seed` is judged in the end.
pub fn test_dialogues(seed: u64, count: u64) -> impl Iterator<Item = u64> {
    (0..count).map(move |place| Part::Test.dialogue(seed, place))
}

/// Validations over a run.
const VALIDATIONS: u64 = 16;

/// Trains a policy for `scenario`.
///
/// # Errors
/// [`Diverged`] if the weights cease to be numbers.
pub fn train(
    settings: &Settings,
    scenario: &Arc<Scenario>,
    progress: &ProgressBar,
) -> Result<Trained, Diverged> {
    let device = Device::flex().autodiff();
    let mut draws = Draws::of(settings.seed, 4);
    let network = Network::new(settings.hidden, &device, || draws.uniform(-1.0, 1.0));
    let mut run = Run {
        settings,
        scenario,
        progress,
        best: f32::NEG_INFINITY,
        trained: Trained {
            network: network.valid(),
            curve: Vec::new(),
        },
    };
    run.validate(&network, 0, None)?;
    progress.set_length(settings.imitation_steps + settings.steps);
    progress.set_message("imitating the planner");
    let network = imitate::imitate(settings, scenario, network, progress);
    run.validate(&network, settings.imitation_steps, None)?;
    progress.set_message("reinforcement learning");
    let mut learner = ppo::Learner::new(settings, scenario, network);
    let mut validations = 0;
    while learner.steps < settings.steps {
        let (steps, entropy) = learner.iterate();
        progress.inc(steps);
        if learner.steps * VALIDATIONS >= validations * settings.steps {
            validations = learner.steps * VALIDATIONS / settings.steps.max(1) + 1;
            let steps = settings.imitation_steps + learner.steps;
            run.validate(&learner.network, steps, Some(entropy))?;
        }
    }
    Ok(run.trained)
}

struct Run<'a> {
    settings: &'a Settings,
    scenario: &'a Arc<Scenario>,
    progress: &'a ProgressBar,
    best: f32,
    trained: Trained,
}

impl Run<'_> {
    /// Judges `network` on the validation dialogues and keeps it if it is the best so far.
    fn validate(
        &mut self,
        network: &Network,
        steps: u64,
        entropy: Option<f32>,
    ) -> Result<(), Diverged> {
        let network = network.valid();
        let policy = TrainedPolicy::new(network.clone());
        let seed = self.settings.seed;
        let seeds =
            (0..self.settings.validation).map(|place| Part::Validation.dialogue(seed, place));
        let quiet = ProgressBar::hidden();
        let played = evaluate::play(self.scenario, &mut Chooser::Trained(&policy), seeds, &quiet);
        let reward = mean_reward(&played);
        if !weights_are_numbers(&network) {
            return Err(Diverged { steps });
        }
        self.progress.set_prefix(format!("{reward:+.3} a turn"));
        self.trained.curve.push(Point {
            steps,
            reward,
            entropy,
        });
        if reward > self.best {
            self.best = reward;
            self.trained.network = network;
        }
        Ok(())
    }
}

fn mean_reward(played: &[Played]) -> f32 {
    played.iter().map(|played| played.reward).sum::<f32>() / played.len().max(1) as f32
}

fn weights_are_numbers(network: &Network) -> bool {
    struct Check(bool);
    impl burn::module::ModuleVisitor for Check {
        fn visit_float<const D: usize>(&mut self, param: &burn::module::Param<Tensor<D>>) {
            let data = param.val().into_data();
            self.0 &= data.iter::<f32>().all(f32::is_finite);
        }
    }
    let mut check = Check(true);
    network.visit(&mut check);
    check.0
}
