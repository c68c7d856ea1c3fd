//! The language models that are served: GGUF files of a folder, and what the catalogue knows of them.

use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::PageError;

/// The catalogue of this version of Weir.
const CATALOG: &str = include_str!("../../../../models/catalog.toml");

/// Everything but what may stand in an address as it is.
const UNSAFE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// The folder and the catalogue. What is in the folder is looked up each time: a model may be fetched
/// while the page is served.
#[derive(Debug)]
pub(super) struct Models {
    folder: PathBuf,
    catalog: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Catalog {
    #[serde(default)]
    model: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    name: String,
    file: String,
    bytes: u64,
    sha256: String,
    licence: Option<String>,
}

/// A model as `weir.json` names it.
#[derive(Debug, Serialize)]
pub(super) struct Model {
    name: String,
    file: String,
    url: String,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    licence: Option<String>,
}

impl Models {
    pub(super) fn open(folder: &Path, catalog: Option<&Path>) -> Result<Self, PageError> {
        let path = catalog.unwrap_or(Path::new("models/catalog.toml"));
        let text = match catalog {
            None => CATALOG.to_owned(),
            Some(path) => std::fs::read_to_string(path).map_err(|source| PageError::Read {
                path: path.to_owned(),
                source,
            })?,
        };
        let catalog: Catalog = toml::from_str(&text).map_err(|source| PageError::Catalog {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            catalog: catalog.model,
        })
    }

    /// What is there: the models of the catalogue in its order, then the others by name. A file that
    /// has the name but not the size of a catalogued one is broken, and left out.
    pub(super) fn list(&self) -> Vec<Model> {
        let mut models: Vec<(usize, Model)> = self
            .files()
            .filter_map(|(file, bytes)| {
                let place = self.catalog.iter().position(|entry| entry.file == file);
                let entry = place.map(|place| &self.catalog[place]);
                if entry.is_some_and(|entry| entry.bytes != bytes) {
                    return None;
                }
                let model = Model {
                    name: entry.map_or_else(|| file.clone(), |entry| entry.name.clone()),
                    url: format!("/models/{}", utf8_percent_encode(&file, UNSAFE)),
                    file,
                    bytes,
                    sha256: entry.map(|entry| entry.sha256.clone()),
                    licence: entry.and_then(|entry| entry.licence.clone()),
                };
                Some((place.unwrap_or(usize::MAX), model))
            })
            .collect();
        models.sort_by(|(a, left), (b, right)| a.cmp(b).then_with(|| left.file.cmp(&right.file)));
        models.into_iter().map(|(_, model)| model).collect()
    }

    /// The file of that name, if it is one of the models.
    pub(super) fn path(&self, name: &str) -> Option<PathBuf> {
        self.files()
            .any(|(file, _)| file == name)
            .then(|| self.folder.join(name))
    }

    /// Names and sizes of the GGUF files; none if there is no such folder.
    fn files(&self) -> impl Iterator<Item = (String, u64)> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten();
        entries.flatten().filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let metadata = std::fs::metadata(entry.path()).ok()?;
            let is_model = metadata.is_file() && name.ends_with(".gguf");
            is_model.then_some((name, metadata.len()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(names: &[&str]) -> (tempfile::TempDir, Models) {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            std::fs::write(folder.path().join(name), b"GGUF").unwrap();
        }
        let catalog = folder.path().join("catalog.toml");
        let text = "
            [[model]]
            name = 'Known'
            file = 'known.gguf'
            bytes = 4
            sha256 = 'ab'
            licence = 'MIT'
            [[model]]
            name = 'Broken'
            file = 'broken.gguf'
            bytes = 5
            sha256 = 'cd'
        ";
        std::fs::write(&catalog, text).unwrap();
        let models = Models::open(folder.path(), Some(&catalog)).unwrap();
        (folder, models)
    }

    #[test]
    fn the_catalogue_comes_first_and_broken_files_do_not_come() {
        let (_folder, models) = open(&["a b.gguf", "known.gguf", "broken.gguf", "half.gguf.part"]);
        let listed = serde_json::to_value(models.list()).unwrap();
        let expected = serde_json::json!([
            {"name": "Known", "file": "known.gguf", "url": "/models/known.gguf", "bytes": 4,
             "sha256": "ab", "licence": "MIT"},
            {"name": "a b.gguf", "file": "a b.gguf", "url": "/models/a%20b.gguf", "bytes": 4},
        ]);
        assert_eq!(listed, expected);
    }

    #[test]
    fn only_models_are_served() {
        let (folder, models) = open(&["known.gguf"]);
        assert_eq!(
            models.path("known.gguf"),
            Some(folder.path().join("known.gguf"))
        );
        for name in ["catalog.toml", "../known.gguf", "", "missing.gguf"] {
            assert_eq!(models.path(name), None, "{name}");
        }
    }

    #[test]
    fn weirs_own_catalogue_can_be_read() {
        let models = Models::open(Path::new("/nowhere"), None).unwrap();
        assert!(!models.catalog.is_empty());
        assert!(models.list().is_empty());
    }
}
