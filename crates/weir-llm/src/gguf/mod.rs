//! GGUF: the file format of the model.
//!
//! A file is a header (key-value metadata and a table of tensors) followed by the tensors' bytes.
//! Only the header is read here, in chunks; the model fetches each tensor by its
//! [offset](TensorInfo::offset) when it needs it. No length in the file is trusted: nothing is
//! allocated before the bytes that fill it have been read, and every tensor lies inside the file.
//!
//! Format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.

mod build;
mod error;
mod header;
mod kind;
mod split;
mod tensor;
mod value;

pub use build::GgufBuilder;
pub use error::GgufError;
pub use header::HEADER_LIMIT;
pub use tensor::{GgmlType, TensorInfo};
pub use value::{Array, FromValue, Metadata, Value};

use crate::source::{ByteSource, Parts};

/// The header of a GGUF file.
#[derive(Debug, Clone, PartialEq)]
pub struct Gguf {
    /// Version of the format: 2 or 3.
    pub version: u32,
    /// Everything the file says about its model.
    pub metadata: Metadata,
    /// Sorted by name, which is unique.
    tensors: Vec<TensorInfo>,
}

impl Gguf {
    /// Reads and checks the header of `source`; the tensors' bytes are left where they are.
    ///
    /// # Errors
    /// [`GgufError`] says what is wrong with the file.
    pub async fn read(source: &impl ByteSource) -> Result<Self, GgufError> {
        split::read([(0, source)].into_iter()).await
    }

    /// Reads and checks the headers of a model that is split over several files. The tensors' offsets
    /// count from the start of the first file.
    ///
    /// # Errors
    /// [`GgufError`] says what is wrong with a file, or which one is missing.
    pub async fn read_parts<S: ByteSource>(parts: &Parts<S>) -> Result<Self, GgufError> {
        split::read(parts.placed()).await
    }

    /// All tensors, in the order of their names.
    #[must_use]
    pub fn tensors(&self) -> &[TensorInfo] {
        &self.tensors
    }

    /// Numbers in all tensors: the size of the model, however they are stored.
    #[must_use]
    pub fn parameters(&self) -> u64 {
        let sizes = self.tensors.iter().map(|tensor| {
            let axes = tensor.shape.iter();
            axes.fold(1_u64, |size, axis| size.saturating_mul(*axis))
        });
        sizes.fold(0, u64::saturating_add)
    }

    /// How most of its bytes are stored: what the file is usually called by.
    #[must_use]
    pub fn quantisation(&self) -> Option<GgmlType> {
        GgmlType::ALL.into_iter().max_by_key(|ty| {
            let stored_so = self.tensors.iter().filter(|tensor| tensor.ty == *ty);
            stored_so.map(|tensor| tensor.bytes).sum::<u64>()
        })
    }

    /// The tensor `name`, if the file has it.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&TensorInfo> {
        let at = self
            .tensors
            .binary_search_by(|tensor| tensor.name.as_str().cmp(name))
            .ok()?;
        self.tensors.get(at)
    }

    /// The tensor `name`.
    ///
    /// # Errors
    /// [`GgufError::MissingTensor`].
    pub fn tensor(&self, name: &str) -> Result<&TensorInfo, GgufError> {
        self.find(name)
            .ok_or_else(|| GgufError::MissingTensor(name.to_owned()))
    }
}
