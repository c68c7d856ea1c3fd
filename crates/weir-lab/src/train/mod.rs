//! Training: imitation of a teacher first, then masked PPO on true transitions.
//!
//! A [`School`] says what is learnt: it gives worlds and teachers by seeds. A run has stages; after
//! each the network is validated, the best one so far is kept, and, if asked for, the run itself, so
//! that it can be interrupted and taken up again with the same result.

mod batch;
mod checkpoint;
mod imitate;
mod ppo;
mod rollout;
mod school;
mod validate;

use std::path::Path;

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};
use weir_policy::Network;

use self::{
    checkpoint::{Kept, Progress},
    ppo::{Learner, Stage},
};
use crate::draws::Draws;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use school::School;

/// What a training run is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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

impl Settings {
    /// The progress that a run makes: its environment steps.
    #[must_use]
    pub const fn progress(&self) -> u64 {
        self.imitation_steps + self.steps
    }
}

/// A point of the learning curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
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

/// Why nothing was trained.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The network ceased to be one: a step made a weight infinite or not a number.
    #[error(
        "training diverged after {steps} steps (a weight is no longer a number); try another --seed"
    )]
    Diverged {
        /// Environment steps until then.
        steps: u64,
    },
    /// The run cannot be kept or taken up.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
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

/// Stages of reinforcement learning.
const STAGES: u64 = 16;

/// Trains a policy in `school`; `progress`, which others may move too, goes on by the environment
/// steps that were asked for.
///
/// # Errors
/// [`TrainError::Diverged`] if the weights cease to be numbers.
pub fn train<S: School>(
    settings: &Settings,
    school: &S,
    progress: &ProgressBar,
) -> Result<Trained, TrainError> {
    run(settings, school, progress, None)
}

/// Trains a policy in `school` and keeps the run in `folder`; takes up the run that is there, if it
/// is the same one. It stays there until [`Checkpoint::remove`].
///
/// # Errors
/// [`TrainError`]; in particular if another run is kept in `folder`.
pub fn train_kept<S: School>(
    settings: &Settings,
    school: &S,
    progress: &ProgressBar,
    folder: &Path,
) -> Result<(Trained, Checkpoint), TrainError> {
    let checkpoint = Checkpoint::new(folder, settings, school.name());
    let trained = run(settings, school, progress, Some(&checkpoint))?;
    Ok((trained, checkpoint))
}

fn run<S: School>(
    settings: &Settings,
    school: &S,
    bar: &ProgressBar,
    checkpoint: Option<&Checkpoint>,
) -> Result<Trained, TrainError> {
    let kept = match checkpoint {
        Some(checkpoint) => checkpoint.read()?,
        None => None,
    };
    let mut run = match kept {
        Some(Kept {
            progress,
            learner,
            best,
        }) => Run {
            settings,
            school,
            bar,
            progress,
            learner,
            best,
        },
        None => Run::begin(settings, school, bar)?,
    };
    if run.progress.stages > 0 {
        bar.inc(settings.imitation_steps + run.learner.steps.min(settings.steps));
    }
    while run.progress.stages <= STAGES {
        run.stage()?;
        if let Some(checkpoint) = checkpoint {
            checkpoint.write(&run.progress, &run.learner, &run.best)?;
        }
    }
    Ok(Trained {
        network: run.best,
        curve: run.progress.curve,
    })
}

struct Run<'a, S> {
    settings: &'a Settings,
    school: &'a S,
    bar: &'a ProgressBar,
    progress: Progress,
    learner: Learner,
    /// The best network so far, without gradients.
    best: Network,
}

impl<'a, S: School> Run<'a, S> {
    fn begin(
        settings: &'a Settings,
        school: &'a S,
        bar: &'a ProgressBar,
    ) -> Result<Self, TrainError> {
        let mut draws = Draws::of(settings.seed, 4);
        let device = Device::flex().autodiff();
        let network = Network::new(settings.hidden, &device, || draws.uniform(-1.0, 1.0));
        let best = network.valid();
        let learner = Learner::new(network);
        let mut run = Self {
            settings,
            school,
            bar,
            progress: Progress {
                stages: 0,
                steps: 0,
                entropy_weight: learner.entropy_weight,
                best: f32::NEG_INFINITY,
                curve: Vec::new(),
            },
            learner,
            best,
        };
        run.validate(None)?;
        Ok(run)
    }

    /// The next stage: imitation, or a share of reinforcement learning.
    fn stage(&mut self) -> Result<(), TrainError> {
        let (settings, stage) = (self.settings, self.progress.stages);
        self.progress.stages += 1;
        let entropy = if stage == 0 {
            self.bar.set_message("imitating the teacher");
            let network = self.learner.network.clone();
            self.learner.network = imitate::imitate(settings, self.school, network, self.bar);
            None
        } else {
            self.bar.set_message("reinforcement learning");
            let target = settings.steps * stage / STAGES;
            let mut last = None;
            if self.learner.steps < target {
                let mut stage = Stage::new(&mut self.learner, settings, self.school, stage);
                while stage.steps() < target {
                    let left = settings.steps.saturating_sub(stage.steps());
                    let (steps, entropy) = stage.iterate();
                    self.bar.inc(steps.min(left));
                    last = Some(entropy);
                }
            }
            if last.is_none() {
                return Ok(());
            }
            last
        };
        self.progress.steps = self.learner.steps;
        self.progress.entropy_weight = self.learner.entropy_weight;
        self.validate(entropy)
    }

    /// Judges the network on the validation dialogues and keeps it if it is the best so far.
    fn validate(&mut self, entropy: Option<f32>) -> Result<(), TrainError> {
        let settings = self.settings;
        let imitated = if self.progress.stages > 0 {
            settings.imitation_steps
        } else {
            0
        };
        let steps = imitated + self.learner.steps;
        let network = self.learner.network.valid();
        if !weights_are_numbers(&network) {
            return Err(TrainError::Diverged { steps });
        }
        let seeds =
            (0..settings.validation).map(|place| Part::Validation.dialogue(settings.seed, place));
        let reward = validate::reward(self.school, &network, seeds);
        self.bar.set_prefix(format!("{reward:+.3} a turn"));
        self.progress.curve.push(Point {
            steps,
            reward,
            entropy,
        });
        if reward > self.progress.best {
            self.progress.best = reward;
            self.best = network;
        }
        Ok(())
    }
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
