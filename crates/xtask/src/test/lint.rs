//! Checks that read the code without running it.

use std::process::Command;

use super::native;
use super::tally::Tally;
use crate::Failure;
use crate::places::Places;
use crate::setup::{npm, python};
use crate::step;

/// The crates that run in a browser, each with its libraries: linted for that target, where
/// whatever blocks is forbidden.
const IN_THE_BROWSER: [&str; 10] = [
    "weir-app",
    "weir-widget",
    "weir-ui",
    "weir-worker",
    "weir-browser",
    "weir-engine",
    "weir-cloud",
    "weir-llm",
    "weir-policy",
    "weir-core",
];

/// rustfmt.
pub(crate) fn format(places: &Places) -> Result<Tally, Failure> {
    let mut cargo = Command::new("cargo");
    cargo
        .args(["fmt", "--all", "--check"])
        .current_dir(places.checkout());
    Ok(one("rustfmt", &mut cargo))
}

/// clippy on both targets, licences and sources, and the types of the scripts in `tests`.
pub(crate) fn lint(places: &Places) -> Result<Tally, Failure> {
    let here = native::Part::BOTH.into_iter().map(|part| {
        let title = match part {
            native::Part::WithRuntime => "clippy for this machine, with the runtime",
            native::Part::Light => "clippy for this machine",
        };
        one(title, &mut clippy(places, part))
    });
    Ok(here.sum::<Tally>()
        + one("clippy for xtask", &mut clippy_for_xtask(places))
        + one("clippy for wasm", &mut clippy_for_wasm(places))
        + dependencies(places)
        + scripts(places)?)
}

fn clippy(places: &Places, part: native::Part) -> Command {
    let mut cargo = native::cargo(places, "clippy", part);
    cargo.args(["--all-targets", "--keep-going", "--", "--deny", "warnings"]);
    cargo
}

fn clippy_for_xtask(places: &Places) -> Command {
    let mut cargo = native::cargo_for_xtask(places, "clippy");
    cargo.args(["--all-targets", "--keep-going", "--", "--deny", "warnings"]);
    cargo
}

fn clippy_for_wasm(places: &Places) -> Command {
    let mut cargo = Command::new("cargo");
    // The profile is that of the page, so that build scripts and macros are compiled once for both.
    cargo
        .args(["clippy", "--locked", "--release", "--keep-going"])
        .args(["--target", "wasm32-unknown-unknown"])
        .args(IN_THE_BROWSER.iter().flat_map(|name| ["--package", name]))
        .args(["--", "--deny", "warnings"])
        .current_dir(places.checkout())
        .env("CARGO_TARGET_DIR", places.wasm_target())
        .env(
            "CLIPPY_CONF_DIR",
            places.checkout().join("clippy").join("wasm"),
        );
    cargo
}

/// cargo-deny. Its list of advisories lives on the network and changes without us, so that part is
/// left to whoever looks at a release.
fn dependencies(places: &Places) -> Tally {
    match python::cargo_deny(places) {
        Ok(program) => {
            let mut deny = Command::new(program);
            deny.args(["--locked", "check", "bans", "licenses", "sources"])
                .current_dir(places.checkout());
            one("licences and sources of dependencies", &mut deny)
        }
        Err(missing) => {
            step::note(&format!("licences and sources are not checked: {missing}"));
            Tally::SKIPPED
        }
    }
}

fn scripts(places: &Places) -> Result<Tally, Failure> {
    npm::packages(places, &places.e2e())?;
    npm::packages(places, &places.peers())?;
    let folders = [places.e2e(), places.peers(), places.browsers()];
    let checks = folders.map(|folder| {
        let mut node = Command::new("node");
        node.args(["node_modules/typescript/bin/tsc", "--noEmit", "--project"])
            .arg(&folder)
            .current_dir(places.e2e());
        one(&format!("types of {}", folder.display()), &mut node)
    });
    Ok(checks.into_iter().sum())
}

fn one(title: &str, command: &mut Command) -> Tally {
    match step::run_aloud(title, command) {
        Ok(()) => Tally::PASSED,
        Err(failure) => {
            eprintln!("error: {failure}");
            Tally::FAILED
        }
    }
}
