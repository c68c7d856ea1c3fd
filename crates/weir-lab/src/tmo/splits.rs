//! Which dialogues train and which test, by seed.
//!
//! A file is an object whose keys are seeds, each with `train` and `test`: lists of dialogue ids in
//! the order in which the reference's shuffle left them.

use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

/// Why a file of splits was refused. Every message names the file, the entry and the field.
#[derive(Debug, thiserror::Error)]
pub enum SplitError {
    /// It cannot be read.
    #[error("{file}: {error}; give the path of a list of splits, as {EXAMPLE}")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// It breaks off, is not JSON, or a field is missing or of another kind.
    #[error("{file}: entry {path}: {error}; a list of splits is {EXAMPLE}")]
    Malformed {
        /// The file.
        file: PathBuf,
        /// Where in it.
        path: String,
        /// What is wrong there.
        error: serde_json::Error,
    },
    /// An entry is not named by a seed.
    #[error("{file}: entry “{entry}”: its name is not a seed; a list of splits is {EXAMPLE}")]
    Name {
        /// The file.
        file: PathBuf,
        /// What it is named.
        entry: String,
    },
    /// There is no split for a seed.
    #[error("{file}: there is no entry for seed {seed}; give other --seeds")]
    Seed {
        /// The file.
        file: PathBuf,
        /// The seed.
        seed: u64,
    },
    /// A list holds what it may not hold.
    #[error("{file}: seed {seed}: {field}: {problem}")]
    Field {
        /// The file.
        file: PathBuf,
        /// The seed.
        seed: u64,
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

const EXAMPLE: &str = r#"{"1": {"train": [0, 1], "test": [2]}}"#;

/// The dialogues of one seed, by id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Split {
    /// Those that the estimator and the policies learn from.
    pub train: Vec<i64>,
    /// Those that policies are judged on.
    pub test: Vec<i64>,
}

/// Splits by seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splits {
    file: PathBuf,
    splits: BTreeMap<u64, Split>,
}

impl Splits {
    /// Reads a file.
    ///
    /// # Errors
    /// [`SplitError`] names file, entry and field.
    pub fn read(file: &Path) -> Result<Self, SplitError> {
        let text = fs::read_to_string(file).map_err(|error| SplitError::Unreadable {
            file: file.to_owned(),
            error,
        })?;
        let mut reader = serde_json::Deserializer::from_str(&text);
        let malformed = |path, error| SplitError::Malformed {
            file: file.to_owned(),
            path,
            error,
        };
        let entries: BTreeMap<String, Split> = serde_path_to_error::deserialize(&mut reader)
            .map_err(|error| malformed(error.path().to_string(), error.into_inner()))?;
        reader
            .end()
            .map_err(|error| malformed("after the list".into(), error))?;
        let split = |(entry, split): (String, Split)| match entry.parse() {
            Ok(seed) => Ok((seed, split)),
            Err(_) => Err(SplitError::Name {
                file: file.to_owned(),
                entry,
            }),
        };
        let splits = Self {
            file: file.to_owned(),
            splits: entries.into_iter().map(split).collect::<Result<_, _>>()?,
        };
        splits.check()?;
        Ok(splits)
    }

    /// The split of `seed`.
    ///
    /// # Errors
    /// [`SplitError::Seed`] if the file has none.
    pub fn of(&self, seed: u64) -> Result<&Split, SplitError> {
        self.splits.get(&seed).ok_or_else(|| SplitError::Seed {
            file: self.file.clone(),
            seed,
        })
    }

    /// The error that `field` of `seed` has this `problem`.
    pub(super) fn wrong(&self, seed: u64, field: &'static str, problem: String) -> SplitError {
        SplitError::Field {
            file: self.file.clone(),
            seed,
            field,
            problem,
        }
    }

    /// Neither list is empty, and no dialogue is listed twice.
    fn check(&self) -> Result<(), SplitError> {
        for (seed, split) in &self.splits {
            let mut seen = HashSet::new();
            for (field, ids) in [("train", &split.train), ("test", &split.test)] {
                if ids.is_empty() {
                    return Err(self.wrong(*seed, field, "is empty".into()));
                }
                if let Some(id) = ids.iter().find(|id| !seen.insert(**id)) {
                    let problem = format!("dialogue {id} is listed a second time");
                    return Err(self.wrong(*seed, field, problem));
                }
            }
        }
        Ok(())
    }
}
