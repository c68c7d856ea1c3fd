//! The response model: how good a reply each arm is expected to give, and how sure that is.
//!
//! A *response score* is the reply's mark over the reference reply's mark, as in TMO: 1 is as good
//! as the reference. For each task the model holds an [`Estimate`] for a local reply, a cloud reply
//! to the text alone, cloud replies with one, two, or three and more pictures, and one with a clip.
//! The lab fits them, shrunk towards the mean of their arm where there is little data, and writes
//! them to `models/policy/response.json` with their source.
//!
//! What is attached and matters to the prompt, but is not seen by whoever answers, costs quality:
//!
//! `score = base(task, arm) · (1 − unseen · (coverage(attached) − coverage(uploads)))`
//!
//! where `coverage(S) = 1 − Π (1 − relevance)` over `S`: a second view of the same scene adds less
//! than the first. `coverage(uploads)` is also the association of an action.

use serde::{Deserialize, Serialize};
use weir_core::{Action, Modality, ModalitySet, Task, TaskMix};

/// Version of the file's layout.
pub const VERSION: u32 = 2;

/// An expected response score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Its mean.
    pub mean: f32,
    /// One standard deviation of that mean.
    pub deviation: f32,
}

/// What is expected of each arm for one task.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskResponse {
    /// The task.
    pub task: Task,
    /// A local reply of the measured model.
    pub local: Estimate,
    /// A local reply of the capable model that the logs have.
    pub capable: Estimate,
    /// A cloud reply to the text alone.
    pub text: Estimate,
    /// A cloud reply to the text with one, two, or at least three pictures.
    pub pictures: [Estimate; 3],
    /// A cloud reply to the text with a clip.
    pub clip: Estimate,
    /// Tokens of a local reply.
    pub local_tokens: u32,
    /// Tokens of a cloud reply.
    pub cloud_tokens: u32,
}

/// The response model as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResponseModel {
    /// Version of the layout, [`VERSION`].
    pub version: u32,
    /// Where the numbers come from.
    pub source: String,
    /// What the local scores stand for: which model, measured or assumed.
    pub local_model: String,
    /// SHA-256 of its file; empty if nothing was measured.
    pub local_sha256: String,
    /// Its parameters.
    pub local_parameters: u64,
    /// Share of a reply's quality that is lost if everything relevant goes unseen, 0 to 1.
    pub unseen: f32,
    /// One entry for each task, in the order of [`Task::ALL`].
    pub tasks: [TaskResponse; Task::ALL.len()],
}

/// Why a response model was refused.
#[derive(Debug, thiserror::Error)]
pub enum ResponseError {
    /// It is not one.
    #[error("response.json cannot be read: {0}; write it again with `weir-lab train`")]
    Unreadable(#[from] serde_json::Error),
    /// Its layout is another one.
    #[error(
        "response.json is of version {0} and this build reads version {VERSION}; \
         write it again with `weir-lab train`"
    )]
    Version(u32),
    /// A number in it makes no sense.
    #[error("response.json: the {field} of task {task:?} is not a number that makes sense there")]
    Number {
        /// The task.
        task: Task,
        /// The field.
        field: &'static str,
    },
    /// `unseen` is not a share.
    #[error("response.json: “unseen” must lie between 0 and 1")]
    Unseen,
    /// The tasks are in another order.
    #[error("response.json: entry {0} is about another task than this build expects there")]
    Order(usize),
}

/// What a reply is expected to be worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// Expected response score.
    pub quality: f32,
    /// One standard deviation of that expectation.
    pub deviation: f32,
    /// How much the uploads have to do with the prompt, 0 to 1.
    pub association: f32,
}

impl ResponseModel {
    /// Reads `response.json`.
    ///
    /// # Errors
    /// [`ResponseError`] names the entry that is wrong.
    pub fn from_json(text: &str) -> Result<Self, ResponseError> {
        let model: Self = serde_json::from_str(text)?;
        if model.version != VERSION {
            return Err(ResponseError::Version(model.version));
        }
        if !(0.0..=1.0).contains(&model.unseen) {
            return Err(ResponseError::Unseen);
        }
        for (index, (entry, task)) in model.tasks.iter().zip(Task::ALL).enumerate() {
            if entry.task != task {
                return Err(ResponseError::Order(index));
            }
            entry.check()?;
        }
        Ok(model)
    }

    /// What a reply by `action` is expected to be worth for a turn of tasks `mix`, with `attached`
    /// inputs of the given `relevance` (0 to 1, by slot).
    #[must_use]
    pub fn expect(
        &self,
        mix: &TaskMix,
        action: Action,
        attached: &[Modality],
        relevance: &[f32],
    ) -> Expected {
        let uploads = action.uploads();
        let association = coverage(relevance, uploads);
        let everything = coverage(relevance, ModalitySet::first(attached.len()));
        let seen = 1.0 - self.unseen * (everything - association).max(0.0);
        let base = |task: Task| self.tasks[task.index()].base(action, attached);
        let mean = mix.expect(|task| base(task).mean);
        let square = mix.expect(|task| {
            let Estimate { mean, deviation } = base(task);
            mean * mean + deviation * deviation
        });
        Expected {
            quality: mean * seen,
            deviation: (square - mean * mean).max(0.0).sqrt() * seen,
            association,
        }
    }

    /// Tokens that a reply by `action` is expected to have.
    #[must_use]
    pub fn tokens(&self, mix: &TaskMix, action: Action) -> u32 {
        mix.expect(|task| {
            let entry = &self.tasks[task.index()];
            let tokens = if action.is_cloud() {
                entry.cloud_tokens
            } else {
                entry.local_tokens
            };
            tokens as f32
        })
        .round() as u32
    }
}

impl TaskResponse {
    /// The estimate for an arm. What pictures and clips change of a cloud reply adds up, and so do
    /// the variances.
    #[must_use]
    pub fn base(&self, action: Action, attached: &[Modality]) -> Estimate {
        let Action::Cloud(uploads) = action else {
            return self.local;
        };
        let (mut pictures, mut clips) = (0_usize, false);
        for modality in uploads.slots().filter_map(|slot| attached.get(slot)) {
            if modality.is_picture() {
                pictures += 1;
            } else {
                clips = true;
            }
        }
        let mut mean = self.text.mean;
        let mut variance = 0.0;
        let with_pictures = pictures
            .checked_sub(1)
            .map(|more| self.pictures[more.min(2)]);
        for arm in with_pictures.into_iter().chain(clips.then_some(self.clip)) {
            mean += arm.mean - self.text.mean;
            variance += arm.deviation * arm.deviation;
        }
        if variance == 0.0 {
            return self.text;
        }
        Estimate {
            mean: mean.max(0.0),
            deviation: variance.sqrt(),
        }
    }

    fn check(&self) -> Result<(), ResponseError> {
        let [one, two, three] = self.pictures;
        let estimates = [
            ("local", self.local),
            ("capable", self.capable),
            ("text", self.text),
            ("first entry of pictures", one),
            ("second entry of pictures", two),
            ("third entry of pictures", three),
            ("clip", self.clip),
        ];
        let sensible = |number: f32| (0.0..=100.0).contains(&number);
        for (field, Estimate { mean, deviation }) in estimates {
            if !sensible(mean) || !sensible(deviation) {
                return Err(ResponseError::Number {
                    task: self.task,
                    field,
                });
            }
        }
        if self.local_tokens == 0 || self.cloud_tokens == 0 {
            return Err(ResponseError::Number {
                task: self.task,
                field: "expected tokens",
            });
        }
        Ok(())
    }
}

/// `1 − Π (1 − relevance)` over the slots of `set`: 0 for none, 1 as soon as one is all that matters.
#[must_use]
pub fn coverage(relevance: &[f32], set: ModalitySet) -> f32 {
    let missed: f32 = set
        .slots()
        .filter_map(|slot| relevance.get(slot))
        .map(|relevance| {
            if relevance.is_nan() {
                1.0
            } else {
                1.0 - relevance.clamp(0.0, 1.0)
            }
        })
        .product();
    1.0 - missed
}
