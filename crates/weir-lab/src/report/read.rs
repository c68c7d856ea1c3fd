//! Reading what `weir-lab eval` and `weir-lab train` wrote.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, de::DeserializeOwned};

use super::results::{File, Results, Run};

/// Why a file was refused. Every message names the file, the entry and the field.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It cannot be read.
    #[error("{file}: {error}; give files that `weir-lab eval --json` or `weir-lab train` wrote")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// It breaks off or is not JSON.
    #[error("{file}: {error}; it breaks off or is not JSON, write it again with `weir-lab eval`")]
    Malformed {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        error: serde_json::Error,
    },
    /// A field is missing or holds what it may not hold.
    #[error("{file}: {entry}: {problem}")]
    Field {
        /// The file.
        file: PathBuf,
        /// Where in it, as `networks.WiFi.weir.reward`.
        entry: String,
        /// What is wrong there.
        problem: String,
    },
    /// There is no such suite.
    #[error(
        "{file}: suite: “{suite}” is none that reports are made of; these are tmo, weir, scaling"
    )]
    Suite {
        /// The file.
        file: PathBuf,
        /// What it says.
        suite: String,
    },
}

/// What tells the kinds of files apart.
#[derive(Deserialize)]
struct Head {
    suite: Option<String>,
    curve: Option<serde::de::IgnoredAny>,
}

/// Reads one file.
///
/// # Errors
/// [`ReadError`] names file, entry and field.
pub fn read(file: &Path) -> Result<File, ReadError> {
    let text = fs::read_to_string(file).map_err(|error| ReadError::Unreadable {
        file: file.to_owned(),
        error,
    })?;
    let head: Head = parse(file, &text)?;
    let results = match (head.suite.as_deref(), head.curve) {
        (Some("tmo"), _) => Results::Tmo(parse(file, &text)?),
        (Some("weir"), _) => Results::Weir(Box::new(parse(file, &text)?)),
        (Some("scaling"), _) => Results::Scaling(parse(file, &text)?),
        (None, Some(_)) => Results::Training(parse(file, &text)?),
        (Some(suite), _) => {
            return Err(ReadError::Suite {
                file: file.to_owned(),
                suite: suite.to_owned(),
            });
        }
        (None, None) => {
            return Err(ReadError::Field {
                file: file.to_owned(),
                entry: "the file".into(),
                problem: "missing field `suite`; it is not a file that `weir-lab eval` wrote"
                    .into(),
            });
        }
    };
    let run = match results {
        Results::Training(_) => Run::default(),
        _ => parse(file, &text)?,
    };
    let name = file.file_name().unwrap_or(file.as_os_str());
    Ok(File {
        name: name.to_string_lossy().into_owned(),
        run,
        results,
    })
}

fn parse<T: DeserializeOwned>(file: &Path, text: &str) -> Result<T, ReadError> {
    let reader = &mut serde_json::Deserializer::from_str(text);
    let read = serde_path_to_error::deserialize(&mut *reader).map_err(|error| {
        let entry = error.path().to_string();
        (entry, error.into_inner())
    });
    let read = read.and_then(|read| match reader.end() {
        Ok(()) => Ok(read),
        Err(error) => Err((String::new(), error)),
    });
    read.map_err(|(entry, error)| {
        if !error.is_data() {
            return ReadError::Malformed {
                file: file.to_owned(),
                error,
            };
        }
        let mut problem = error.to_string();
        if problem.contains("invalid type: null") {
            problem.push_str("; null is how JSON writes what is not a finite number");
        }
        ReadError::Field {
            file: file.to_owned(),
            entry: if entry == "." {
                "the file".into()
            } else {
                entry
            },
            problem,
        }
    })
}
