//! What was measured of a local model, and what the policy takes it to be worth.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, Serializer, ser::SerializeStruct};
use weir_core::Task;
use weir_policy::response::Estimate;

use super::{Check, Kind};
use crate::{commands::task_name, probe::wilson};

/// What was measured of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalQuality {
    /// Name of the model's file.
    pub model: String,
    /// SHA-256 of it.
    pub model_sha256: String,
    /// Its parameters.
    pub parameters: u64,
    /// How replies were made.
    #[serde(default)]
    pub decoding: String,
    /// By task, in the order of [`Task::ALL`].
    pub tasks: [Passed; Task::ALL.len()],
    /// By kind, in the order of [`Kind::ALL`].
    #[serde(default)]
    pub kinds: Vec<PassedKind>,
}

/// How many replies of one task passed. Files show their share and its 95 % interval, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Passed {
    /// The task.
    pub task: Task,
    /// Replies that passed.
    pub passed: u32,
    /// Replies in all.
    pub prompts: u32,
}

/// How many replies of one kind passed. Files show their share and its 95 % interval, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct PassedKind {
    /// The kind.
    pub kind: Kind,
    /// Replies that passed.
    pub passed: u32,
    /// Replies in all.
    pub prompts: u32,
}

/// Replies of the mean over tasks that count with each task's own.
pub(super) const PSEUDO_REPLIES: f32 = 4.0;

/// A measurement of a local model cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}; write it with `weir-lab local measure`")]
pub struct QualityError {
    file: PathBuf,
    problem: String,
}

impl LocalQuality {
    /// What the shipped policy takes the local model to be worth (`models/policy/local.json`).
    ///
    /// # Errors
    /// [`QualityError`] if the file is not one.
    pub fn shipped() -> Result<Self, QualityError> {
        let text = include_str!("../../../../models/policy/local.json");
        Self::parse(Path::new("models/policy/local.json"), text)
    }

    /// Reads what `weir-lab local measure` wrote.
    ///
    /// # Errors
    /// [`QualityError`] names the file.
    pub fn read(file: &Path) -> Result<Self, QualityError> {
        let text = fs::read_to_string(file).map_err(|error| QualityError {
            file: file.to_owned(),
            problem: error.to_string(),
        })?;
        Self::parse(file, &text)
    }

    fn parse(file: &Path, text: &str) -> Result<Self, QualityError> {
        let wrong = |problem| QualityError {
            file: file.to_owned(),
            problem,
        };
        let reader = &mut serde_json::Deserializer::from_str(text);
        let quality: Self = serde_path_to_error::deserialize(&mut *reader)
            .map_err(|error| wrong(format!("{}: {}", error.path(), error.inner())))?;
        reader.end().map_err(|error| wrong(error.to_string()))?;
        quality.check().map_err(wrong)?;
        Ok(quality)
    }

    /// What is wrong with the numbers, and in which field.
    fn check(&self) -> Result<(), String> {
        for (place, (counted, task)) in self.tasks.iter().zip(Task::ALL).enumerate() {
            if counted.task != task {
                let found = task_name(counted.task);
                let expected = task_name(task);
                return Err(format!(
                    "tasks[{place}].task: {found} in place of {expected}"
                ));
            }
        }
        let tasks = self.tasks.iter().map(|task| (task.passed, task.prompts));
        let kinds = self.kinds.iter().map(|kind| (kind.passed, kind.prompts));
        let tasks = tasks.enumerate().map(|counts| ("tasks", counts));
        let kinds = kinds.enumerate().map(|counts| ("kinds", counts));
        for (list, (place, (passed, prompts))) in tasks.chain(kinds) {
            if prompts == 0 {
                return Err(format!("{list}[{place}].prompts: is 0"));
            }
            if passed > prompts {
                return Err(format!(
                    "{list}[{place}].passed: {passed} is more than {prompts} prompts"
                ));
            }
        }
        Ok(())
    }

    /// What the verdicts on a model's replies amount to.
    #[must_use]
    pub fn count<'a>(
        model: &str,
        model_sha256: &str,
        parameters: u64,
        decoding: &str,
        verdicts: impl IntoIterator<Item = (&'a Check, bool)>,
    ) -> Self {
        let mut tasks = Task::ALL.map(|task| Passed {
            task,
            passed: 0,
            prompts: 0,
        });
        let mut kinds = Kind::ALL.map(|kind| PassedKind {
            kind,
            passed: 0,
            prompts: 0,
        });
        for (check, passed) in verdicts {
            let task = &mut tasks[check.task.index()];
            let kind = &mut kinds[check.kind as usize];
            task.prompts += 1;
            kind.prompts += 1;
            task.passed += u32::from(passed);
            kind.passed += u32::from(passed);
        }
        Self {
            model: model.into(),
            model_sha256: model_sha256.into(),
            parameters,
            decoding: decoding.into(),
            tasks,
            kinds: kinds.to_vec(),
        }
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

impl Serialize for Passed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        entry(serializer, "task", &self.task, self.passed, self.prompts)
    }
}

impl Serialize for PassedKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        entry(serializer, "kind", &self.kind, self.passed, self.prompts)
    }
}

/// One entry of `local.json`; shares to three decimals.
fn entry<S: Serializer>(
    serializer: S,
    of: &'static str,
    what: &impl Serialize,
    passed: u32,
    prompts: u32,
) -> Result<S::Ok, S::Error> {
    let rounded = |share: f32| (f64::from(share) * 1e3).round() / 1e3;
    let (low, high) = wilson(passed, prompts);
    let mut entry = serializer.serialize_struct("Passed", 5)?;
    entry.serialize_field(of, what)?;
    entry.serialize_field("passed", &passed)?;
    entry.serialize_field("prompts", &prompts)?;
    let share = passed as f32 / prompts.max(1) as f32;
    entry.serialize_field("share", &rounded(share))?;
    entry.serialize_field("interval", &[rounded(low), rounded(high)])?;
    entry.end()
}
