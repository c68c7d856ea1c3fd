//! How good the local model is: prompts whose replies a program can check.
//!
//! A reply passes if it says what it must. That is a low bar, lower than being as good as a
//! reference, but it is the same for every model and nobody's opinion.

use serde::{Deserialize, Serialize};
use weir_core::Task;
use weir_policy::response::Estimate;

use crate::prompts::task_named;

/// A prompt and what a reply must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The task of the prompt.
    pub task: Task,
    /// The prompt.
    pub prompt: String,
    needs: Needs,
    phrases: Vec<String>,
}

/// Whether one phrase is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needs {
    Any,
    All,
}

/// A line of the checks is not `task<tab>any or all<tab>phrase|phrase<tab>prompt`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "checks.tsv, line {line} is not a task, “any” or “all”, phrases and a prompt, with tabs between them"
)]
pub struct CheckError {
    line: usize,
}

/// How many replies of one task passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// The task.
    pub task: Task,
    /// Replies that passed.
    pub passed: u32,
    /// Replies in all.
    pub prompts: u32,
}

/// What was measured of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalQuality {
    /// Name of the model's file.
    pub model: String,
    /// SHA-256 of it.
    pub model_sha256: String,
    /// By task, in the order of [`Task::ALL`].
    pub tasks: [Passed; Task::ALL.len()],
}

/// The checks that come with the lab (`data/checks.tsv`).
///
/// # Errors
/// [`CheckError`] names the line.
pub fn shipped() -> Result<Vec<Check>, CheckError> {
    let lines = include_str!("../data/checks.tsv").lines().enumerate();
    lines
        .map(|(place, line)| Check::parse(line).ok_or(CheckError { line: place + 1 }))
        .collect()
}

impl Check {
    fn parse(line: &str) -> Option<Self> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [task, needs, phrases, prompt] = fields.as_slice() else {
            return None;
        };
        Some(Self {
            task: task_named(task)?,
            prompt: (*prompt).into(),
            needs: match *needs {
                "any" => Needs::Any,
                "all" => Needs::All,
                _ => return None,
            },
            phrases: phrases.split('|').map(str::to_lowercase).collect(),
        })
    }

    /// Whether a reply says what it must, in whatever case.
    #[must_use]
    pub fn passes(&self, reply: &str) -> bool {
        let reply = reply.to_lowercase();
        let says = |phrase: &String| holds_phrase(&reply, phrase);
        match self.needs {
            Needs::Any => self.phrases.iter().any(says),
            Needs::All => self.phrases.iter().all(says),
        }
    }
}

/// Whether `phrase` begins at the beginning of a word of `reply`. What is a number must end there
/// too: “10” is not said by “100”.
fn holds_phrase(reply: &str, phrase: &str) -> bool {
    let is_number = phrase.chars().all(|c| c.is_ascii_digit());
    reply.match_indices(phrase).any(|(at, _)| {
        let before = reply[..at].chars().next_back();
        let after = reply[at + phrase.len()..].chars().next();
        before.is_none_or(|c| !c.is_alphanumeric())
            && !(is_number && after.is_some_and(char::is_alphanumeric))
    })
}

/// Replies of the mean over tasks that count with each task's own.
const PSEUDO_REPLIES: f32 = 4.0;

impl LocalQuality {
    /// What the shipped policy takes the local model to be worth (`models/policy/local.json`).
    ///
    /// # Errors
    /// If the file is not one.
    pub fn shipped() -> Result<Self, serde_json::Error> {
        serde_json::from_str(include_str!("../../../models/policy/local.json"))
    }

    /// Share of replies to a task that pass, drawn towards the mean over tasks.
    #[must_use]
    pub fn share(&self, task: Task) -> Estimate {
        let sum = |value: fn(&Passed) -> u32| self.tasks.iter().map(value).sum::<u32>() as f32;
        let all = sum(|task| task.passed) / sum(|task| task.prompts).max(1.0);
        let Passed {
            passed, prompts, ..
        } = self.tasks[task.index()];
        let weight = prompts as f32 + PSEUDO_REPLIES;
        let mean = (passed as f32 + PSEUDO_REPLIES * all) / weight;
        Estimate {
            mean,
            deviation: (mean * (1.0 - mean) / weight).sqrt(),
        }
    }
}
