//! The place of one model in the origin's private file system.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    File, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions,
    FileSystemGetFileOptions, FileSystemReadWriteOptions, FileSystemSyncAccessHandle,
    WorkerGlobalScope,
};

use super::{ObtainError, StoredModel, verify::hexadecimal};
use crate::{jserror, messages::ModelFile};

/// Directories from the root of the file system to the models.
const PATH: [&str; 2] = ["weir", "models"];

/// A file that may or may not be there yet, and its mark beside it.
#[derive(Debug)]
pub(super) struct Shelf {
    directory: FileSystemDirectoryHandle,
    name: String,
}

/// What was found when a file was verified.
#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    bytes: u64,
    sha256: String,
}

/// Leave to write the file.
pub(super) enum Writing {
    /// Here it is; nobody else has it.
    Granted(WritableFile),
    /// Another tab has it, and has written so many bytes.
    Taken { bytes: u64 },
    /// The browser gives none.
    Unavailable,
}

impl Shelf {
    /// The place of `model`; `None` where the browser has no such file system for this page.
    pub(super) async fn open(model: &ModelFile) -> Option<Self> {
        let scope: WorkerGlobalScope = js_sys::global().dyn_into().ok()?;
        let storage = scope.navigator().storage();
        if storage.is_undefined() {
            return None;
        }
        let root = JsFuture::from(storage.get_directory()).await.ok()?;
        let mut directory: FileSystemDirectoryHandle = root.unchecked_into();
        let options = FileSystemGetDirectoryOptions::new();
        options.set_create(true);
        for name in PATH {
            let inner = directory.get_directory_handle_with_options(name, &options);
            directory = JsFuture::from(inner).await.ok()?.unchecked_into();
        }
        Some(Self {
            directory,
            name: name_of(model),
        })
    }

    /// The file, if it was verified to be what `model` says.
    pub(super) async fn verified(&self, model: &ModelFile) -> Option<StoredModel> {
        let mark = StoredModel::new(self.read(&self.mark_name()).await?.unchecked_into());
        let text = mark.read(0, mark.len() as usize).await.ok()?;
        let mark: Mark = serde_json::from_slice(&text).ok()?;
        let stored = self.stored().await?;
        let as_marked = stored.len() == mark.bytes;
        let as_listed = model.bytes.is_none_or(|bytes| bytes == mark.bytes)
            && model
                .sha256
                .as_ref()
                .is_none_or(|sha256| sha256.eq_ignore_ascii_case(&mark.sha256));
        (as_marked && as_listed).then_some(stored)
    }

    /// The file as it is, if there is one.
    pub(super) async fn stored(&self) -> Option<StoredModel> {
        let file = self.read(&self.name).await?;
        Some(StoredModel::new(file.unchecked_into()))
    }

    /// Asks for leave to write the file; it may hold what was fetched earlier.
    pub(super) async fn write(&self) -> Writing {
        match self.writable(&self.name).await {
            Ok(file) => Writing::Granted(file),
            Err(thrown) if jserror::name(&thrown) == "NoModificationAllowedError" => {
                let stored = self.stored().await;
                Writing::Taken {
                    bytes: stored.map_or(0, |stored| stored.len()),
                }
            }
            Err(_) => Writing::Unavailable,
        }
    }

    /// Remembers that the file was verified. Where this fails it is verified again the next time.
    pub(super) async fn mark_verified(&self, bytes: u64, sha256: &str) {
        let mark = Mark {
            bytes,
            sha256: sha256.to_owned(),
        };
        if let (Ok(text), Ok(mut file)) = (
            serde_json::to_vec(&mark),
            self.writable(&self.mark_name()).await,
        ) {
            file.truncate(0);
            let _ = file.write(0, &js_sys::Uint8Array::from(text.as_slice()));
        }
    }

    /// Deletes file and mark.
    pub(super) async fn delete(&self) -> Result<(), ObtainError> {
        // The mark first: a file without one is never trusted.
        for name in [self.mark_name(), self.name.clone()] {
            let removed = JsFuture::from(self.directory.remove_entry(&name)).await;
            if let Err(thrown) = removed
                && jserror::name(&thrown) != "NotFoundError"
            {
                return Err(ObtainError::Storage(jserror::text(&thrown)));
            }
        }
        Ok(())
    }

    fn mark_name(&self) -> String {
        format!("{}.verified.json", self.name)
    }

    async fn read(&self, name: &str) -> Option<File> {
        let handle = JsFuture::from(self.directory.get_file_handle(name)).await;
        let handle: FileSystemFileHandle = handle.ok()?.unchecked_into();
        let file = JsFuture::from(handle.get_file()).await.ok()?;
        Some(file.unchecked_into())
    }

    async fn writable(&self, name: &str) -> Result<WritableFile, JsValue> {
        let options = FileSystemGetFileOptions::new();
        options.set_create(true);
        let handle = self.directory.get_file_handle_with_options(name, &options);
        let handle: FileSystemFileHandle = JsFuture::from(handle).await?.unchecked_into();
        let access = JsFuture::from(handle.create_sync_access_handle()).await?;
        Ok(WritableFile(access.unchecked_into()))
    }
}

/// A file that nobody else writes. Dropping it lets it go, with all that was written.
#[derive(Debug)]
pub(super) struct WritableFile(FileSystemSyncAccessHandle);

impl WritableFile {
    pub(super) fn len(&self) -> u64 {
        self.0.get_size().map_or(0, |size| size as u64)
    }

    /// Shortens it to `bytes`.
    pub(super) fn truncate(&mut self, bytes: u64) {
        // Fails only where it would have to grow.
        let _ = self.0.truncate_with_f64(bytes as f64);
    }

    /// Writes `chunk` at `place`; how many bytes of it there was room for.
    pub(super) fn write(&mut self, place: u64, chunk: &js_sys::Uint8Array) -> Result<u64, JsValue> {
        let options = FileSystemReadWriteOptions::new();
        options.set_at(place as f64);
        self.0
            .write_with_js_u8_array_and_options(chunk, &options)
            .map(|written| written as u64)
    }
}

impl Drop for WritableFile {
    fn drop(&mut self) {
        let _ = self.0.flush();
        self.0.close();
    }
}

/// A file is named after its content, or, where that is not known, after its address.
fn name_of(model: &ModelFile) -> String {
    let hash = match &model.sha256 {
        Some(sha256) if is_sha256(sha256) => sha256.to_lowercase(),
        _ => hexadecimal(&Sha256::digest(&model.url)),
    };
    format!("{hash}.gguf")
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(sha256: Option<&str>) -> ModelFile {
        ModelFile {
            name: "Smol".to_owned(),
            url: "https://models.example/smol.gguf".to_owned(),
            bytes: None,
            sha256: sha256.map(str::to_owned),
        }
    }

    #[test]
    fn a_file_is_named_after_its_content_where_that_is_known() {
        let sha256 = "B179C9523D0E6A0F98A330C7562B682750A6F8C8C15E5BC70EA373728110DB53";
        assert_eq!(
            name_of(&model(Some(sha256))),
            format!("{}.gguf", sha256.to_lowercase())
        );
    }

    #[test]
    fn no_listing_can_name_a_file_outside_the_shelf() {
        for sha256 in [None, Some("../../secrets"), Some(""), Some("é")] {
            let name = name_of(&model(sha256));
            assert!(is_sha256(name.strip_suffix(".gguf").unwrap()), "{name}");
        }
    }
}
