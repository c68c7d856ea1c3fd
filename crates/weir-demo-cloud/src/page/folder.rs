//! Which file of a folder an address means. Nothing outside the folder is ever meant.

use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;

use super::PageError;

const INDEX: &str = "index.html";

/// The folder of the built page, without links in its path.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self, PageError> {
        let folder = path.canonicalize().map_err(|source| PageError::Read {
            path: path.to_owned(),
            source,
        })?;
        if folder.join(INDEX).is_file() {
            Ok(Self(folder))
        } else {
            Err(PageError::NoIndex(path.to_owned()))
        }
    }

    /// The document of the page.
    pub(super) fn index(&self) -> PathBuf {
        self.0.join(INDEX)
    }

    /// The file that the path of an address means, if there is one.
    pub(super) fn find(&self, path: &str) -> Option<PathBuf> {
        let path = percent_decode_str(path).decode_utf8().ok()?;
        let names = path.split('/').filter(|name| !name.is_empty());
        let mut found = self.0.clone();
        for name in names {
            let is_plain = !name.starts_with('.') && !name.contains(['\\', ':', '\0']);
            found.push(is_plain.then_some(name)?);
        }
        if found.is_dir() {
            found.push(INDEX);
        }
        // A link inside the folder may still lead out of it.
        let found = found.canonicalize().ok()?;
        (found.starts_with(&self.0) && found.is_file()).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_mean_files_of_the_folder_and_nothing_else() {
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("page");
        std::fs::create_dir_all(inner.join("pkg")).unwrap();
        for (name, text) in [
            ("secret.txt", "s"),
            ("page/index.html", "i"),
            ("page/pkg/a b.wasm", "w"),
            ("page/.env", "e"),
        ] {
            std::fs::write(outer.path().join(name), text).unwrap();
        }
        let folder = Folder::open(&inner).unwrap();
        let found = |path| {
            folder
                .find(path)
                .map(|path| std::fs::read_to_string(path).unwrap())
        };
        assert_eq!(found("/").as_deref(), Some("i"));
        assert_eq!(found("//index.html").as_deref(), Some("i"));
        assert_eq!(found("/pkg/a%20b.wasm").as_deref(), Some("w"));
        for path in [
            "/pkg",
            "/missing.wasm",
            "/.env",
            "/../secret.txt",
            "/%2e%2e/secret.txt",
            "/..%2fsecret.txt",
            "/pkg/../../secret.txt",
            "/..\\secret.txt",
            "/pkg%00",
            "/%ff",
        ] {
            assert_eq!(found(path), None, "{path}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(outer.path(), inner.join("out")).unwrap();
            assert_eq!(found("/out/secret.txt"), None);
        }
    }

    #[test]
    fn a_folder_without_a_page_is_named() {
        let empty = tempfile::tempdir().unwrap();
        let error = Folder::open(empty.path()).unwrap_err().to_string();
        assert!(error.contains("index.html"), "{error}");
    }
}
