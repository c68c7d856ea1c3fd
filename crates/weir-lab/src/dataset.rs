//! Reads TMO's dataset of dialogues (`M4A1.json`) and takes its statistics.
//!
//! A file is a list of dialogues, each with `id`, `image_paths`, `interactions` and
//! `association_score`; fields that are not used here are ignored.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use weir_core::{ModalitySet, Task};

use crate::statistics::{ARMS, SCORE_CLIP, Scores, Statistics, TASKS};

/// Why a dataset was refused. Every message names the file, the entry and the field.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// It cannot be read.
    #[error("{file}: {error}; give the path of an M4A1.json")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// It breaks off, is not JSON, or a field is missing or of another kind.
    #[error("{file}: entry {path}: {error}")]
    Malformed {
        /// The file.
        file: PathBuf,
        /// Where in it, as `[dialogue].interactions[turn].field`.
        path: String,
        /// What is wrong there.
        error: serde_json::Error,
    },
    /// A field holds what it may not hold.
    #[error("{file}: dialogue {dialogue}, turn {turn}: {field}: {problem}")]
    Field {
        /// The file.
        file: PathBuf,
        /// `id` of the dialogue.
        dialogue: i64,
        /// Place of the turn in it, from 0.
        turn: usize,
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// Two dialogues have the same `id`.
    #[error("{file}: dialogue {dialogue}: id: another dialogue has the same one")]
    Twice {
        /// The file.
        file: PathBuf,
        /// The `id`.
        dialogue: i64,
    },
    /// A dialogue has no turns, or there are no dialogues.
    #[error("{file}: {entry} is empty")]
    Empty {
        /// The file.
        file: PathBuf,
        /// What is empty.
        entry: String,
    },
}

/// One logged turn.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedTurn {
    /// What was asked.
    pub question: String,
    /// Its task.
    pub task: Task,
    /// Where it was answered: 0 locally, 1 + pictures in the cloud.
    pub arm: usize,
    /// The pictures that were uploaded, by slot.
    pub uploads: ModalitySet,
    /// How similar the prompt is to each picture, by slot; empty if it was not measured.
    pub similarity: Vec<f64>,
    /// Words of the answer.
    pub words: usize,
    /// The response score; 0 for an answer that refuses.
    pub score: f64,
}

/// Dialogues as they were logged.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    file: PathBuf,
    ids: Vec<i64>,
    dialogues: Vec<Vec<LoggedTurn>>,
}

#[derive(Deserialize)]
struct RawDialogue {
    id: i64,
    interactions: Vec<RawTurn>,
    #[serde(default)]
    association_score: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct RawTurn {
    question: String,
    task_cat: String,
    action: u8,
    image_index: Option<Vec<usize>>,
    answer: String,
    score: f64,
}

/// The camera views of a scenario.
const VIEWS: ModalitySet = ModalitySet::first(ARMS - 2);

/// An answer that holds one of these refuses; TMO counts its score as 0 (`tmo/data.py`).
const REFUSALS: [&str; 3] = ["sorry", "I don't have", "can't"];

impl Dataset {
    /// Reads a file.
    ///
    /// # Errors
    /// [`DatasetError`] names file, entry and field.
    pub fn read(file: &Path) -> Result<Self, DatasetError> {
        let text = fs::read_to_string(file).map_err(|error| DatasetError::Unreadable {
            file: file.to_owned(),
            error,
        })?;
        let mut reader = serde_json::Deserializer::from_str(&text);
        let malformed = |path, error| DatasetError::Malformed {
            file: file.to_owned(),
            path,
            error,
        };
        let raw: Vec<RawDialogue> = serde_path_to_error::deserialize(&mut reader)
            .map_err(|error| malformed(error.path().to_string(), error.into_inner()))?;
        reader
            .end()
            .map_err(|error| malformed("after the list".into(), error))?;
        let empty = |entry: String| DatasetError::Empty {
            file: file.to_owned(),
            entry,
        };
        if raw.is_empty() {
            return Err(empty("the list of dialogues".into()));
        }
        let ids: Vec<i64> = raw.iter().map(|dialogue| dialogue.id).collect();
        let mut seen = HashSet::new();
        if let Some(id) = ids.iter().find(|id| !seen.insert(**id)) {
            return Err(DatasetError::Twice {
                file: file.to_owned(),
                dialogue: *id,
            });
        }
        let dialogues = raw
            .into_iter()
            .map(|dialogue| {
                if dialogue.interactions.is_empty() {
                    return Err(empty(format!("dialogue {}", dialogue.id)));
                }
                let turns = dialogue.interactions.into_iter().enumerate();
                let mut similarity = dialogue.association_score.into_iter();
                turns
                    .map(|(turn, raw)| {
                        let similarity = similarity.next().unwrap_or_default();
                        raw.check(file, dialogue.id, turn, similarity)
                    })
                    .collect()
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            file: file.to_owned(),
            ids,
            dialogues,
        })
    }

    /// The file it was read from.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The turns of the dialogue whose `id` this is.
    #[must_use]
    pub fn dialogue(&self, id: i64) -> Option<&[LoggedTurn]> {
        let place = self.ids.iter().position(|known| *known == id)?;
        self.dialogues.get(place).map(Vec::as_slice)
    }

    /// The dialogues, each with its turns.
    #[must_use]
    pub fn dialogues(&self) -> &[Vec<LoggedTurn>] {
        &self.dialogues
    }

    /// What a scenario needs to know of it.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        let turns = || self.dialogues.iter().flatten();
        let scores_of = |task: usize, arm: usize| {
            let chosen = turns().filter(|turn| turn.task.index() == task && turn.arm == arm);
            Scores::of(
                &chosen
                    .map(|turn| (turn.score as f32).min(SCORE_CLIP))
                    .collect::<Vec<_>>(),
            )
        };
        let words_of = |task: usize, cloud: bool| {
            let chosen =
                turns().filter(|turn| turn.task.index() == task && (turn.arm > 0) == cloud);
            mean(chosen.map(|turn| turn.words))
        };
        let mut lengths: Vec<(u32, f32)> = Vec::new();
        let mut first = [0.0; TASKS];
        let mut next = [[0.0; TASKS]; TASKS];
        for dialogue in &self.dialogues {
            let turns = dialogue.len() as u32;
            match lengths.iter_mut().find(|(length, _)| *length == turns) {
                Some((_, count)) => *count += 1.0,
                None => lengths.push((turns, 1.0)),
            }
            first[dialogue[0].task.index()] += 1.0;
            for pair in dialogue.windows(2) {
                next[pair[0].task.index()][pair[1].task.index()] += 1.0;
            }
        }
        lengths.sort_by_key(|(turns, _)| *turns);
        Statistics {
            source: format!("{} ({} dialogues)", self.name(), self.dialogues.len()),
            lengths,
            first,
            next,
            scores: std::array::from_fn(|task| std::array::from_fn(|arm| scores_of(task, arm))),
            words: std::array::from_fn(|task| [words_of(task, false), words_of(task, true)]),
            question_words: mean(turns().map(|turn| turn.question.split_whitespace().count())),
        }
    }

    fn name(&self) -> String {
        self.file
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }
}

impl RawTurn {
    fn check(
        self,
        file: &Path,
        dialogue: i64,
        turn: usize,
        similarity: Vec<f64>,
    ) -> Result<LoggedTurn, DatasetError> {
        let wrong = |field, problem| DatasetError::Field {
            file: file.to_owned(),
            dialogue,
            turn,
            field,
            problem,
        };
        let task = match self.task_cat.as_str() {
            "Assistive System" => Task::Assistive,
            "Recommendation" => Task::Recommendation,
            "Query" => Task::Query,
            "Message Editing" => Task::MessageEditing,
            other => return Err(wrong("task_cat", format!("unknown task “{other}”"))),
        };
        if !self.score.is_finite() || self.score < 0.0 {
            return Err(wrong("score", format!("{} is not a score", self.score)));
        }
        let is_none = |similarity: &&f64| !similarity.is_finite() || **similarity < 0.0;
        if let Some(number) = similarity.iter().find(is_none) {
            return Err(wrong(
                "association_score",
                format!("{number} is not a similarity; none is negative"),
            ));
        }
        let slots = self.image_index.unwrap_or_default();
        let pictures = slots.len();
        let arm = match self.action {
            0 => 0,
            1 if pictures + 1 < ARMS => pictures + 1,
            1 => {
                return Err(wrong(
                    "image_index",
                    format!("{pictures} pictures; at most 3 are known"),
                ));
            }
            other => return Err(wrong("action", format!("{other} is neither 0 nor 1"))),
        };
        let uploads = if arm == 0 {
            ModalitySet::EMPTY
        } else {
            slots.iter().copied().collect()
        };
        if arm > 0 && (uploads.len() != pictures || !uploads.is_subset_of(VIEWS)) {
            return Err(wrong(
                "image_index",
                format!("{slots:?} are not different views; they are numbered 0, 1, 2"),
            ));
        }
        let refuses = REFUSALS.iter().any(|refusal| self.answer.contains(refusal));
        Ok(LoggedTurn {
            question: self.question,
            task,
            arm,
            uploads,
            similarity,
            words: self.answer.split_whitespace().count(),
            score: if refuses { 0.0 } else { self.score },
        })
    }
}

fn mean(numbers: impl Iterator<Item = usize>) -> f32 {
    let (sum, count) = numbers.fold((0, 0_usize), |(sum, count), number| {
        (sum + number, count + 1)
    });
    sum as f32 / count.max(1) as f32
}
