//! Logged replies as numbers: what was asked, who answered, how good it was.

use weir_core::{Action, Task};

use super::kitchen;
use crate::{
    dataset::Dataset,
    statistics::{ARMS, SCORE_CLIP, Scores, Statistics, TASKS},
};

/// One logged reply.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reply {
    /// Number of its dialogue.
    pub dialogue: usize,
    /// Its task.
    pub task: Task,
    /// Number of the prompt; the same prompt comes again in other dialogues.
    pub prompt: usize,
    /// Who answered, and which views went along.
    pub action: Action,
    /// The response score, 0 or more.
    pub score: f64,
}

impl Reply {
    /// Where it was answered: 0 locally, 1 + views in the cloud.
    #[must_use]
    pub const fn arm(&self) -> usize {
        arm(self.action)
    }
}

/// The arm of an action; more views than were ever logged count as the most.
#[must_use]
pub const fn arm(action: Action) -> usize {
    match action {
        Action::Local => 0,
        Action::Cloud(uploads) if uploads.len() + 1 < ARMS => uploads.len() + 1,
        Action::Cloud(_) => ARMS - 1,
    }
}

/// Logged replies, dialogue by dialogue.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    /// Where they are from.
    pub source: String,
    /// In the order in which they were given.
    pub replies: Vec<Reply>,
}

impl Logged {
    /// The kitchen's, as numbers, so that everything runs without the dataset.
    #[must_use]
    pub fn kitchen() -> Self {
        Self {
            source: "the built-in numbers of M4A1 (TMO, commit 3db3d22)".into(),
            replies: kitchen::replies().collect(),
        }
    }

    /// Those of a dataset.
    #[must_use]
    pub fn of(dataset: &Dataset) -> Self {
        let mut prompts: Vec<(Task, &str)> = Vec::new();
        let mut replies = Vec::new();
        for (dialogue, turns) in dataset.dialogues().iter().enumerate() {
            for turn in turns {
                let asked = (turn.task, turn.question.as_str());
                let known = prompts.iter().position(|prompt| *prompt == asked);
                let prompt = known.unwrap_or_else(|| {
                    prompts.push(asked);
                    prompts.len() - 1
                });
                replies.push(Reply {
                    dialogue,
                    task: turn.task,
                    prompt,
                    action: if turn.arm == 0 {
                        Action::Local
                    } else {
                        Action::Cloud(turn.uploads)
                    },
                    score: turn.score,
                });
            }
        }
        Self {
            source: dataset.statistics().source,
            replies,
        }
    }

    /// The replies that `statistics` are of, if they are the kitchen's.
    #[must_use]
    pub fn behind(statistics: &Statistics) -> Option<Self> {
        let logged = Self::kitchen();
        let alike = |(one, other): (&Scores, &Scores)| {
            one.count == other.count && (one.mean - other.mean).abs() < ROUNDED
        };
        let scores = logged.scores();
        let pairs = scores
            .iter()
            .flatten()
            .zip(statistics.scores.iter().flatten());
        pairs.into_iter().all(alike).then_some(logged)
    }

    /// Their clipped scores by task and arm.
    #[must_use]
    pub fn scores(&self) -> [[Scores; ARMS]; TASKS] {
        std::array::from_fn(|task| {
            std::array::from_fn(|arm| {
                let chosen = self.replies.iter();
                let chosen =
                    chosen.filter(|reply| reply.task.index() == task && reply.arm() == arm);
                let scores: Vec<f32> = chosen
                    .map(|reply| (reply.score as f32).min(SCORE_CLIP))
                    .collect();
                Scores::of(&scores)
            })
        })
    }

    /// How many dialogues there are.
    #[must_use]
    pub fn dialogues(&self) -> usize {
        let last = self.replies.iter().map(|reply| reply.dialogue + 1);
        last.max().unwrap_or(0)
    }
}

/// Written statistics have three decimals.
const ROUNDED: f32 = 1e-3;
