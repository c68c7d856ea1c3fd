//! What is known of the kitchen: the statistics of TMO's dataset that a scenario is built from.
//!
//! The numbers here were taken from M4A1 (100 dialogues, 352 turns; commit 3db3d22 of TMO) the way
//! [`crate::dataset`] takes them: scores of answers that refuse are 0, and scores are clipped at 2,
//! because the mean of so few, so heavy-tailed ratios is decided by its outliers otherwise.

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

impl Statistics {
    /// The kitchen's, as numbers, so that everything runs without the dataset. The scenario
    /// `kitchen.toml` holds the same ones.
    #[must_use]
    pub fn kitchen() -> Self {
        let scores = |rows: [(u32, f32, f32); ARMS]| {
            rows.map(|(count, mean, deviation)| Scores {
                count,
                mean,
                deviation,
            })
        };
        Self {
            source: "M4A1 statistics (TMO, commit 3db3d22), scores clipped at 2".into(),
            lengths: vec![(2, 20.0), (3, 32.0), (4, 24.0), (5, 24.0)],
            first: [19.0, 35.0, 20.0, 26.0],
            next: [
                [13.0, 14.0, 17.0, 17.0],
                [29.0, 9.0, 19.0, 16.0],
                [19.0, 21.0, 11.0, 7.0],
                [19.0, 12.0, 13.0, 16.0],
            ],
            scores: [
                scores([
                    (49, 0.794, 0.565),
                    (27, 1.350, 0.535),
                    (5, 1.326, 0.477),
                    (7, 1.639, 0.460),
                    (11, 0.933, 0.238),
                ]),
                scores([
                    (46, 0.675, 0.668),
                    (22, 0.890, 0.488),
                    (6, 0.856, 0.243),
                    (6, 1.459, 0.575),
                    (11, 1.231, 0.556),
                ]),
                scores([
                    (35, 0.314, 0.527),
                    (20, 1.114, 0.622),
                    (3, 0.858, 0.430),
                    (10, 0.791, 0.324),
                    (12, 0.964, 0.399),
                ]),
                scores([
                    (40, 0.584, 0.388),
                    (16, 0.901, 0.360),
                    (5, 0.815, 0.509),
                    (8, 1.094, 0.200),
                    (13, 1.084, 0.275),
                ]),
            ],
            words: [[99.0, 64.0], [214.0, 212.0], [153.0, 71.0], [108.0, 47.0]],
            question_words: 12.0,
        }
    }
}
