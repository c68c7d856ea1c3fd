//! Chromium for the browser tests: `CHROMIUM`, one on PATH, or Debian's package.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::places::on_path;
use crate::step::{self, StepError};

const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];
const MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// Why there is no browser.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BrowserError {
    #[error("CHROMIUM names {0}, which is not a file")]
    NotAFile(PathBuf),
    #[error(
        "no Chromium or Chrome was found, and it cannot be installed here: install one (on Debian: \
         apt-get install chromium), or set CHROMIUM to its path"
    )]
    NotFound,
    #[error(transparent)]
    Step(#[from] StepError),
}

/// The browser's program.
pub(crate) fn find_or_install() -> Result<PathBuf, BrowserError> {
    if let Some(found) = find()? {
        step::already(&format!("browser {}", found.display()));
        return Ok(found);
    }
    let apt_get = apt_get().ok_or(BrowserError::NotFound)?;
    let mut update = Command::new(&apt_get[0]);
    update.args(&apt_get[1..]).arg("update");
    step::run(
        "reading the lists of packages",
        "half a minute",
        &mut update,
    )?;
    let mut install = Command::new(&apt_get[0]);
    install
        .args(&apt_get[1..])
        .args(["install", "--yes", "--no-install-recommends", "chromium"])
        .env("DEBIAN_FRONTEND", "noninteractive");
    step::run("installing chromium", "a minute", &mut install)?;
    find()?.ok_or(BrowserError::NotFound)
}

fn find() -> Result<Option<PathBuf>, BrowserError> {
    if let Some(named) = env::var_os("CHROMIUM").filter(|name| !name.is_empty()) {
        let named = PathBuf::from(named);
        return if named.is_file() {
            Ok(Some(named))
        } else {
            Err(BrowserError::NotAFile(named))
        };
    }
    let mac = || Some(PathBuf::from(MAC)).filter(|path| path.is_file());
    Ok(on_path(&NAMES).or_else(mac))
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
