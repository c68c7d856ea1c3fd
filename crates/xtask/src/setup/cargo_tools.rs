//! What the page is built with: the wasm target, the crates of the lock file, Trunk and wasm-bindgen;
//! and what Firefox is driven with.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::places::{Places, PlacesError, make_folder};
use crate::step::{self, StepError};
use crate::versions;

const TARGET: &str = "wasm32-unknown-unknown";

/// Why the page cannot be built here.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CargoToolsError {
    #[error(
        "this Rust has no {TARGET} target and there is no rustup to add it: \
         install rustup, or the target with your system's packages"
    )]
    NoTarget,
    #[error(transparent)]
    Step(#[from] StepError),
    #[error(transparent)]
    Places(#[from] PlacesError),
}

/// Makes the target, the crates and both tools ready.
pub(crate) fn ready(places: &Places) -> Result<(), CargoToolsError> {
    target(places)?;
    crates(places)?;
    // Trunk only compiles with the versions of its own lock file, wasm-bindgen's command line has none.
    let trunk = ["--locked", "--no-default-features"];
    install(places, "trunk", "trunk", versions::TRUNK, &trunk)?;
    let bindgen = versions::WASM_BINDGEN;
    install(places, "wasm-bindgen-cli", "wasm-bindgen", bindgen, &[])
}

/// Firefox's driver.
pub(crate) fn geckodriver(places: &Places) -> Result<PathBuf, CargoToolsError> {
    let version = versions::GECKODRIVER;
    install(places, "geckodriver", "geckodriver", version, &["--locked"])?;
    Ok(places.tool("geckodriver"))
}

fn target(places: &Places) -> Result<(), CargoToolsError> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]);
    let library = step::ask(rustc.current_dir(places.checkout()));
    if library.is_some_and(|folder| Path::new(&folder).is_dir()) {
        step::already(TARGET);
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    rustup
        .args(["target", "add", TARGET])
        .current_dir(places.checkout());
    match step::run(&format!("adding {TARGET}"), "half a minute", &mut rustup) {
        Err(StepError::Start { .. }) => Err(CargoToolsError::NoTarget),
        other => Ok(other?),
    }
}

/// Trunk builds offline, so the crates of the lock file must be there.
fn crates(places: &Places) -> Result<(), CargoToolsError> {
    let fetch = ["fetch", "--locked", "--quiet"];
    let mut cargo = Command::new("cargo");
    cargo.args(fetch).current_dir(places.checkout());
    Ok(step::run(
        "fetching crates",
        "a minute, the first time",
        &mut cargo,
    )?)
}

fn install(
    places: &Places,
    package: &str,
    program: &str,
    version: &str,
    options: &[&str],
) -> Result<(), CargoToolsError> {
    if is_installed(places, program, version) {
        step::already(&format!("{program} {version}"));
        return Ok(());
    }
    make_folder(&places.tools())?;
    let mut cargo = Command::new("cargo");
    cargo
        .args(["install", package, "--version", version])
        .args(options)
        .arg("--root")
        .arg(places.tools())
        .current_dir(places.checkout())
        .env("CARGO_TARGET_DIR", places.tools_target())
        // These tools run for seconds and are compiled for minutes: their own profiles have it the
        // other way round.
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    let title = format!("installing {program} {version}");
    Ok(step::run(
        &title,
        "5 minutes on two cores, once",
        &mut cargo,
    )?)
}

fn is_installed(places: &Places, program: &str, version: &str) -> bool {
    let said = step::ask(Command::new(places.tool(program)).arg("--version"));
    said.is_some_and(|said| said.split_whitespace().nth(1) == Some(version))
}
