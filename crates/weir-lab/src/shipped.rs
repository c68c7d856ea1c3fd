//! A policy as `weir-lab train` writes it and the project ships it: a folder of files.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use weir_policy::{LoadError, ResponseError, ResponseModel, TrainedPolicy};

/// Where the shipped policy lies, from the root of the project.
pub const FOLDER: &str = "models/policy";

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
    /// Its response model is not one of this build.
    #[error("{file}: {error}")]
    Response {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        error: ResponseError,
    },
}

/// Reads the policy in `folder`.
///
/// # Errors
/// [`PolicyError`] names the file and the field.
pub fn load(folder: &Path) -> Result<TrainedPolicy, PolicyError> {
    let (weights, spec) = (folder.join("policy.bpk"), folder.join("policy.json"));
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

/// Reads the response model in `folder`.
///
/// # Errors
/// [`PolicyError`] names the file.
pub fn response(folder: &Path) -> Result<ResponseModel, PolicyError> {
    let file = folder.join("response.json");
    let text = fs::read_to_string(&file).map_err(unreadable(&file))?;
    ResponseModel::from_json(&text).map_err(|error| PolicyError::Response { file, error })
}

fn unreadable(file: &Path) -> impl FnOnce(io::Error) -> PolicyError {
    let file = file.to_owned();
    |error| PolicyError::Unreadable { file, error }
}
