//! The decisions of a trained policy: written down for the worker to be held against, and timed.

use std::{
    fmt::Write,
    fs, io,
    path::{Path, PathBuf},
    time::Instant,
};

use weir_policy::{
    DecideError, Decisions, LoadError, ResponseError, ResponseModel, TrainedPolicy,
    decisions::Timings,
};

use crate::output::{self, WriteError};

/// The file beside the weights.
pub const FILE: &str = "decisions.txt";

/// Why a policy's decisions could not be written or timed.
#[derive(Debug, thiserror::Error)]
pub enum DecisionsCommandError {
    /// A file of the policy is missing.
    #[error("{file} cannot be read: {error}; `weir-lab train` writes it")]
    Read {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        error: io::Error,
    },
    /// The weights were refused.
    #[error("{folder}: {error}")]
    Policy {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with them.
        error: LoadError,
    },
    /// The response model was refused.
    #[error("{folder}: {error}")]
    Response {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        error: ResponseError,
    },
    /// The policy cannot decide.
    #[error(transparent)]
    Decide(#[from] DecideError),
    /// The times could not be put into JSON.
    #[error("the times could not be described: {0}")]
    Json(#[from] serde_json::Error),
    /// The decisions could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Reads a policy with its response model from `folder`, as `weir-lab train` writes it.
///
/// # Errors
/// [`DecisionsCommandError`] names the file or the folder.
pub fn policy(folder: &Path) -> Result<(TrainedPolicy, ResponseModel), DecisionsCommandError> {
    let unread = |name: &str, error| DecisionsCommandError::Read {
        file: folder.join(name),
        error,
    };
    let text =
        |name: &str| fs::read_to_string(folder.join(name)).map_err(|error| unread(name, error));
    let weights = fs::read(folder.join("policy.bpk"));
    let weights = weights.map_err(|error| unread("policy.bpk", error))?;
    let policy = TrainedPolicy::load(weights, &text("policy.json")?).map_err(|error| {
        DecisionsCommandError::Policy {
            folder: folder.to_owned(),
            error,
        }
    })?;
    let response = ResponseModel::from_json(&text("response.json")?).map_err(|error| {
        DecisionsCommandError::Response {
            folder: folder.to_owned(),
            error,
        }
    })?;
    Ok((policy, response))
}

/// Writes what the policy in `folder` decides beside it; returns what to print.
///
/// # Errors
/// [`DecisionsCommandError`]; nothing is written then.
pub fn write(folder: &Path) -> Result<String, DecisionsCommandError> {
    let (policy, response) = policy(folder)?;
    let decisions = Decisions::of(&policy, &response)?.to_string();
    output::write(folder, &[(FILE, decisions.into_bytes())])?;
    Ok(format!("written to {}\n", folder.join(FILE).display()))
}

/// Times the policy in `folder`; returns what to print.
///
/// # Errors
/// [`DecisionsCommandError`].
pub fn time(folder: &Path, json: bool) -> Result<String, DecisionsCommandError> {
    let (policy, response) = policy(folder)?;
    let began = Instant::now();
    let timings = Timings::measure(&policy, &response, || began.elapsed().as_secs_f64() * 1e6)?;
    if json {
        return Ok(format!("{}\n", serde_json::to_string(&timings)?));
    }
    let mut table = "actions  decisions  median µs  95 % µs\n".to_owned();
    let by_actions = timings.by_actions.iter();
    let rows = by_actions.map(|(actions, timing)| (actions.to_string(), timing));
    for (actions, timing) in rows.chain([("all".to_owned(), &timings.all)]) {
        // Writing to a text cannot fail.
        let _ = writeln!(
            table,
            "{actions:>7}  {:>9}  {:>9.1}  {:>7.1}",
            timing.decisions, timing.median_us, timing.p95_us
        );
    }
    Ok(table)
}
