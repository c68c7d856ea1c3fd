//! Model files: fetched once, verified, and kept on the device. For the worker.
//!
//! A file lies in the origin's private file system (OPFS), in `weir/models`, with a second file
//! beside it that says it was verified. What was fetched before a break stays there and is gone on
//! from. Where there is no such file system, or no room in it, the rest is kept in memory: by the
//! browser, never in the module's own, which cannot shrink again.
//!
//! - [`obtain`], [`delete`]; [`StoredModel`] is read slice by slice.
//! - `shelf`: the directory. `sink`: where bytes go. `download`: where they come from.
//! - `head`: what a server's answer means. `rate`: how fast it is lately. `verify`: the hash.

mod download;
mod error;
mod head;
mod rate;
mod shelf;
mod sink;
mod stored;
mod verify;

use crate::{messages::ModelFile, timers};

use rate::Rate;
use shelf::{Shelf, Writing};
use sink::Sink;

pub use error::ObtainError;
pub use stored::{ReadError, StoredModel};

/// While another tab fetches the same file, its progress is looked at this often.
const LOOK_EVERY_MS: f64 = 1_000.0;

/// How far a model is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ObtainProgress {
    /// It is being fetched, here or by another tab.
    Downloading {
        /// Bytes that are here.
        bytes: u64,
        /// Bytes of the whole file, if anybody said so.
        total: Option<u64>,
        /// Bytes per second, lately.
        rate: f64,
    },
    /// It is compared with its SHA-256.
    Verifying {
        /// Bytes that were read.
        bytes: u64,
        /// Bytes of the whole file.
        total: u64,
    },
    /// A warning: it can be used, but not kept.
    NotKept(NotKept),
}

/// Why a model will have to be fetched again the next time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotKept {
    /// There is no room for it.
    #[error(
        "there is no room to keep the model, so it will be fetched again the next time; free some \
         disk space to keep it"
    )]
    Full,
    /// The browser keeps files for nobody, or not for this page.
    #[error(
        "this browser keeps no files for this page (a private window may be the reason), so the \
         model will be fetched again the next time"
    )]
    Unavailable,
}

/// Gives the model's file: the one that is kept, or else fetched and verified; `on` hears how far
/// it is. Dropping the future stops it; what was fetched is kept for the next time.
///
/// # Errors
/// [`ObtainError`]; its text says what to do.
pub async fn obtain(
    model: &ModelFile,
    on: &mut dyn FnMut(ObtainProgress),
) -> Result<StoredModel, ObtainError> {
    let Some(shelf) = Shelf::open(model).await else {
        on(ObtainProgress::NotKept(NotKept::Unavailable));
        return finish(model, None, Sink::memory(), on).await;
    };
    let mut rate = Rate::default();
    loop {
        if let Some(stored) = shelf.verified(model).await {
            return Ok(stored);
        }
        match shelf.write().await {
            Writing::Granted(file) => {
                return finish(model, Some(&shelf), Sink::disk(file), on).await;
            }
            Writing::Unavailable => {
                on(ObtainProgress::NotKept(NotKept::Unavailable));
                return finish(model, None, Sink::memory(), on).await;
            }
            // Another tab is at it.
            Writing::Taken { bytes } => {
                let now = timers::now_ms();
                rate.record(now, bytes);
                on(ObtainProgress::Downloading {
                    bytes,
                    total: model.bytes,
                    rate: rate.per_second(now),
                });
                timers::after(LOOK_EVERY_MS).await;
            }
        }
    }
}

/// Fetches what is missing and verifies the whole.
async fn finish(
    model: &ModelFile,
    shelf: Option<&Shelf>,
    mut sink: Sink,
    on: &mut dyn FnMut(ObtainProgress),
) -> Result<StoredModel, ObtainError> {
    download::fill(model, shelf, &mut sink, on).await?;
    let on_disk = sink.on_disk();
    let stored = sink.close(shelf).await?;
    let sha256 = verify::sha256(&stored, on).await?;
    if let Some(expected) = &model.sha256
        && !expected.eq_ignore_ascii_case(&sha256)
    {
        if let Some(shelf) = shelf {
            shelf.delete().await?;
        }
        return Err(ObtainError::WrongHash {
            expected: expected.to_lowercase(),
            found: sha256,
        });
    }
    if let Some(shelf) = shelf.filter(|_| on_disk) {
        shelf.mark_verified(stored.len(), &sha256).await;
    }
    Ok(stored)
}

/// Forgets a model that is kept. One that is not is no error.
///
/// # Errors
/// [`ObtainError::Storage`] if another tab is writing it.
pub async fn delete(model: &ModelFile) -> Result<(), ObtainError> {
    match Shelf::open(model).await {
        Some(shelf) => shelf.delete().await,
        None => Ok(()),
    }
}
