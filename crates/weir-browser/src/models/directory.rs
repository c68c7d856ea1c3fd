//! A directory of the origin's private file system (OPFS), as a place for model files.

use js_sys::{AsyncIterator, IteratorNext, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions,
    FileSystemGetFileOptions, FileSystemReadWriteOptions, FileSystemSyncAccessHandle,
    StorageManager,
};

use super::{room, shelf::Growing};
use crate::jserror;

/// Directories from the root of the file system to the models.
const PATH: [&str; 2] = ["weir", "models"];
/// A file that is opened to see whether files can be written.
const TRIAL: &str = "trial";

/// A directory whose files can be written.
#[derive(Debug)]
pub(super) struct Directory(FileSystemDirectoryHandle);

impl Directory {
    /// `None` where the browser has none for this page, or lets no worker write in it.
    pub(super) async fn open() -> Option<Self> {
        let storage = room::storage()?;
        let root = root(&storage)?.await.ok()?;
        let mut directory: FileSystemDirectoryHandle = root.unchecked_into();
        let options = FileSystemGetDirectoryOptions::new();
        options.set_create(true);
        for name in PATH {
            let inner = directory.get_directory_handle_with_options(name, &options);
            directory = JsFuture::from(inner).await.ok()?.unchecked_into();
        }
        let directory = Self(directory);
        match directory.writable(TRIAL).await {
            Ok(_) => Some(directory),
            Err(thrown) if is_taken(&thrown) => Some(directory),
            Err(_) => None,
        }
    }

    pub(super) async fn read(&self, name: &str) -> Option<Blob> {
        let handle = JsFuture::from(self.0.get_file_handle(name)).await;
        let handle: FileSystemFileHandle = handle.ok()?.unchecked_into();
        let file = JsFuture::from(handle.get_file()).await.ok()?;
        Some(file.unchecked_into())
    }

    /// Replaces a small file. Nothing depends on its success.
    pub(super) async fn save(&self, name: &str, bytes: &[u8]) {
        if let Ok(mut file) = self.writable(name).await {
            file.clear();
            let _ = file.push(&Uint8Array::from(bytes));
        }
    }

    /// The file `name`, to go on writing it; `Ok(None)` while another tab writes it.
    pub(super) async fn grow(&self, name: &str) -> Result<Option<Growing>, JsValue> {
        match self.writable(name).await {
            Ok(file) => Ok(Some(Growing::File(file))),
            Err(thrown) if is_taken(&thrown) => Ok(None),
            Err(thrown) => Err(thrown),
        }
    }

    /// Deletes a file; one that is not there is no error.
    pub(super) async fn remove(&self, name: &str) -> Result<(), JsValue> {
        match JsFuture::from(self.0.remove_entry(name)).await {
            Err(thrown) if jserror::name(&thrown) != "NotFoundError" => Err(thrown),
            _ => Ok(()),
        }
    }

    pub(super) async fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        let keys: AsyncIterator = self.0.keys();
        while let Ok(next) = keys.next() {
            let Ok(next) = JsFuture::from(next).await else {
                break;
            };
            let next: IteratorNext = next.unchecked_into();
            if next.done() {
                break;
            }
            names.extend(next.value().as_string());
        }
        names
    }

    async fn writable(&self, name: &str) -> Result<WritableFile, JsValue> {
        let options = FileSystemGetFileOptions::new();
        options.set_create(true);
        let handle = self.0.get_file_handle_with_options(name, &options);
        let handle: FileSystemFileHandle = JsFuture::from(handle).await?.unchecked_into();
        // Calling what is missing would end the worker.
        if !Reflect::has(&handle, &JsValue::from("createSyncAccessHandle"))? {
            return Err(JsValue::from("files cannot be written here"));
        }
        let access = JsFuture::from(handle.create_sync_access_handle()).await?;
        let access: FileSystemSyncAccessHandle = access.unchecked_into();
        let len = access.get_size().map_or(0, |size| size as u64);
        Ok(WritableFile { access, len })
    }
}

/// The root of the file system, where the browser has one at all.
fn root(storage: &StorageManager) -> Option<JsFuture> {
    let has_root = Reflect::has(storage, &JsValue::from("getDirectory"));
    has_root
        .is_ok_and(|has| has)
        .then(|| JsFuture::from(storage.get_directory()))
}

fn is_taken(thrown: &JsValue) -> bool {
    jserror::name(thrown) == "NoModificationAllowedError"
}

/// A file that nobody else writes. Dropping it lets it go, with all that was written.
#[derive(Debug)]
pub(super) struct WritableFile {
    access: FileSystemSyncAccessHandle,
    len: u64,
}

impl WritableFile {
    pub(super) const fn len(&self) -> u64 {
        self.len
    }

    pub(super) fn clear(&mut self) {
        self.shorten(0);
    }

    /// Adds a chunk at its end; `false` if there was no room for it, and nothing of it was added.
    pub(super) fn push(&mut self, chunk: &Uint8Array) -> bool {
        let options = FileSystemReadWriteOptions::new();
        options.set_at(self.len as f64);
        let written = self
            .access
            .write_with_js_u8_array_and_options(chunk, &options);
        if written.is_ok_and(|written| written as u32 == chunk.length()) {
            self.len += u64::from(chunk.length());
            return true;
        }
        self.shorten(self.len);
        false
    }

    fn shorten(&mut self, len: u64) {
        // Fails only where it would have to grow.
        let _ = self.access.truncate_with_f64(len as f64);
        self.len = len;
    }
}

impl Drop for WritableFile {
    fn drop(&mut self) {
        let _ = self.access.flush();
        self.access.close();
    }
}
