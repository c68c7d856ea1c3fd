//! What the page is built from, as one hash: by it a page is known to be up to date.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::places::Places;

/// Folders and files that go into the page. The crates that run natively alone do no harm.
const ROOTS: [&str; 8] = [
    ".cargo",
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "crates",
    "models",
    "rust-toolchain.toml",
    "www",
];
/// Of these, what no page holds: this program, and tests.
const NOT: [&str; 2] = ["xtask", "tests"];

/// Why the sources could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {path}: {source}")]
pub(crate) struct SourcesError {
    path: PathBuf,
    source: io::Error,
}

/// SHA-256 over names and contents, in lower-case hexadecimal.
pub(crate) fn hash(places: &Places) -> Result<String, SourcesError> {
    hash_of(places.checkout(), &ROOTS)
}

fn hash_of(folder: &Path, roots: &[&str]) -> Result<String, SourcesError> {
    let mut hash = Sha256::new();
    for root in roots {
        add(&mut hash, folder, &folder.join(root))?;
    }
    Ok(format!("{:x}", hash.finalize()))
}

fn add(hash: &mut Sha256, folder: &Path, path: &Path) -> Result<(), SourcesError> {
    let at = |source| SourcesError {
        path: path.to_path_buf(),
        source,
    };
    if path
        .file_name()
        .is_some_and(|name| NOT.iter().any(|not| name == *not))
    {
        return Ok(());
    }
    if path.is_dir() {
        let entries = fs::read_dir(path).map_err(at)?;
        let mut entries: Vec<PathBuf> = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()
            .map_err(at)?;
        entries.sort();
        return entries
            .iter()
            .try_for_each(|entry| add(hash, folder, entry));
    }
    let content = fs::read(path).map_err(at)?;
    let name = path.strip_prefix(folder).unwrap_or(path).to_string_lossy();
    // Lengths keep a name and a content from being taken for each other.
    for part in [name.as_bytes(), &content] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_changes_with_content_and_name_and_with_nothing_else() {
        let folder = std::env::temp_dir().join(format!("weir-sources-{}", std::process::id()));
        fs::create_dir_all(folder.join("crates/a/tests")).unwrap();
        let hash = || hash_of(&folder, &["crates"]).unwrap();
        let write =
            |name: &str, text: &str| fs::write(folder.join("crates/a").join(name), text).unwrap();
        write("lib.rs", "one");
        let first = hash();
        write("tests/one.rs", "a test");
        assert_eq!(hash(), first);
        write("lib.rs", "two");
        let second = hash();
        assert_ne!(second, first);
        fs::rename(
            folder.join("crates/a/lib.rs"),
            folder.join("crates/a/main.rs"),
        )
        .unwrap();
        assert_ne!(hash(), second);
        fs::remove_dir_all(&folder).unwrap();
    }
}
