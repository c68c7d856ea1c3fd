//! Taking up a run where it was interrupted.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use burn::{
    module::Module,
    store::{ModuleRecord, RecordError},
    tensor::{Bytes, Device},
};
use serde::{Deserialize, Serialize};
use weir_policy::{Network, features};

use super::{Point, STAGES, Settings, ppo::Learner};
use crate::output::{self, WriteError};

/// Why a run cannot be kept or taken up.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// Another run was kept there.
    #[error(
        "{0} keeps another run that was interrupted (other flags, scenario, local model or features); remove it, or \
         give another --out"
    )]
    OtherRun(PathBuf),
    /// A file is damaged.
    #[error("{file}: {error}; remove the folder to begin the run anew")]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        error: String,
    },
    /// It cannot be written down.
    #[error("the run could not be kept: {0}")]
    Record(#[from] RecordError),
    /// It cannot be written down.
    #[error("the run could not be kept: {0}")]
    Json(#[from] serde_json::Error),
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// How far a run is.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub(super) struct Progress {
    /// Stages that are over; the first is imitation.
    pub(super) stages: u64,
    /// Environment steps of reinforcement learning.
    pub(super) steps: u64,
    pub(super) entropy_weight: f32,
    pub(super) best: f32,
    pub(super) curve: Vec<Point>,
}

/// What names a run.
#[derive(Debug, Serialize, Deserialize, PartialEq)]
struct Named {
    settings: Settings,
    school: String,
    features: u32,
}

/// The last file that is written: the others that it speaks of are complete then.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    run: Named,
    progress: Progress,
}

/// A folder in which a run is kept.
#[derive(Debug)]
pub struct Checkpoint {
    folder: PathBuf,
    settings: Settings,
    school: String,
}

/// A run as it was kept.
pub(super) struct Kept {
    pub(super) progress: Progress,
    pub(super) learner: Learner,
    /// The best network so far, without gradients.
    pub(super) best: Network,
}

const NOTE: &str = "run.json";
const PARTS: [&str; 3] = ["network", "best", "optimizer"];

impl Checkpoint {
    pub(super) fn new(folder: &Path, settings: &Settings, school: String) -> Self {
        Self {
            folder: folder.to_owned(),
            settings: settings.clone(),
            school,
        }
    }

    /// The run as it was last kept, if it was.
    pub(super) fn read(&self) -> Result<Option<Kept>, CheckpointError> {
        let file = self.folder.join(NOTE);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(damaged(file, error)),
        };
        let note: Note = serde_json::from_str(&text).map_err(|error| damaged(file, error))?;
        if note.run != self.named() {
            return Err(CheckpointError::OtherRun(self.folder.clone()));
        }
        let progress = note.progress;
        let [network, best, optimizer] = PARTS.map(|part| self.part(part, progress.stages));
        let hidden = self.settings.hidden;
        let weights = |file: &Path, device: &Device| {
            let record = ModuleRecord::from_bytes(bytes(file)?);
            record
                .and_then(|record| Network::new(hidden, device, || 0.0).try_load_record(record))
                .map_err(|error| damaged(file.to_owned(), error))
        };
        let mut learner = Learner::new(weights(&network, &Device::flex().autodiff())?);
        learner.optimizer = learner
            .optimizer
            .from_bytes(bytes(&optimizer)?)
            .map_err(|error| damaged(optimizer, error))?;
        learner.steps = progress.steps;
        learner.entropy_weight = progress.entropy_weight;
        let best = weights(&best, &Device::flex())?;
        Ok(Some(Kept {
            progress,
            learner,
            best,
        }))
    }

    /// Keeps a run, in place of what was kept of it before.
    pub(super) fn write(
        &self,
        progress: &Progress,
        learner: &Learner,
        best: &Network,
    ) -> Result<(), CheckpointError> {
        let note = Note {
            run: self.named(),
            progress: progress.clone(),
        };
        let of =
            |network: Network| Ok::<_, RecordError>(network.into_record().into_bytes()?.to_vec());
        let contents = [
            of(learner.network.valid())?,
            of(best.clone())?,
            learner.optimizer.into_bytes()?.to_vec(),
        ];
        let names = PARTS.map(|part| name(part, progress.stages));
        let mut files: Vec<(&str, Vec<u8>)> =
            names.iter().map(String::as_str).zip(contents).collect();
        files.push((NOTE, serde_json::to_vec_pretty(&note)?));
        output::write(&self.folder, &files)?;
        for part in PARTS {
            let before = progress.stages.checked_sub(1);
            let _ = before.map(|stage| fs::remove_file(self.part(part, stage)));
        }
        Ok(())
    }

    /// Removes what was kept, and the folder if nothing else is in it: for when the result of the run
    /// is safe.
    pub fn remove(self) {
        for part in PARTS {
            let _ = fs::remove_file(self.part(part, STAGES + 1));
        }
        let _ = fs::remove_file(self.folder.join(NOTE));
        let _ = fs::remove_dir(&self.folder);
    }

    fn part(&self, part: &str, stage: u64) -> PathBuf {
        self.folder.join(name(part, stage))
    }

    fn named(&self) -> Named {
        Named {
            settings: self.settings.clone(),
            school: self.school.clone(),
            features: features::VERSION,
        }
    }
}

fn name(part: &str, stage: u64) -> String {
    format!("{part}.{stage}.bpk")
}

fn bytes(file: &Path) -> Result<Bytes, CheckpointError> {
    let bytes = fs::read(file).map_err(|error| damaged(file.to_owned(), error))?;
    Ok(Bytes::from_bytes_vec(bytes))
}

fn damaged(file: PathBuf, error: impl ToString) -> CheckpointError {
    CheckpointError::Damaged {
        file,
        error: error.to_string(),
    }
}
