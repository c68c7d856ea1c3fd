//! How good the local model is: prompts whose replies a program can check.
//!
//! A reply passes if it is what its prompt's [`Rule`] demands. That is a low bar, lower than being
//! as good as a reference, but it is the same for every model and nobody's opinion.
//!
//! To add a prompt, add a line to `data/checks.tsv`: task, kind, prompt, rule, a right reply and a
//! near miss, with tabs between them and `\n` for a line break in prompts and replies. [`grammar`]
//! says how rules are written. The tests see to it that the right reply passes, and that the near
//! miss, the empty reply and the prompt itself do not.

mod card;
pub mod grammar;
mod measure;
mod quality;
pub mod reading;
mod rule;

use serde::{Deserialize, Serialize};
use weir_core::Task;

pub use card::{card, tables};
pub use measure::{Measured, measure};
pub use quality::{LocalQuality, Passed, PassedKind, QualityError};
pub use rule::{Bound, Phrase, Rule, Unit};

use crate::prompts::task_named;

/// A prompt and what a reply must be.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The task of the prompt.
    pub task: Task,
    /// What answering it takes.
    pub kind: Kind,
    /// The prompt.
    pub prompt: String,
    /// What a reply must be.
    pub rule: Rule,
    /// A reply that passes.
    pub right: String,
    /// A reply that nearly does.
    pub near_miss: String,
}

/// What answering a prompt takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "their names say it")]
pub enum Kind {
    Extraction,
    Rewriting,
    Format,
    Arithmetic,
    Fact,
    DeviceCommand,
    Message,
    Recommendation,
    Translation,
    Classification,
}

/// A line of the checks is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("checks.tsv, line {line}: {problem}")]
pub struct CheckError {
    line: usize,
    problem: String,
}

/// The checks that come with the lab (`data/checks.tsv`).
///
/// # Errors
/// [`CheckError`] names the line.
pub fn shipped() -> Result<Vec<Check>, CheckError> {
    parse(include_str!("../../data/checks.tsv"))
}

/// Reads checks, one a line; lines that begin with `#` are remarks.
///
/// # Errors
/// [`CheckError`] names the line.
pub fn parse(text: &str) -> Result<Vec<Check>, CheckError> {
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| !line.starts_with('#'))
        .map(|(place, line)| {
            Check::parse(line).map_err(|problem| CheckError {
                line: place + 1,
                problem,
            })
        })
        .collect()
}

impl Check {
    fn parse(line: &str) -> Result<Self, String> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [task, kind, prompt, rule, right, near_miss] = fields.as_slice() else {
            return Err(format!(
                "there should be a task, a kind, a prompt, a rule, a right reply and a near miss, \
                 with tabs between them, not {} field(s)",
                fields.len()
            ));
        };
        if let Some(empty) = fields.iter().position(|field| field.trim().is_empty()) {
            return Err(format!("field {} is empty", empty + 1));
        }
        let unescaped = |text: &str| text.replace("\\n", "\n");
        Ok(Self {
            task: task_named(task).ok_or_else(|| format!("unknown task “{task}”"))?,
            kind: Kind::named(kind).ok_or_else(|| format!("unknown kind “{kind}”"))?,
            prompt: unescaped(prompt),
            rule: grammar::parse(rule).map_err(|error| error.to_string())?,
            right: unescaped(right),
            near_miss: unescaped(near_miss),
        })
    }

    /// Whether a reply is what it must be. Repeating the prompt says nothing: what the reply
    /// repeats of it word by word is not looked at.
    #[must_use]
    pub fn passes(&self, reply: &str) -> bool {
        let said = reply.replace(&self.prompt, "");
        !said.trim().is_empty() && self.rule.holds(&said)
    }
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Extraction,
        Self::Rewriting,
        Self::Format,
        Self::Arithmetic,
        Self::Fact,
        Self::DeviceCommand,
        Self::Message,
        Self::Recommendation,
        Self::Translation,
        Self::Classification,
    ];

    /// What data files call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Extraction => "extraction",
            Self::Rewriting => "rewriting",
            Self::Format => "format",
            Self::Arithmetic => "arithmetic",
            Self::Fact => "fact",
            Self::DeviceCommand => "device_command",
            Self::Message => "message",
            Self::Recommendation => "recommendation",
            Self::Translation => "translation",
            Self::Classification => "classification",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
