//! `models/catalog.toml`: which language models there are, and where each can be had.

use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;

use crate::places::Places;

/// Why the catalogue cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CatalogError {
    #[error("cannot read {path}: {source}")]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{path} is not a catalogue: {source}")]
    Parse {
        path: PathBuf,
        source: toml::de::Error,
    },
    #[error("{path} lists no model")]
    Empty { path: PathBuf },
}

/// One file of weights.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Model {
    /// What a person calls it.
    pub(crate) name: String,
    /// The name of the file, in the cache and in the page's `/models/`.
    pub(crate) file: String,
    /// Its exact size.
    pub(crate) bytes: u64,
    /// Its SHA-256 in lower-case hexadecimal.
    pub(crate) sha256: String,
    /// Where it can be had, best first.
    #[serde(rename = "source")]
    pub(crate) sources: Vec<Source>,
}

/// A place that has the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Source {
    /// A plain address.
    Http { url: String },
    /// A Python package, as a requirement, and the file inside its wheel.
    Pypi { pypi: String, member: String },
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http { url } => f.write_str(url),
            Self::Pypi { pypi, .. } => write!(f, "Python package {pypi}"),
        }
    }
}

#[derive(Deserialize)]
struct Catalog {
    model: Vec<Model>,
}

/// The model that the page uses unless told otherwise: the first of the catalogue.
pub(crate) fn first(places: &Places) -> Result<Model, CatalogError> {
    let path = places.checkout().join("models").join("catalog.toml");
    let text = std::fs::read_to_string(&path).map_err(|source| CatalogError::Read {
        path: path.clone(),
        source,
    })?;
    let catalog: Catalog = toml::from_str(&text).map_err(|source| CatalogError::Parse {
        path: path.clone(),
        source,
    })?;
    let first = catalog.model.into_iter().next();
    first.ok_or(CatalogError::Empty { path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_names_a_model_that_can_be_verified() {
        let model = first(&Places::find().unwrap()).unwrap();
        assert_eq!(model.sha256.len(), 64);
        assert!(
            model
                .sha256
                .chars()
                .all(|c| matches!(c, '0'..='9' | 'a'..='f'))
        );
        assert!(model.bytes > 0);
        assert!(!model.file.contains(['/', '\\']), "{}", model.file);
    }

    #[test]
    fn the_hub_is_asked_before_the_python_package() {
        let model = first(&Places::find().unwrap()).unwrap();
        assert!(matches!(
            model.sources.as_slice(),
            [Source::Http { .. }, Source::Pypi { .. }]
        ));
    }
}
