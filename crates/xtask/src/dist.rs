//! `cargo xtask dist`: the page for hosting, how large it is, and what it was built from.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::page::{self, Module, Profile};
use crate::places::Places;
use crate::setup::{cargo_tools, npm};
use crate::sources;
use crate::step;

/// Lies beside the page, so that a page built for anything else has none.
const STAMP: &str = "build.json";

/// What the page in `dist` was built from.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    /// SHA-256 of all that goes into the page.
    sources: String,
}

/// Builds it into `dist`, and says how large it is.
pub(crate) fn dist(places: &Places) -> Result<(), Failure> {
    build(places)?;
    let sizes = Sizes::of(&places.dist())?;
    for (size, bar, what) in sizes.beside_their_bars() {
        eprintln!("{size:>10} of {bar} bytes  {what}, after brotli");
    }
    println!("{}", places.dist().display());
    Ok(())
}

/// Builds it into `dist` unless it is there.
pub(crate) fn build(places: &Places) -> Result<(), Failure> {
    if is_current(places)? {
        step::already("the page for hosting");
        return Ok(());
    }
    cargo_tools::ready(places)?;
    npm::wasm_opt(places)?;
    let profile = Profile::Dist;
    // Before the build: what changes while it runs makes it outdated.
    let sources = sources::hash(places)?;
    let mut trunk = page::trunk(places, profile)?;
    step::run("building the page for hosting", profile.usual(), &mut trunk)?;
    let stamp = serde_json::to_string(&Stamp { sources })?;
    Ok(fs::write(places.dist().join(STAMP), stamp)?)
}

/// Whether `dist` holds a page for hosting that was built from the sources as they are.
pub(crate) fn is_current(places: &Places) -> Result<bool, Failure> {
    let Ok(stamp) = fs::read_to_string(places.dist().join(STAMP)) else {
        return Ok(false);
    };
    let built: Option<Stamp> = serde_json::from_str(&stamp).ok();
    let sources = sources::hash(places)?;
    Ok(built == Some(Stamp { sources }))
}

/// Bytes of the modules after brotli, as a server sends them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sizes {
    pub(crate) worker: u64,
    pub(crate) ui: u64,
    pub(crate) aside: u64,
}

impl Sizes {
    /// The most that each may have.
    const BARS: Self = Self {
        worker: 1_700_000,
        ui: 350_000,
        aside: 200_000,
    };

    /// Compresses the modules of a page.
    pub(crate) fn of(dist: &Path) -> Result<Self, Failure> {
        Ok(Self {
            worker: brotli(&Module::worker(dist)?)?,
            ui: brotli(&Module::page(dist)?)?,
            aside: brotli(&Module::aside(dist)?)?,
        })
    }

    /// Size, bar and name of each module.
    pub(crate) fn beside_their_bars(self) -> [(u64, u64, &'static str); 3] {
        [
            (self.worker, Self::BARS.worker, "the worker's module"),
            (self.ui, Self::BARS.ui, "the page's module"),
            (
                self.aside,
                Self::BARS.aside,
                "the module for capture and the record",
            ),
        ]
    }
}

/// Node's brotli at its best, with the window that the `brotli` program takes.
fn brotli(module: &Module) -> Result<u64, Failure> {
    const COMPRESS: &str = "const { constants: c, brotliCompressSync } = require('node:zlib'); \
        const bytes = require('node:fs').readFileSync(process.argv[1]); \
        const params = { [c.BROTLI_PARAM_QUALITY]: 11, [c.BROTLI_PARAM_LGWIN]: 24, \
        [c.BROTLI_PARAM_SIZE_HINT]: bytes.length }; \
        console.log(brotliCompressSync(bytes, { params }).length)";
    let mut node = Command::new("node");
    node.args(["--eval", COMPRESS]).arg(&module.path);
    let said = step::ask(&mut node).and_then(|size| size.parse().ok());
    said.ok_or_else(|| format!("Node.js could not compress {}", module.path.display()).into())
}
