//! The labelled prompts that the task probe is trained on.

use weir_core::Task;

/// A prompt with its labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// Its task.
    pub task: Task,
    /// Whether it speaks of something to be seen.
    pub picture: bool,
    /// Whether it speaks of something to be heard.
    pub sound: bool,
    /// What the user wrote.
    pub text: String,
}

/// A line of the prompts is not `task<tab>labels<tab>text`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("prompts.tsv, line {line}: {problem}")]
pub struct PromptError {
    line: usize,
    problem: String,
}

/// The prompts that come with the lab (`data/prompts.tsv`).
///
/// # Errors
/// [`PromptError`] names the line.
pub fn shipped() -> Result<Vec<Prompt>, PromptError> {
    parse(include_str!("../data/prompts.tsv"))
}

/// Reads prompts, one a line: a task, a tab, `p` for something to be seen, `s` for something to be
/// heard, `-` for neither, a tab, the text.
///
/// # Errors
/// [`PromptError`] names the line.
pub fn parse(text: &str) -> Result<Vec<Prompt>, PromptError> {
    text.lines()
        .enumerate()
        .map(|(place, line)| {
            let wrong = |problem: String| PromptError {
                line: place + 1,
                problem,
            };
            let mut fields = line.split('\t');
            let (Some(task), Some(labels), Some(text), None) =
                (fields.next(), fields.next(), fields.next(), fields.next())
            else {
                return Err(wrong("not three fields with tabs between them".into()));
            };
            let Some(task) = task_named(task) else {
                return Err(wrong(format!("unknown task “{task}”")));
            };
            let (picture, sound) = match labels {
                "-" => (false, false),
                "p" => (true, false),
                "s" => (false, true),
                "ps" => (true, true),
                unknown => return Err(wrong(format!("unknown label “{unknown}”"))),
            };
            if text.trim().is_empty() {
                return Err(wrong("no text".into()));
            }
            Ok(Prompt {
                task,
                picture,
                sound,
                text: text.into(),
            })
        })
        .collect()
}

/// The task that the lab's data files call `name`.
pub(crate) fn task_named(name: &str) -> Option<Task> {
    Some(match name {
        "assistive" => Task::Assistive,
        "recommendation" => Task::Recommendation,
        "query" => Task::Query,
        "message_editing" => Task::MessageEditing,
        "other" => Task::Other,
        _ => return None,
    })
}
