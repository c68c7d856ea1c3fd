//! Writing results: all files of a run, or none.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::Serialize;

/// The version that made a file.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// There is no file name to write to.
    #[error("{0} names no file; give a path like results/tmo.json")]
    NoFile(PathBuf),
    /// A result has no JSON.
    #[error("a result could not be described: {0}")]
    Json(#[from] serde_json::Error),
    /// A file could not be written.
    #[error("{file} could not be written: {error}")]
    Failed {
        /// The file.
        file: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

/// Where a file is to be written: looked at before the work begins, because that may take hours.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    folder: &'a Path,
    name: &'a str,
}

impl<'a> Place<'a> {
    /// Of this path.
    ///
    /// # Errors
    /// [`WriteError::NoFile`].
    pub fn new(file: &'a Path) -> Result<Self, WriteError> {
        let name = file.file_name().and_then(|name| name.to_str());
        Ok(Self {
            folder: file.parent().unwrap_or(Path::new("")),
            name: name.ok_or_else(|| WriteError::NoFile(file.to_owned()))?,
        })
    }

    /// The path of the same name with `ending` behind it.
    #[must_use]
    pub fn beside(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}{ending}", self.name))
    }

    /// Writes all of the file, or nothing.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn write(&self, contents: Vec<u8>) -> Result<(), WriteError> {
        write(self.folder, &[(self.name, contents)])
    }
}

/// A value as the bytes of a JSON file.
///
/// # Errors
/// [`WriteError::Json`].
pub fn json(value: &impl Serialize) -> Result<Vec<u8>, WriteError> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    Ok(text)
}

/// Writes `files` (name, contents) into `folder`. Each is first written beside its place; only when
/// all are complete do they take it, so an error leaves what was there before.
///
/// # Errors
/// [`WriteError`] names the file.
pub fn write(folder: &Path, files: &[(&str, Vec<u8>)]) -> Result<(), WriteError> {
    let failed = |file: &Path, error| WriteError::Failed {
        file: file.to_owned(),
        error,
    };
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let unfinished = |name: &str| folder.join(format!(".{name}.unfinished"));
    let written = files.iter().try_for_each(|(name, contents)| {
        let file = unfinished(name);
        fs::write(&file, contents).map_err(|error| failed(&file, error))
    });
    let placed = written.and_then(|()| {
        files.iter().try_for_each(|(name, _)| {
            let file = folder.join(name);
            fs::rename(unfinished(name), &file).map_err(|error| failed(&file, error))
        })
    });
    if placed.is_err() {
        for (name, _) in files {
            let _ = fs::remove_file(unfinished(name));
        }
    }
    placed
}
