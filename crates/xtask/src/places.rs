//! Where things lie: the checkout, and one cache folder outside it that all checkouts share.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Why a place could not be named.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlacesError {
    #[error("there is no home folder to keep the cache in: set WEIR_CACHE to a folder")]
    NoHome,
    #[error("cannot use {path} as a folder: {source}")]
    Folder {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("PATH cannot be extended: {0}")]
    Path(#[from] env::JoinPathsError),
}

/// The checkout and the cache. Every path that `xtask` uses is named here.
#[derive(Debug)]
pub(crate) struct Places {
    checkout: PathBuf,
    cache: PathBuf,
}

impl Places {
    /// Finds the checkout this program was built from, and the user's cache.
    pub(crate) fn find() -> Result<Self, PlacesError> {
        // Cargo tells a program that it runs where its package lies now; without Cargo, where it was.
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let checkout = package
            .ancestors()
            .nth(2)
            .map(Path::to_path_buf)
            .unwrap_or(package);
        let cache = cache_root(|name| env::var_os(name)).ok_or(PlacesError::NoHome)?;
        let cache = std::path::absolute(&cache).map_err(|source| PlacesError::Folder {
            path: cache,
            source,
        })?;
        Ok(Self { checkout, cache })
    }

    pub(crate) fn checkout(&self) -> &Path {
        &self.checkout
    }

    /// The built page.
    pub(crate) fn dist(&self) -> PathBuf {
        self.checkout.join("dist")
    }

    /// The browser tests.
    pub(crate) fn e2e(&self) -> PathBuf {
        self.checkout.join("tests").join("e2e")
    }

    /// The pages and the driver of the benchmark.
    pub(crate) fn peers(&self) -> PathBuf {
        self.checkout.join("tests").join("peers")
    }

    /// The comparison of predictions with llama.cpp's.
    pub(crate) fn quality(&self) -> PathBuf {
        self.checkout.join("tests").join("quality")
    }

    /// The tests of the page in browsers of several makers.
    pub(crate) fn browsers(&self) -> PathBuf {
        self.checkout.join("tests").join("browsers")
    }

    /// `cargo install --root`.
    pub(crate) fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }

    /// A program that `cargo install` put into [`Self::tools`].
    pub(crate) fn tool(&self, name: &str) -> PathBuf {
        let name = format!("{name}{}", env::consts::EXE_SUFFIX);
        self.tools().join("bin").join(name)
    }

    /// Build outputs of the native crates and their tests.
    pub(crate) fn native_target(&self) -> PathBuf {
        self.cache.join("target").join("native")
    }

    /// Build outputs of the crates that run in a browser.
    pub(crate) fn wasm_target(&self) -> PathBuf {
        self.cache.join("target").join("wasm")
    }

    /// Build outputs of the tools, so that an interrupted installation goes on where it was.
    pub(crate) fn tools_target(&self) -> PathBuf {
        self.cache.join("target").join("tools")
    }

    /// Language models, under the file names of the catalogue.
    pub(crate) fn models(&self) -> PathBuf {
        self.cache.join("models")
    }

    /// The virtual environment of the demo cloud.
    pub(crate) fn python(&self) -> PathBuf {
        self.cache.join("python")
    }

    /// A program of that virtual environment.
    pub(crate) fn python_program(&self, name: &str) -> PathBuf {
        let folder = if cfg!(windows) { "Scripts" } else { "bin" };
        let name = format!("{name}{}", env::consts::EXE_SUFFIX);
        self.python().join(folder).join(name)
    }

    /// npm packages that only `cargo xtask dist` needs.
    pub(crate) fn npm(&self) -> PathBuf {
        self.cache.join("npm")
    }

    /// PATH with the installed tools before everything else.
    pub(crate) fn path(&self) -> Result<OsString, PlacesError> {
        let ours = [
            self.tools().join("bin"),
            self.npm().join("node_modules").join(".bin"),
        ];
        let inherited = env::var_os("PATH").unwrap_or_default();
        Ok(env::join_paths(
            ours.into_iter().chain(env::split_paths(&inherited)),
        )?)
    }
}

/// Makes a folder and those above it.
pub(crate) fn make_folder(path: &Path) -> Result<(), PlacesError> {
    std::fs::create_dir_all(path).map_err(|source| PlacesError::Folder {
        path: path.to_path_buf(),
        source,
    })
}

/// The first program of these names on PATH.
pub(crate) fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    names.iter().find_map(|name| {
        let name = format!("{name}{}", env::consts::EXE_SUFFIX);
        env::split_paths(&path)
            .map(|folder| folder.join(&name))
            .find(|file| file.is_file())
    })
}

/// `WEIR_CACHE`, else `$XDG_CACHE_HOME/weir`, else `~/.cache/weir`. An empty variable is an unset one.
fn cache_root(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name| {
        variable(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    folder("WEIR_CACHE")
        .or_else(|| folder("XDG_CACHE_HOME").map(|xdg| xdg.join("weir")))
        .or_else(|| {
            let home = folder("HOME").or_else(|| folder("USERPROFILE"))?;
            Some(home.join(".cache").join("weir"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root_with(variables: &[(&str, &str)]) -> Option<PathBuf> {
        cache_root(|name| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some(OsString::from(value))
        })
    }

    #[test]
    fn cache_is_where_the_most_specific_variable_says() {
        let all = [
            ("WEIR_CACHE", "/w"),
            ("XDG_CACHE_HOME", "/x"),
            ("HOME", "/h"),
        ];
        assert_eq!(root_with(&all), Some(PathBuf::from("/w")));
        assert_eq!(root_with(&all[1..]), Some(PathBuf::from("/x/weir")));
        assert_eq!(root_with(&all[2..]), Some(PathBuf::from("/h/.cache/weir")));
        assert_eq!(root_with(&[]), None);
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let empty = [("WEIR_CACHE", ""), ("HOME", "/h")];
        assert_eq!(root_with(&empty), Some(PathBuf::from("/h/.cache/weir")));
    }

    #[test]
    fn the_checkout_is_the_folder_of_the_workspace() {
        let places = Places::find().unwrap();
        assert!(places.checkout().join("models/catalog.toml").is_file());
    }
}
