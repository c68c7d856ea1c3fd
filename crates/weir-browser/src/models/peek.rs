//! The head of a file, wherever the file is.

use futures::{
    StreamExt,
    future::{Either, select},
    lock::Mutex,
};
use js_sys::Uint8Array;

use super::{ObtainError, ReadError, STALLED_SECONDS, StoredFile, supply::Supply};
use crate::timers;

/// A file of which no more is fetched than is read. It is for reading from the front: whatever lies
/// before what was asked for is fetched too.
#[derive(Debug)]
pub struct Peek(Place);

#[derive(Debug)]
enum Place {
    Here(StoredFile),
    Coming { total: u64, coming: Mutex<Coming> },
}

/// The beginning of a file, growing.
#[derive(Debug)]
struct Coming {
    supply: Supply,
    /// Outside the module's own memory.
    chunks: Vec<Uint8Array>,
    len: u64,
}

impl From<StoredFile> for Peek {
    /// A file that is here, all of which can be seen.
    fn from(file: StoredFile) -> Self {
        Self(Place::Here(file))
    }
}

impl Peek {
    /// What `supply` brings; it begins at the first byte. A server must say how long the file is.
    pub(super) fn coming(supply: Supply, listed: Option<u64>) -> Result<Self, ObtainError> {
        let total = supply.total.or(listed).ok_or(ObtainError::UnknownSize)?;
        let coming = Mutex::new(Coming {
            supply,
            chunks: Vec::new(),
            len: 0,
        });
        Ok(Self(Place::Coming { total, coming }))
    }

    /// Length of the whole file in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        match &self.0 {
            Place::Here(file) => file.len(),
            Place::Coming { total, .. } => *total,
        }
    }

    /// Whether the file holds no byte at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads exactly `len` bytes that start at `offset`.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn read(&self, offset: u64, len: usize) -> Result<Vec<u8>, ReadError> {
        let (total, coming) = match &self.0 {
            Place::Here(file) => return file.read(offset, len).await,
            Place::Coming { total, coming } => (*total, coming),
        };
        let size = total;
        let end = offset
            .checked_add(len as u64)
            .filter(|end| *end <= size)
            .ok_or(ReadError::OutOfRange { offset, len, size })?;
        let mut coming = coming.lock().await;
        while coming.len < end {
            coming.grow().await?;
        }
        Ok(coming.copy(offset, len))
    }
}

impl Coming {
    async fn grow(&mut self) -> Result<(), ReadError> {
        let patience = timers::after(f64::from(STALLED_SECONDS) * 1_000.0);
        let Either::Left((Some(Ok(chunk)), _)) = select(self.supply.chunks.next(), patience).await
        else {
            return Err(ReadError::Cut { got: self.len });
        };
        self.len += u64::from(chunk.length());
        self.chunks.push(chunk);
        Ok(())
    }

    /// Bytes that are here.
    fn copy(&self, offset: u64, len: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(len);
        let mut start = 0;
        for chunk in &self.chunks {
            let end = start + u64::from(chunk.length());
            let (from, to) = (offset.max(start), (offset + len as u64).min(end));
            if from < to {
                let part = chunk.subarray((from - start) as u32, (to - start) as u32);
                bytes.extend(part.to_vec());
            }
            start = end;
        }
        bytes
    }
}
