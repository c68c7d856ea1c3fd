//! The worker's tests in WebAssembly, run by wasm-bindgen's runner in Node.
//!
//! Node has Chromium's engine and is needed for the browser tests anyway; a chromedriver that fits
//! the browser is not to be had on every machine.

use std::path::PathBuf;
use std::process::Command;

use crate::places::{Places, PlacesError};
use crate::step::{self, StepError};

const TARGET: &str = "wasm32-unknown-unknown";
/// The one set of tests. To Cargo it is an example: the worker's Cargo.toml says why.
const NAME: &str = "decisions";

/// Why the tests could not be built.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkerTestsError {
    #[error(transparent)]
    Places(#[from] PlacesError),
    #[error(transparent)]
    Step(#[from] StepError),
}

/// Compiles the tests with Trunk's profile and folder, where the runtime is compiled already, and
/// answers with the call that runs them.
pub(crate) fn build(places: &Places) -> Result<Command, WorkerTestsError> {
    let mut cargo = Command::new("cargo");
    cargo
        .args(["build", "--locked", "--release", "--target", TARGET])
        .args(["--package", "weir-worker", "--example", NAME])
        .current_dir(places.checkout())
        .env("CARGO_TARGET_DIR", places.wasm_target());
    let usual = "half a minute after the page, 10 minutes without";
    step::run("building the worker's tests", usual, &mut cargo)?;

    let mut runner = Command::new(places.tool("wasm-bindgen-test-runner"));
    runner
        .arg(module(places))
        .current_dir(places.checkout())
        .env("PATH", places.path()?);
    Ok(runner)
}

fn module(places: &Places) -> PathBuf {
    let release = places.wasm_target().join(TARGET).join("release");
    release.join("examples").join(format!("{NAME}.wasm"))
}
