//! Writing results: all files of a run, or none.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// A file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{file} could not be written: {error}")]
pub struct WriteError {
    file: PathBuf,
    error: io::Error,
}

/// Writes `files` (name, contents) into `folder`. Each is first written beside its place; only when
/// all are complete do they take it, so an error leaves what was there before.
///
/// # Errors
/// [`WriteError`] names the file.
pub fn write(folder: &Path, files: &[(&str, Vec<u8>)]) -> Result<(), WriteError> {
    let failed = |file: &Path, error| WriteError {
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
