//! The worker's tests in WebAssembly, run by wasm-bindgen's runner in Node.
//!
//! Node has Chromium's engine and is needed for the browser tests anyway; a chromedriver that fits
//! the browser is not to be had on every machine.

use std::path::PathBuf;
use std::process::Command;

use crate::places::{Places, PlacesError};
use crate::step::{self, StepError};

const TARGET: &str = "wasm32-unknown-unknown";
/// The sets of tests. To Cargo they are examples: the worker's Cargo.toml says why.
const DECISIONS: &str = "decisions";
const RELAXED: &str = "relaxed";

/// Why the tests could not be built.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkerTestsError {
    #[error(transparent)]
    Places(#[from] PlacesError),
    #[error(transparent)]
    Step(#[from] StepError),
}

/// Compiles what compares the policy's decisions, and answers with the call that runs it.
pub(crate) fn build(places: &Places) -> Result<Command, WorkerTestsError> {
    example(places, DECISIONS)
}

/// Compiles what runs the kernels with relaxed SIMD, and answers with the call that runs it.
pub(crate) fn build_relaxed(places: &Places) -> Result<Command, WorkerTestsError> {
    example(places, RELAXED)
}

/// Compiles tests with Trunk's profile and folder, where the runtime is compiled already.
fn example(places: &Places, name: &str) -> Result<Command, WorkerTestsError> {
    let mut cargo = Command::new("cargo");
    cargo
        .args(["build", "--locked", "--release", "--target", TARGET])
        .args(["--package", "weir-worker", "--example", name])
        .current_dir(places.checkout())
        .env("CARGO_TARGET_DIR", places.wasm_target());
    let usual = "half a minute after the page, 10 minutes without";
    step::run("building the worker's tests", usual, &mut cargo)?;

    let mut runner = Command::new(places.tool("wasm-bindgen-test-runner"));
    runner
        .arg(module(places, name))
        .current_dir(places.checkout())
        .env("PATH", places.path()?);
    Ok(runner)
}

fn module(places: &Places, name: &str) -> PathBuf {
    let release = places.wasm_target().join(TARGET).join("release");
    release.join("examples").join(format!("{name}.wasm"))
}
