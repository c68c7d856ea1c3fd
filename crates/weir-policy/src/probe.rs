//! The task probe: which task a prompt is, read from the local model's own hidden states.
//!
//! The model reads the prompt anyway, so its hidden states are a free embedding of it. The probe is
//! a linear map on them, trained by the lab on labelled prompts: a softmax over tasks, and for
//! pictures and for sound the probability that the prompt speaks of something to be seen or heard,
//! which serves as the relevance of attachments of that kind.
//!
//! **The contract**, which the lab and the worker both keep:
//! 1. The tokens are those of the dialogue as the model's own chat template writes it for a local
//!    reply, earlier turns included: the tokens that are read anyway before a local reply.
//! 2. The *text tokens* are those of what the user typed in this turn, without lines that the page
//!    adds about attachments: [`text_tokens`] finds them by writing the dialogue once more with that
//!    text left empty. At most the first [`Probe::TEXT_TOKENS`] of them are used.
//! 3. The hidden state is the residual stream behind the block numbered [`Probe::layer`], counted
//!    from 0, averaged over the text tokens, as f32.
//! 4. A probe speaks for the model whose file has [`Probe::model_sha256`] and for no other: for
//!    another model the reading is [`Reading::UNKNOWN`].

use std::ops::Range;

use serde::{Deserialize, Serialize};
use weir_core::{Modality, Task, TaskMix};

/// Version of the file's layout.
pub const VERSION: u32 = 1;

/// A linear probe, with the standardisation of its inputs folded into its weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    /// Version of the layout, [`VERSION`].
    pub version: u32,
    /// Name of the model, for people.
    pub model: String,
    /// SHA-256 of the model's file, in lower-case hexadecimal.
    pub model_sha256: String,
    /// The block behind which the hidden state is taken, counted from 0.
    pub layer: usize,
    /// One row of `hidden` weights for each task, in the order of [`Task::ALL`].
    pub tasks: [Vec<f32>; Task::ALL.len()],
    /// One offset for each task.
    pub task_offsets: [f32; Task::ALL.len()],
    /// Weights of “speaks of something to be seen”.
    pub picture: Vec<f32>,
    /// Its offset.
    pub picture_offset: f32,
    /// Weights of “speaks of something to be heard”.
    pub sound: Vec<f32>,
    /// Its offset.
    pub sound_offset: f32,
}

/// What a probe reads from a prompt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// What kind of turn it is.
    pub task: TaskMix,
    /// Probability that it speaks of something to be seen.
    pub picture: f32,
    /// Probability that it speaks of something to be heard.
    pub sound: f32,
}

/// Why a probe was refused, or could not read.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// It is not one.
    #[error("the task probe cannot be read: {0}; train it again with `weir-lab probe train`")]
    Unreadable(#[from] serde_json::Error),
    /// Its layout is another one.
    #[error(
        "the task probe is of version {0} and this build reads version {VERSION}; \
         train it again with `weir-lab probe train`"
    )]
    Version(u32),
    /// Its rows differ in length, are empty, or hold what is not a number.
    #[error("the task probe is damaged; train it again with `weir-lab probe train`")]
    Damaged,
    /// The hidden state is not of the model that the probe was trained on.
    #[error("the hidden state has {found} numbers and the task probe reads {expected}")]
    Hidden {
        /// Numbers given.
        found: usize,
        /// Numbers expected.
        expected: usize,
    },
}

impl Probe {
    /// Tokens of the user's text that are used.
    pub const TEXT_TOKENS: usize = 256;

    /// Reads a probe.
    ///
    /// # Errors
    /// [`ProbeError`] if it is not one of this build.
    pub fn from_json(text: &str) -> Result<Self, ProbeError> {
        let probe: Self = serde_json::from_str(text)?;
        if probe.version != VERSION {
            return Err(ProbeError::Version(probe.version));
        }
        let rows = || probe.tasks.iter().chain([&probe.picture, &probe.sound]);
        let offsets = [probe.picture_offset, probe.sound_offset];
        let sound = probe.hidden() > 0
            && rows().all(|row| row.len() == probe.hidden())
            && rows()
                .flatten()
                .chain(&probe.task_offsets)
                .chain(&offsets)
                .all(|w| w.is_finite());
        if sound {
            Ok(probe)
        } else {
            Err(ProbeError::Damaged)
        }
    }

    /// Length of the hidden state that it reads.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.picture.len()
    }

    /// Whether it speaks for the model whose file has this SHA-256.
    #[must_use]
    pub fn speaks_for(&self, sha256: &str) -> bool {
        self.model_sha256.eq_ignore_ascii_case(sha256)
    }

    /// Reads the mean hidden state of a prompt, taken as the contract says.
    ///
    /// # Errors
    /// [`ProbeError::Hidden`] if it is of another length.
    pub fn read(&self, hidden: &[f32]) -> Result<Reading, ProbeError> {
        if hidden.len() != self.hidden() {
            return Err(ProbeError::Hidden {
                found: hidden.len(),
                expected: self.hidden(),
            });
        }
        let score = |row: &[f32], offset: f32| {
            row.iter()
                .zip(hidden)
                .map(|(weight, value)| weight * value)
                .sum::<f32>()
                + offset
        };
        let mut scores = self.task_offsets;
        for (score_of_task, row) in scores.iter_mut().zip(&self.tasks) {
            *score_of_task = score(row, *score_of_task);
        }
        Ok(Reading {
            task: TaskMix::from_scores(scores),
            picture: probability(score(&self.picture, self.picture_offset)),
            sound: probability(score(&self.sound, self.sound_offset)),
        })
    }
}

impl Reading {
    /// Nothing is known about the prompt: any task, and attachments matter as much as not.
    pub const UNKNOWN: Self = Self {
        task: TaskMix::UNKNOWN,
        picture: 0.5,
        sound: 0.5,
    };

    /// How much an attachment of this kind has to do with the prompt, 0 to 1.
    #[must_use]
    pub fn relevance(&self, modality: Modality) -> f32 {
        if modality.is_picture() {
            self.picture
        } else {
            self.sound
        }
    }
}

/// Where in `with`, the tokens of a dialogue, those of a text are that is left empty in `without`.
/// At most the first [`Probe::TEXT_TOKENS`] of them; empty if the text is.
#[must_use]
pub fn text_tokens(with: &[u32], without: &[u32]) -> Range<usize> {
    let before = with
        .iter()
        .zip(without)
        .take_while(|(one, other)| one == other)
        .count();
    let room = with.len().min(without.len()) - before;
    let ends = with.iter().rev().zip(without.iter().rev()).take(room);
    let after = ends.take_while(|(one, other)| one == other).count();
    before..(with.len() - after).min(before + Probe::TEXT_TOKENS)
}

/// The logistic function; what is not a number is as likely as not.
fn probability(score: f32) -> f32 {
    if score.is_nan() {
        0.5
    } else {
        1.0 / (1.0 + (-score).exp())
    }
}
