//! npm packages: Playwright and axe for the browser tests, peers to be measured beside, wasm-opt for
//! hosting.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::places::{Places, PlacesError, make_folder};
use crate::step::{self, StepError};
use crate::versions;

/// Why npm packages cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NpmError {
    #[error(
        "Node.js {} or newer and npm are needed for this: install them from your system's \
         packages (on Debian: apt-get install nodejs npm)",
        versions::NODE
    )]
    NoNode,
    #[error("cannot use {path}: {source}")]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    Step(#[from] StepError),
    #[error(transparent)]
    Places(#[from] PlacesError),
}

/// The packages of a folder of tests, exactly as its lock file says.
pub(crate) fn packages(places: &Places, folder: &Path) -> Result<(), NpmError> {
    let name = folder.strip_prefix(places.checkout()).unwrap_or(folder);
    let title = format!("npm packages of {}", name.display());
    let lock = folder.join("package-lock.json");
    let wanted = std::fs::read(&lock).map_err(|source| NpmError::File { path: lock, source })?;
    // A copy of the lock file beside the packages says what they were installed from.
    let stamp = folder.join("node_modules").join(".installed-from.json");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        step::already(&title);
        return Ok(());
    }
    let mut npm = npm()?;
    npm.args(["ci", "--no-audit", "--no-fund"])
        .current_dir(folder)
        // The system's Chromium is used; Playwright must not fetch one of its own.
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    step::run(&title, "10 seconds", &mut npm)?;
    std::fs::write(&stamp, wanted).map_err(|source| NpmError::File {
        path: stamp,
        source,
    })
}

/// `wasm-opt`, a hundred megabytes that only `cargo xtask dist` needs.
pub(crate) fn wasm_opt(places: &Places) -> Result<(), NpmError> {
    let folder = places.npm();
    let program = folder.join("node_modules").join(".bin").join("wasm-opt");
    let said = step::ask(Command::new(&program).arg("--version"));
    let major = versions::BINARYEN.split('.').next();
    if said.is_some_and(|said| said.split_whitespace().nth(2) == major) {
        step::already(&format!("wasm-opt {}", versions::BINARYEN));
        return Ok(());
    }
    make_folder(&folder)?;
    let package = format!("binaryen@{}", versions::BINARYEN);
    let mut npm = npm()?;
    npm.args(["install", "--no-audit", "--no-fund", "--prefix"])
        .arg(&folder)
        .arg(&package);
    Ok(step::run(
        &format!("installing {package}"),
        "10 seconds",
        &mut npm,
    )?)
}

fn npm() -> Result<Command, NpmError> {
    let node = step::ask(Command::new("node").arg("--version"));
    let major = node.and_then(|version| {
        let version = version.strip_prefix('v')?;
        version.split('.').next()?.parse::<u32>().ok()
    });
    if major.is_none_or(|major| major < versions::NODE) {
        return Err(NpmError::NoNode);
    }
    let name = if cfg!(windows) { "npm.cmd" } else { "npm" };
    Ok(Command::new(name))
}
