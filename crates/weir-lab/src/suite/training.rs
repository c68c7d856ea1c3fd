//! Training runs small enough to make many of them.

use indicatif::ProgressBar;
use serde::Serialize;
use weir_policy::TrainedPolicy;

use crate::train::{School, Settings, TrainError, train};

/// How large they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Size {
    /// Training runs of each kind, by seeds from 1.
    pub seeds: u64,
    /// Environment steps of reinforcement learning.
    pub steps: u64,
    /// Environment steps of imitation.
    pub imitation_steps: u64,
    /// Hidden size of the network.
    pub hidden: usize,
    /// Dialogues that the policy of each seed is judged on.
    pub dialogues: u64,
}

impl Size {
    /// A twentieth of the shipped policy's training.
    pub const SMALL: Self = Self {
        seeds: 3,
        steps: 45_000,
        imitation_steps: 15_000,
        hidden: 64,
        dialogues: 400,
    };

    /// Environment steps of one run.
    #[must_use]
    pub const fn each(self) -> u64 {
        self.steps + self.imitation_steps
    }

    /// What the run of `seed` is asked for.
    #[must_use]
    pub const fn settings(self, seed: u64) -> Settings {
        Settings {
            seed,
            steps: self.steps,
            imitation_steps: self.imitation_steps,
            hidden: self.hidden,
            validation: self.dialogues / 2,
        }
    }
}

/// Trains a policy in `school`.
///
/// # Errors
/// [`TrainError::Diverged`] if the weights cease to be numbers.
pub fn trained<S: School>(
    school: &S,
    settings: &Settings,
    progress: &ProgressBar,
) -> Result<TrainedPolicy, TrainError> {
    let trained = train(settings, school, progress)?;
    Ok(TrainedPolicy::new(trained.network))
}
