//! Where the bytes of a model file come from.
//!
//! A model is read piece by piece: the header first, then one tensor at a time. On a native target
//! the pieces come from a file, in the browser from slices of a `Blob`, which are only readable
//! asynchronously. Both look the same from here.

mod ahead;

pub(crate) use ahead::Ahead;

/// A file of known length that can be read at any place.
pub trait ByteSource {
    /// The length of the whole file in bytes.
    fn len(&self) -> u64;

    /// Whether the file holds no byte at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads exactly `len` bytes that start at `offset`.
    ///
    /// # Errors
    /// [`SourceError::OutOfRange`] if the range leaves the file, [`SourceError::Failed`] if the
    /// platform could not read it.
    fn read(&self, offset: u64, len: usize) -> impl Future<Output = Result<Vec<u8>, SourceError>>;
}

/// Why bytes could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
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
    /// The platform refused; its own words.
    #[error("the file could not be read: {0}")]
    Failed(String),
}

/// Where `len` bytes from `offset` on end, in a file of `size` bytes.
fn end_within(size: u64, offset: u64, len: usize) -> Result<u64, SourceError> {
    let end = offset.checked_add(len as u64).filter(|&end| end <= size);
    end.ok_or(SourceError::OutOfRange { offset, len, size })
}

impl ByteSource for [u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Vec<u8>, SourceError> {
        usize::try_from(offset)
            .ok()
            .and_then(|start| self.get(start..start.checked_add(len)?))
            .map(<[u8]>::to_vec)
            .ok_or(SourceError::OutOfRange {
                offset,
                len,
                size: ByteSource::len(self),
            })
    }
}

impl ByteSource for Vec<u8> {
    fn len(&self) -> u64 {
        ByteSource::len(self.as_slice())
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Self, SourceError> {
        self.as_slice().read(offset, len).await
    }
}

impl<S: ByteSource + ?Sized> ByteSource for &S {
    fn len(&self) -> u64 {
        (**self).len()
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Vec<u8>, SourceError> {
        (**self).read(offset, len).await
    }
}

/// Files that follow on each other, read as one: a large model may be split over several.
#[derive(Debug, Clone)]
pub struct Parts<S>(Vec<S>);

impl<S: ByteSource> Parts<S> {
    /// `parts` in their order.
    #[must_use]
    pub const fn new(parts: Vec<S>) -> Self {
        Self(parts)
    }

    /// Each file, and where its first byte lies in the whole.
    pub fn placed(&self) -> impl ExactSizeIterator<Item = (u64, &S)> {
        let mut end = 0_u64;
        self.0.iter().map(move |part| {
            let start = end;
            end = end.saturating_add(part.len());
            (start, part)
        })
    }
}

impl<S: ByteSource> ByteSource for Parts<S> {
    fn len(&self) -> u64 {
        let lengths = self.0.iter().map(ByteSource::len);
        lengths.fold(0, u64::saturating_add)
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Vec<u8>, SourceError> {
        let end = end_within(ByteSource::len(self), offset, len)?;
        let mut bytes = Vec::new();
        for (start, part) in self.placed() {
            let from = offset.max(start);
            let to = end.min(start.saturating_add(part.len()));
            if from < to {
                bytes.extend(part.read(from - start, (to - from) as usize).await?);
            }
        }
        Ok(bytes)
    }
}

#[cfg(not(target_family = "wasm"))]
pub use native::FileSource;

#[cfg(not(target_family = "wasm"))]
mod native {
    use super::{ByteSource, SourceError, end_within};
    use std::fs::File;
    use std::io::{Read, Seek, SeekFrom};
    use std::path::Path;
    use std::sync::{Mutex, PoisonError};

    /// A file on disk.
    #[derive(Debug)]
    pub struct FileSource {
        file: Mutex<File>,
        len: u64,
    }

    impl FileSource {
        /// Opens `path` for reading.
        ///
        /// # Errors
        /// [`SourceError::Failed`] with the path and the system's reason.
        pub fn open(path: impl AsRef<Path>) -> Result<Self, SourceError> {
            let path = path.as_ref();
            let failed =
                |error: std::io::Error| SourceError::Failed(format!("{}: {error}", path.display()));
            let file = File::open(path).map_err(failed)?;
            let len = file.metadata().map_err(failed)?.len();
            Ok(Self {
                file: Mutex::new(file),
                len,
            })
        }
    }

    impl ByteSource for FileSource {
        fn len(&self) -> u64 {
            self.len
        }

        async fn read(&self, offset: u64, len: usize) -> Result<Vec<u8>, SourceError> {
            end_within(self.len, offset, len)?;
            let mut bytes = vec![0; len];
            // A poisoned lock only means that another read panicked; the cursor is set anew anyway.
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(offset))
                .and_then(|_| file.read_exact(&mut bytes))
                .map_err(|error| SourceError::Failed(error.to_string()))?;
            Ok(bytes)
        }
    }
}
