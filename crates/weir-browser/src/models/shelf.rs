//! Where model files are kept: files with names, and small marks and labels beside them.
//!
//! `HASH.gguf` is a file, whole or not; `HASH.gguf.verified.json` says that it was verified;
//! `HASH.model.json` says of which model it is the first file.

use js_sys::{Array, Uint8Array};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use wasm_bindgen::JsValue;
use web_sys::Blob;

use super::{
    ObtainError, StoredFile,
    directory::{Directory, WritableFile},
    pieces::{GrowingPieces, Pieces},
    verify::hexadecimal,
};
use crate::{
    jserror,
    messages::{KeptModel, ModelFile, Shard},
};

/// What the name of a label ends with.
const LABEL: &str = ".model.json";

/// The best place that the browser has.
#[derive(Debug)]
pub(super) enum Shelf {
    /// Files that grow and can be read anywhere.
    Directory(Directory),
    /// Entries of the Cache API.
    Pieces(Pieces),
}

/// What was found when a file was verified.
#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    bytes: u64,
    sha256: String,
}

/// Leave to write a file.
pub(super) enum Writing {
    /// Here it is; nobody else has it. It may hold what was fetched earlier.
    Granted(Growing),
    /// Another tab has it, and has written so many bytes.
    Taken { bytes: u64 },
    /// The browser gives none.
    Unavailable,
}

impl Shelf {
    /// `None` where the browser keeps nothing for this page.
    pub(super) async fn open() -> Option<Self> {
        if let Some(directory) = Directory::open().await {
            return Some(Self::Directory(directory));
        }
        Pieces::open().await.map(Self::Pieces)
    }

    /// The file, if it was verified to be what `shard` says.
    pub(super) async fn verified(&self, shard: &Shard) -> Option<StoredFile> {
        let mark: Mark = self.json(&mark_of(shard)).await?;
        let stored = self.stored(shard).await?;
        let as_marked = stored.len() == mark.bytes;
        let as_listed = shard.bytes.is_none_or(|bytes| bytes == mark.bytes)
            && shard
                .sha256
                .as_ref()
                .is_none_or(|sha256| sha256.eq_ignore_ascii_case(&mark.sha256));
        (as_marked && as_listed).then_some(stored)
    }

    /// The file as it is, if there is one.
    pub(super) async fn stored(&self, shard: &Shard) -> Option<StoredFile> {
        self.read(&name_of(shard)).await.map(StoredFile::new)
    }

    /// Asks for leave to write the file.
    pub(super) async fn write(&self, shard: &Shard) -> Writing {
        let name = name_of(shard);
        let growing = match self {
            Self::Directory(directory) => directory.grow(&name).await,
            Self::Pieces(pieces) => Ok(pieces.grow(&name).await),
        };
        match growing {
            Ok(Some(growing)) => Writing::Granted(growing),
            Ok(None) => {
                let stored = self.stored(shard).await;
                Writing::Taken {
                    bytes: stored.map_or(0, |stored| stored.len()),
                }
            }
            Err(_) => Writing::Unavailable,
        }
    }

    /// Remembers that the file was verified. Where this fails it is verified again the next time.
    pub(super) async fn mark_verified(&self, shard: &Shard, bytes: u64, sha256: &str) {
        let sha256 = sha256.to_owned();
        self.save(&mark_of(shard), &Mark { bytes, sha256 }).await;
    }

    /// Remembers whose files these are, for [`Shelf::list`].
    pub(super) async fn label(&self, model: &ModelFile) {
        if let Some(label) = label_of(model) {
            self.save(&label, model).await;
        }
    }

    /// Every model of which something is here.
    pub(super) async fn list(&self) -> Vec<KeptModel> {
        let mut models = Vec::new();
        for name in self.names().await {
            if !name.ends_with(LABEL) {
                continue;
            }
            let Some(model) = self.json::<ModelFile>(&name).await else {
                continue;
            };
            let (mut bytes, mut whole) = (0, true);
            for shard in &model.shards {
                let verified = self.verified(shard).await;
                whole &= verified.is_some();
                let stored = match verified {
                    Some(stored) => Some(stored),
                    None => self.stored(shard).await,
                };
                bytes += stored.map_or(0, |stored| stored.len());
            }
            if bytes > 0 {
                models.push(KeptModel {
                    model,
                    bytes,
                    whole,
                });
            }
        }
        models.sort_by(|a, b| a.model.name.cmp(&b.model.name));
        models
    }

    /// Deletes all files of a model, and what is said of them.
    pub(super) async fn delete(&self, model: &ModelFile) -> Result<(), ObtainError> {
        for shard in &model.shards {
            self.forget(shard).await?;
        }
        match label_of(model) {
            Some(label) => self.remove(&label).await,
            None => Ok(()),
        }
    }

    /// Deletes one file and its mark.
    pub(super) async fn forget(&self, shard: &Shard) -> Result<(), ObtainError> {
        // The mark first: a file without one is never trusted.
        self.remove(&mark_of(shard)).await?;
        self.remove(&name_of(shard)).await
    }

    async fn json<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let file = StoredFile::new(self.read(name).await?);
        let text = file.read(0, file.len() as usize).await.ok()?;
        serde_json::from_slice(&text).ok()
    }

    async fn read(&self, name: &str) -> Option<Blob> {
        match self {
            Self::Directory(directory) => directory.read(name).await,
            Self::Pieces(pieces) => pieces.read(name).await,
        }
    }

    async fn save(&self, name: &str, value: &impl Serialize) {
        let Ok(text) = serde_json::to_vec(value) else {
            return;
        };
        match self {
            Self::Directory(directory) => directory.save(name, &text).await,
            Self::Pieces(pieces) => pieces.save(name, &text).await,
        }
    }

    async fn remove(&self, name: &str) -> Result<(), ObtainError> {
        let removed = match self {
            Self::Directory(directory) => directory.remove(name).await,
            Self::Pieces(pieces) => pieces.remove(name).await,
        };
        removed.map_err(|thrown: JsValue| ObtainError::Storage(jserror::text(&thrown)))
    }

    async fn names(&self) -> Vec<String> {
        match self {
            Self::Directory(directory) => directory.names().await,
            Self::Pieces(pieces) => pieces.names().await.into_iter().collect(),
        }
    }
}

/// A file on the shelf that nobody else writes.
#[derive(Debug)]
pub(super) enum Growing {
    File(WritableFile),
    Pieces(GrowingPieces),
}

impl Growing {
    pub(super) const fn len(&self) -> u64 {
        match self {
            Self::File(file) => file.len(),
            Self::Pieces(pieces) => pieces.len(),
        }
    }

    pub(super) async fn clear(&mut self) {
        match self {
            Self::File(file) => file.clear(),
            Self::Pieces(pieces) => pieces.clear().await,
        }
    }

    /// Adds a chunk at its end; `false` if there was no room for it, and it was not added.
    pub(super) async fn push(&mut self, chunk: &Uint8Array) -> bool {
        match self {
            Self::File(file) => file.push(chunk),
            Self::Pieces(pieces) => pieces.push(chunk).await,
        }
    }

    /// Writes what is only held back so far; `false` if there was no room for it.
    pub(super) async fn flush(&mut self) -> bool {
        match self {
            Self::File(_) => true,
            Self::Pieces(pieces) => pieces.flush().await,
        }
    }

    /// Gives the file up; what of it is not on the shelf.
    pub(super) fn into_pending(self) -> Array {
        match self {
            Self::File(_) => Array::new(),
            Self::Pieces(pieces) => pieces.into_pending(),
        }
    }
}

/// A file is named after its content, or, where that is not known, after its address.
fn name_of(shard: &Shard) -> String {
    let hash = match &shard.sha256 {
        Some(sha256) if is_sha256(sha256) => sha256.to_lowercase(),
        _ => hexadecimal(&Sha256::digest(&shard.url)),
    };
    format!("{hash}.gguf")
}

fn mark_of(shard: &Shard) -> String {
    format!("{}.verified.json", name_of(shard))
}

fn label_of(model: &ModelFile) -> Option<String> {
    let first = name_of(model.shards.first()?);
    Some(format!("{}{LABEL}", first.trim_end_matches(".gguf")))
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(sha256: Option<&str>) -> Shard {
        Shard {
            url: "https://models.example/smol.gguf".to_owned(),
            bytes: None,
            sha256: sha256.map(str::to_owned),
        }
    }

    #[test]
    fn a_file_is_named_after_its_content_where_that_is_known() {
        let sha256 = "B179C9523D0E6A0F98A330C7562B682750A6F8C8C15E5BC70EA373728110DB53";
        assert_eq!(
            name_of(&shard(Some(sha256))),
            format!("{}.gguf", sha256.to_lowercase())
        );
    }

    #[test]
    fn no_listing_can_name_a_file_outside_the_shelf() {
        for sha256 in [None, Some("../../secrets"), Some(""), Some("é")] {
            let name = name_of(&shard(sha256));
            assert!(is_sha256(name.strip_suffix(".gguf").unwrap()), "{name}");
        }
    }

    #[test]
    fn a_label_a_mark_and_a_file_have_names_of_their_own() {
        let shard = shard(None);
        let model = ModelFile::whole("Smol".to_owned(), shard.clone());
        let label = label_of(&model).unwrap();
        assert!(label.ends_with(LABEL) && !mark_of(&shard).ends_with(LABEL));
        assert_ne!(label, name_of(&shard));
    }
}
