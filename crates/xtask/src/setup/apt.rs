//! Debian's packages, installed where we may.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::places::on_path;
use crate::step::{self, StepError};

/// Why packages cannot be installed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AptError {
    #[error(
        "{0} must be installed, and cannot be from here: on Debian run apt-get install {0}, \
         elsewhere take your system's packages"
    )]
    NotAllowed(String),
    #[error(transparent)]
    Step(#[from] StepError),
}

/// Installs packages.
pub(crate) fn install(packages: &[&str]) -> Result<(), AptError> {
    let names = packages.join(" ");
    let apt_get = apt_get().ok_or_else(|| AptError::NotAllowed(names.clone()))?;
    let call = |arguments: &[&str]| {
        let mut command = Command::new(&apt_get[0]);
        command
            .args(&apt_get[1..])
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    let lists = "reading the lists of packages";
    step::run(lists, "half a minute", &mut call(&["update"]))?;
    let mut install = call(&["install", "--yes", "--no-install-recommends"]);
    install.args(packages);
    Ok(step::run(
        &format!("installing {names}"),
        "a minute",
        &mut install,
    )?)
}

/// `apt-get` with the right to install, if this is a Debian system and we may.
fn apt_get() -> Option<Vec<PathBuf>> {
    let apt_get = on_path(&["apt-get"])?;
    if step::ask(Command::new("id").arg("-u")).as_deref() == Some("0") {
        return Some(vec![apt_get]);
    }
    let sudo = on_path(&["sudo"])?;
    step::ask(Command::new(&sudo).args(["-n", "true"]))?;
    Some(vec![sudo, Path::new("-n").to_path_buf(), apt_get])
}
