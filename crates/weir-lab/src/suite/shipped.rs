//! The policy that is judged, as it is shipped.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use weir_policy::{LoadError, TrainedPolicy};

/// Why a policy was refused.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A file of it cannot be read.
    #[error("{file}: {error}; --policy takes a folder that `weir-lab train` wrote")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It is not one of this build.
    #[error("{file}: {field}: {error}")]
    Refused {
        /// The file.
        file: PathBuf,
        /// The field that is wrong.
        field: &'static str,
        /// What is wrong with it.
        error: LoadError,
    },
}

/// Reads the policy in `folder`.
///
/// # Errors
/// [`PolicyError`] names the file and the field.
pub fn load(folder: &Path) -> Result<TrainedPolicy, PolicyError> {
    let (weights, spec) = (folder.join("policy.bpk"), folder.join("policy.json"));
    let unreadable = |file: &PathBuf| {
        let file = file.clone();
        |error| PolicyError::Unreadable { file, error }
    };
    let described = fs::read_to_string(&spec).map_err(unreadable(&spec))?;
    let bytes = fs::read(&weights).map_err(unreadable(&weights))?;
    TrainedPolicy::load(bytes, &described).map_err(|error| {
        let (file, field) = match error {
            LoadError::Spec(_) => (spec, "the description"),
            LoadError::Version { .. } => (spec, "features"),
            LoadError::Burn { .. } => (spec, "burn"),
            LoadError::Shape { .. } => (spec, "state, action, hidden"),
            LoadError::Weights(_) => (weights, "the weights"),
        };
        PolicyError::Refused { file, field, error }
    })
}
