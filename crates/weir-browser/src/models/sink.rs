//! Where the bytes of a download go: to the shelf, or to the browser's memory.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::Blob;

use super::{
    NotKept, ObtainError, StoredFile,
    shelf::{Growing, Shelf},
};
use crate::{jserror, messages::Shard};

/// A file that grows.
#[derive(Debug)]
pub(super) enum Sink<'a> {
    /// On the shelf.
    Kept {
        growing: Growing,
        shelf: &'a Shelf,
        shard: &'a Shard,
    },
    /// In the browser's memory.
    Memory {
        /// Parts of the file in order, as `Blob`s and arrays outside the module's own memory. Where
        /// the shelf was full in the middle, the first is what is there.
        parts: Array,
        /// Bytes of all parts.
        len: u64,
    },
}

impl Sink<'_> {
    /// Begins with nothing, in memory.
    pub(super) fn memory() -> Self {
        Self::Memory {
            parts: Array::new(),
            len: 0,
        }
    }

    /// Bytes that are here.
    pub(super) const fn len(&self) -> u64 {
        match self {
            Self::Kept { growing, .. } => growing.len(),
            Self::Memory { len, .. } => *len,
        }
    }

    /// Forgets everything.
    pub(super) async fn clear(&mut self) {
        match self {
            Self::Kept { growing, .. } => growing.clear().await,
            Self::Memory { .. } => *self = Self::memory(),
        }
    }

    /// Adds a chunk. Where the shelf is full, this and all that follows goes to memory, and the
    /// warning is returned, once.
    pub(super) async fn write(&mut self, chunk: &Uint8Array) -> Option<NotKept> {
        let mut warning = None;
        if let Self::Kept { growing, .. } = self {
            if growing.push(chunk).await {
                return None;
            }
            self.leave_shelf().await;
            warning = Some(NotKept::RanOut);
        }
        if let Self::Memory { parts, len } = self {
            parts.push(chunk);
            *len += u64::from(chunk.length());
        }
        warning
    }

    /// Goes on in memory, after what is on the shelf.
    pub(super) async fn leave_shelf(&mut self) {
        let before = std::mem::replace(self, Self::memory());
        let Self::Kept {
            growing,
            shelf,
            shard,
        } = before
        else {
            *self = before;
            return;
        };
        let len = growing.len();
        // The file is closed here, so that it can be read.
        let pending = growing.into_pending();
        let parts = Array::new();
        if let Some(kept) = shelf.stored(shard).await {
            parts.push(kept.blob());
        }
        *self = Self::Memory {
            parts: parts.concat(&pending),
            len,
        };
    }

    /// The file as it is, and whether all of it is on the shelf.
    pub(super) async fn close(mut self) -> Result<(StoredFile, bool), ObtainError> {
        if let Self::Kept { growing, .. } = &mut self
            && !growing.flush().await
        {
            self.leave_shelf().await;
        }
        match self {
            Self::Kept {
                growing,
                shelf,
                shard,
            } => {
                drop(growing);
                let stored = shelf.stored(shard).await;
                let vanished = || ObtainError::Storage("the file vanished".to_owned());
                Ok((stored.ok_or_else(vanished)?, true))
            }
            Self::Memory { parts, .. } => Blob::new_with_blob_sequence(&parts)
                .map(|blob| (StoredFile::new(blob), false))
                .map_err(|thrown: JsValue| ObtainError::Storage(jserror::text(&thrown))),
        }
    }
}
