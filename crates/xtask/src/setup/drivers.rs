//! What drives browsers other than through Playwright: Chromium's own driver, Firefox and WebKitGTK with
//! theirs, and a screen for the latter.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::apt::{self, AptError};
use super::cargo_tools::{self, CargoToolsError};
use crate::places::{Places, on_path};
use crate::step;

/// Where Debian puts programs that are part of a library.
const LIBRARIES: &str = "/usr/lib";
/// WebKitGTK's test browser, which its driver is made for.
const MINI_BROWSER: &str = "MiniBrowser";

/// Why the browsers cannot be driven.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DriversError {
    #[error("{0} was not found, although its package is there: is it on PATH?")]
    NotFound(&'static str),
    #[error(transparent)]
    Apt(#[from] AptError),
    #[error(transparent)]
    Tools(#[from] CargoToolsError),
}

/// The drivers, and the browsers that are not Chromium.
#[derive(Debug)]
pub(crate) struct Drivers {
    chromedriver: PathBuf,
    geckodriver: PathBuf,
    firefox: PathBuf,
    webkit_driver: PathBuf,
    webkit_browser: PathBuf,
}

/// A program, the Debian package that has it, and how it is found.
type Wanted = (&'static str, &'static str, fn() -> Option<PathBuf>);

const WANTED: [Wanted; 5] = [
    ("chromedriver", "chromium-driver", || {
        on_path(&["chromedriver"])
    }),
    ("firefox", "firefox-esr", || {
        on_path(&["firefox-esr", "firefox"])
    }),
    ("WebKitWebDriver", "webkit2gtk-driver", || {
        on_path(&["WebKitWebDriver"])
    }),
    (MINI_BROWSER, "webkit2gtk-driver", mini_browser),
    ("Xvfb", "xvfb", || on_path(&["Xvfb"])),
];

impl Drivers {
    /// Finds them all, or installs what is missing.
    pub(crate) fn ready(places: &Places) -> Result<Self, DriversError> {
        let missing: Vec<_> = WANTED
            .into_iter()
            .filter(|(_, _, find)| find().is_none())
            .map(|(_, package, _)| package)
            .collect();
        if missing.is_empty() {
            step::already("drivers of three browsers");
        } else {
            apt::install(&missing)?;
        }
        let [chromedriver, firefox, webkit_driver, webkit_browser, _] =
            WANTED.map(|(name, _, find)| find().ok_or(DriversError::NotFound(name)));
        Ok(Self {
            chromedriver: chromedriver?,
            geckodriver: cargo_tools::geckodriver(places)?,
            firefox: firefox?,
            webkit_driver: webkit_driver?,
            webkit_browser: webkit_browser?,
        })
    }

    /// Tells the tests where they are.
    pub(crate) fn name_in(&self, tests: &mut Command) {
        tests
            .env("CHROMEDRIVER", &self.chromedriver)
            .env("GECKODRIVER", &self.geckodriver)
            .env("FIREFOX", &self.firefox)
            .env("WEBKIT_DRIVER", &self.webkit_driver)
            .env("WEBKIT_BROWSER", &self.webkit_browser);
    }
}

/// It lies in no folder of PATH, but in `/usr/lib/<machine>/webkit2gtk-<version>/`.
fn mini_browser() -> Option<PathBuf> {
    let machines = folders_in(Path::new(LIBRARIES));
    let versions = machines.iter().flat_map(|machine| folders_in(machine));
    let mut found: Vec<_> = versions
        .filter(|folder| {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("webkit2gtk-")
        })
        .map(|folder| folder.join(MINI_BROWSER))
        .filter(|program| program.is_file())
        .collect();
    found.sort();
    found.pop()
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_dir())
        .collect()
}
