//! A model's file, to be read.

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File};

use crate::jserror;

/// A model's file, on disk or in the browser's memory. Reading never blocks, and any number of tabs
/// may read the same file.
#[derive(Clone, Debug)]
pub struct StoredFile(Blob);

/// Why a part of it could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The range does not lie inside the file.
    #[error("bytes {offset} to {offset}+{len} were asked of a file of {size} bytes")]
    OutOfRange {
        /// First byte asked for.
        offset: u64,
        /// How many bytes were asked for.
        len: usize,
        /// Length of the file.
        size: u64,
    },
    /// It broke off on its way.
    #[error("the download broke off at {got} bytes; try again")]
    Cut {
        /// Bytes that are here.
        got: u64,
    },
    /// The browser refused: the file was deleted or changed meanwhile.
    #[error("the model's file cannot be read any more ({0}); reload the page to fetch it again")]
    Failed(String),
}

impl StoredFile {
    pub(super) const fn new(blob: Blob) -> Self {
        Self(blob)
    }

    /// A file that the user picked, read where it is.
    pub(super) fn picked(file: &File) -> Self {
        Self::new(Blob::clone(file))
    }

    pub(super) const fn blob(&self) -> &Blob {
        &self.0
    }

    /// Its length in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.0.size() as u64
    }

    /// Whether it holds no byte at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads exactly `len` bytes that start at `offset`.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn read(&self, offset: u64, len: usize) -> Result<Vec<u8>, ReadError> {
        let size = self.len();
        let end = offset
            .checked_add(len as u64)
            .filter(|end| *end <= size)
            .ok_or(ReadError::OutOfRange { offset, len, size })?;
        // Places in a file are far below 2⁵³, where `f64` is exact.
        let slice = self
            .0
            .slice_with_f64_and_f64(offset as f64, end as f64)
            .map_err(failed)?;
        let buffer = JsFuture::from(slice.array_buffer()).await.map_err(failed)?;
        Ok(Uint8Array::new(&buffer).to_vec())
    }
}

fn failed(thrown: JsValue) -> ReadError {
    ReadError::Failed(jserror::text(&thrown))
}
