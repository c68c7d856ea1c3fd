//! The page: built by Trunk, then looked at.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::places::{Places, PlacesError};

/// How the page is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build.
    Dev,
    /// Quick to answer; what `run` and `test` use.
    Release,
    /// Small; what is hosted. Only this one goes through wasm-opt.
    Dist,
}

impl Profile {
    /// What Trunk is told. Its own `--release` means wasm-opt, not Cargo's profile.
    fn options(self) -> &'static [&'static str] {
        match self {
            Self::Dev => &[],
            Self::Release => &["--cargo-profile", "release"],
            Self::Dist => &["--release", "--cargo-profile", "dist"],
        }
    }

    /// How long a first build takes.
    pub(crate) fn usual(self) -> &'static str {
        match self {
            Self::Dev | Self::Release => "10 minutes the first time, on two cores",
            Self::Dist => "much longer than for `run`",
        }
    }
}

/// Why a built page cannot be trusted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PageError {
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("{0} holds no {1}; did Trunk build it?")]
    Missing(PathBuf, &'static str),
}

/// The call of Trunk that builds the page into `dist`.
pub(crate) fn trunk(places: &Places, profile: Profile) -> Result<Command, PlacesError> {
    let mut trunk = Command::new(places.tool("trunk"));
    trunk
        .arg("build")
        .args(profile.options())
        .current_dir(places.checkout())
        .env("PATH", places.path()?)
        .env("CARGO_TARGET_DIR", places.wasm_target())
        // Trunk takes this variable for a flag and fails on the value 1.
        .env_remove("NO_COLOR");
    Ok(trunk)
}

/// A WebAssembly module of the built page.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) path: PathBuf,
    bytes: Vec<u8>,
}

impl Module {
    /// The module of the page itself.
    pub(crate) fn page(dist: &Path) -> Result<Self, PageError> {
        Self::find(dist, "weir-app", "page's module (weir-app*.wasm)")
    }

    /// The module beside the page's own, which is loaded when it is first needed.
    pub(crate) fn aside(dist: &Path) -> Result<Self, PageError> {
        Self::find(dist, "weir-aside", "module beside it (weir-aside*.wasm)")
    }

    /// The module of the worker.
    pub(crate) fn worker(dist: &Path) -> Result<Self, PageError> {
        Self::find(dist, "weir-worker", "worker's module (weir-worker*.wasm)")
    }

    fn find(dist: &Path, name: &str, what: &'static str) -> Result<Self, PageError> {
        let read = |source| PageError::Read {
            path: dist.to_path_buf(),
            source,
        };
        let path = fs::read_dir(dist)
            .map_err(read)?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .find(|path| {
                let file = path.file_name().unwrap_or_default().to_string_lossy();
                file.starts_with(name) && file.ends_with(".wasm")
            })
            .ok_or_else(|| PageError::Missing(dist.to_path_buf(), what))?;
        let bytes = fs::read(&path).map_err(read)?;
        Ok(Self { path, bytes })
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether the module still says what its functions are called: without that, [`Self::mentions`]
    /// would find nothing and prove nothing.
    pub(crate) fn has_names(&self) -> bool {
        self.mentions("\u{4}name") && self.mentions("__wbindgen")
    }

    /// Whether a name occurs anywhere in the module.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        let name = name.as_bytes();
        self.bytes.windows(name.len()).any(|window| window == name)
    }
}
