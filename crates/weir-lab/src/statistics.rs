//! Statistics of logged dialogues, which a scenario can be built from.
//!
//! [`crate::dataset`] takes them: scores of answers that refuse are 0, and scores are clipped at 2,
//! because the mean of so few, so heavy-tailed ratios is decided by its outliers otherwise. Those of
//! M4A1 stand in `data/scenarios/kitchen.toml`.

use serde::Deserialize;
use weir_core::Task;

/// The paper's tasks, the first four of [`Task::ALL`].
pub const TASKS: usize = Task::ALL.len() - 1;
/// Arms that were logged: local, cloud with the text alone, with one, two, three pictures.
pub const ARMS: usize = 5;
/// Response scores are clipped here.
pub const SCORE_CLIP: f32 = 2.0;

/// Response scores of one task on one arm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scores {
    /// How many there are.
    pub count: u32,
    /// Their mean.
    pub mean: f32,
    /// Their standard deviation.
    pub deviation: f32,
}

impl Scores {
    /// Of these scores.
    #[must_use]
    pub fn of(scores: &[f32]) -> Self {
        let count = scores.len() as f32;
        let mean = scores.iter().sum::<f32>() / count.max(1.0);
        let squares: f32 = scores.iter().map(|score| (score - mean).powi(2)).sum();
        Self {
            count: scores.len() as u32,
            mean,
            deviation: (squares / (count - 1.0).max(1.0)).sqrt(),
        }
    }
}

/// Statistics of dialogues.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    /// Where they are from, for the model card.
    pub source: String,
    /// Turns of a dialogue, and how many dialogues had that many.
    pub lengths: Vec<(u32, f32)>,
    /// How many dialogues began with each task.
    pub first: [f32; TASKS],
    /// How often each task (column) followed each task (row).
    pub next: [[f32; TASKS]; TASKS],
    /// Scores of each task on each arm.
    pub scores: [[Scores; ARMS]; TASKS],
    /// Mean words of a local and of a cloud answer, by task.
    pub words: [[f32; 2]; TASKS],
    /// Mean words of a question.
    pub question_words: f32,
}
