//! Chromium for the browser tests: `CHROMIUM`, one on PATH, or Debian's package.

use std::env;
use std::path::PathBuf;

use super::apt::{self, AptError};
use crate::places::on_path;
use crate::step;

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
    #[error("no Chromium or Chrome was found: install one, or set CHROMIUM to its path")]
    NotFound,
    #[error(transparent)]
    Apt(#[from] AptError),
}

/// The browser's program.
pub(crate) fn find_or_install() -> Result<PathBuf, BrowserError> {
    if let Some(found) = find()? {
        step::already(&format!("browser {}", found.display()));
        return Ok(found);
    }
    apt::install(&["chromium"])?;
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
