//! Where the bytes of a download go: to disk, or to the browser's memory.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::Blob;

use super::{
    NotKept, ObtainError, StoredModel,
    shelf::{Shelf, WritableFile},
};
use crate::jserror;

/// A file that grows.
#[derive(Debug)]
pub(super) struct Sink {
    place: Place,
    len: u64,
}

#[derive(Debug)]
enum Place {
    Disk(WritableFile),
    /// Parts of the file in order, as `Blob`s and arrays outside the module's own memory. Where the
    /// disk was full in the middle, the first is what is on disk.
    Memory(Array),
}

impl Sink {
    /// Goes on with what `file` holds.
    pub(super) fn disk(file: WritableFile) -> Self {
        Self {
            len: file.len(),
            place: Place::Disk(file),
        }
    }

    /// Begins with nothing.
    pub(super) fn memory() -> Self {
        Self {
            place: Place::Memory(Array::new()),
            len: 0,
        }
    }

    /// Bytes that are here.
    pub(super) const fn len(&self) -> u64 {
        self.len
    }

    /// Whether all of it is on disk.
    pub(super) const fn on_disk(&self) -> bool {
        matches!(self.place, Place::Disk(_))
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.len = 0;
        match &mut self.place {
            Place::Disk(file) => file.truncate(0),
            Place::Memory(parts) => *parts = Array::new(),
        }
    }

    /// Adds a chunk. Where the disk is full, this and all that follows goes to memory, and the
    /// warning is returned, once.
    pub(super) async fn write(
        &mut self,
        chunk: &Uint8Array,
        shelf: Option<&Shelf>,
    ) -> Result<Option<NotKept>, ObtainError> {
        let chunk_len = u64::from(chunk.length());
        let mut warning = None;
        if let Place::Disk(file) = &mut self.place
            && file.write(self.len, chunk) != Ok(chunk_len)
        {
            // What was written of this chunk only.
            file.truncate(self.len);
            self.leave_disk(shelf).await?;
            warning = Some(NotKept::Full);
        }
        if let Place::Memory(parts) = &self.place {
            parts.push(chunk);
        }
        self.len += chunk_len;
        Ok(warning)
    }

    /// Goes on in memory, after what is on disk.
    async fn leave_disk(&mut self, shelf: Option<&Shelf>) -> Result<(), ObtainError> {
        let parts = Array::new();
        // The file is closed here, so that it can be read.
        self.place = Place::Memory(parts.clone());
        if let Some(shelf) = shelf {
            let written = shelf.stored().await.ok_or_else(vanished)?;
            parts.push(written.blob());
        }
        Ok(())
    }

    /// The file as it is.
    pub(super) async fn close(self, shelf: Option<&Shelf>) -> Result<StoredModel, ObtainError> {
        match self.place {
            Place::Disk(file) => {
                drop(file);
                let stored = match shelf {
                    Some(shelf) => shelf.stored().await,
                    None => None,
                };
                stored.ok_or_else(vanished)
            }
            Place::Memory(parts) => Blob::new_with_blob_sequence(&parts)
                .map(StoredModel::new)
                .map_err(|thrown: JsValue| ObtainError::Storage(jserror::text(&thrown))),
        }
    }
}

fn vanished() -> ObtainError {
    ObtainError::Storage("the file vanished".to_owned())
}
