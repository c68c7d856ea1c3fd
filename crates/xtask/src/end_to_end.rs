//! Playwright, with all that the tests of `tests/e2e` ask of their surroundings.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;
use crate::demo_cloud;
use crate::places::Places;
use crate::setup::{browser, model, npm, python};

/// What a browser test needs, ready.
#[derive(Debug)]
pub(crate) struct Stage {
    demo_cloud: PathBuf,
    browser: PathBuf,
    model: PathBuf,
    python: PathBuf,
}

impl Stage {
    /// Sets everything up but the page.
    pub(crate) fn set_up(places: &Places) -> Result<Self, Failure> {
        npm::packages(places, &places.e2e())?;
        Ok(Self {
            browser: browser::find_or_install()?,
            python: python::server(places)?,
            model: model::fetch(places)?,
            demo_cloud: demo_cloud::build(places)?,
        })
    }

    /// The call of Playwright. It serves the page by itself, on free ports.
    pub(crate) fn playwright(&self, places: &Places) -> Command {
        let cli = Path::new("node_modules")
            .join("@playwright")
            .join("test")
            .join("cli.js");
        let mut node = Command::new("node");
        node.arg(cli)
            .arg("test")
            .current_dir(places.e2e())
            .env("CHROMIUM", &self.browser)
            .env("WEIR_DEMO_CLOUD", &self.demo_cloud)
            .env("WEIR_DIST", places.dist())
            .env("WEIR_MODELS", places.models())
            .env("WEIR_MODEL", &self.model)
            .env("WEIR_PYTHON", &self.python);
        node
    }
}
