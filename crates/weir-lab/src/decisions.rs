//! The decisions of a trained policy: written down for the worker to be held against, and timed.

use std::{fmt::Write, path::Path, time::Instant};

use weir_policy::{DecideError, Decisions, decisions::Timings};

use crate::{
    output::{self, WriteError},
    shipped::{self, PolicyError},
};

/// The file beside the weights.
pub const FILE: &str = "decisions.txt";

/// Why a policy's decisions could not be written or timed.
#[derive(Debug, thiserror::Error)]
pub enum DecisionsCommandError {
    /// The policy was refused.
    #[error(transparent)]
    Policy(#[from] PolicyError),
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

/// Writes what the policy in `folder` decides beside it; returns what to print.
///
/// # Errors
/// [`DecisionsCommandError`]; nothing is written then.
pub fn write(folder: &Path) -> Result<String, DecisionsCommandError> {
    let (policy, response) = (shipped::load(folder)?, shipped::response(folder)?);
    let decisions = Decisions::of(&policy, &response)?.to_string();
    output::write(folder, &[(FILE, decisions.into_bytes())])?;
    Ok(format!("written to {}\n", folder.join(FILE).display()))
}

/// Times the policy in `folder`; returns what to print.
///
/// # Errors
/// [`DecisionsCommandError`].
pub fn time(folder: &Path, json: bool) -> Result<String, DecisionsCommandError> {
    let (policy, response) = (shipped::load(folder)?, shipped::response(folder)?);
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
