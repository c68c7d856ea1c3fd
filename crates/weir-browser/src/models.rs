//! Model files: fetched once, verified, and kept on the device. For the worker.
//!
//! A model is one file or several. Each lies on a shelf, with a mark beside it that says it was
//! verified. What was fetched before a break stays there and is gone on from. The shelf is the
//! origin's private file system (OPFS), or the Cache API where no file can be written. Where there is
//! neither, or no room, the rest is kept in memory: by the browser, never in the module's own, which
//! cannot shrink again. A file that the user picked is read where it is.
//!
//! - [`obtain`], [`delete`], [`kept`]; a [`StoredFile`] is read slice by slice.
//! - [`peek`](peek()): the head of each file, before anything is fetched.
//! - `shelf`: what is kept, in a `directory` or in `pieces`. `sink`: where bytes go. `supply`: where
//!   they come from; `download` joins the two. [`room`]: how much there is.
//! - `head`: what a server's answer means. `rate`: how fast it is lately. `verify`: the hash.

mod directory;
mod download;
mod error;
mod head;
mod peek;
mod pieces;
mod rate;
pub mod room;
mod shelf;
mod sink;
mod stored;
mod supply;
mod verify;

use web_sys::File;

use crate::{
    messages::{KeptModel, ModelFile, Shard},
    size::Size,
    timers,
};

use rate::Rate;
use shelf::{Shelf, Writing};
use sink::Sink;

pub use error::ObtainError;
pub use peek::Peek;
pub use stored::{ReadError, StoredFile};

/// While another tab fetches the same file, its progress is looked at this often.
const LOOK_EVERY_MS: f64 = 1_000.0;
/// When nothing came for so long, nothing will.
const STALLED_SECONDS: u32 = 30;

/// How far a model is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ObtainProgress {
    /// It is being fetched, here or by another tab.
    Downloading {
        /// Bytes that are here.
        bytes: u64,
        /// Bytes of the whole model, if anybody said so.
        total: Option<u64>,
        /// Bytes per second, lately.
        rate: f64,
    },
    /// It is compared with its SHA-256.
    Verifying {
        /// Bytes that were read.
        bytes: u64,
        /// Bytes of the file that is being read.
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
        "the browser has {} too little room to keep the model, so it will be fetched again the next \
         time; free some disk space, or delete another model in the settings",
        Size(*missing)
    )]
    Full {
        /// Bytes that are missing.
        missing: u64,
    },
    /// There was less room than the browser said.
    #[error(
        "there was no room to keep all of the model, so the rest will be fetched again the next \
         time; free some disk space to keep it"
    )]
    RanOut,
    /// The browser keeps files for nobody, or not for this page.
    #[error(
        "this browser keeps no files for this page (a private window may be the reason), so the \
         model will be fetched again the next time"
    )]
    Unavailable,
}

/// Gives the files of a model: those that are kept, or else fetched and verified; `on` hears how far
/// they are. `picked` are those that the user picked from the device; they are copied only if they
/// are to be kept. Dropping the future stops it; what was fetched to be kept stays for the next time.
///
/// # Errors
/// [`ObtainError`]; its text says what to do.
pub async fn obtain(
    model: &ModelFile,
    picked: &[File],
    keep: bool,
    on: &mut dyn FnMut(ObtainProgress),
) -> Result<Vec<StoredFile>, ObtainError> {
    if !keep && !picked.is_empty() {
        return Ok(picked.iter().map(StoredFile::picked).collect());
    }
    let shelf = Shelf::open().await;
    let mut progress = Progress {
        before: 0,
        total: model.bytes(),
        of_many: model.shards.len() > 1,
        on,
    };
    let mut room = match &shelf {
        Some(shelf) => Room::measured(shelf, model).await,
        None => Room::Unavailable,
    };
    if !keep {
        room = Room::Unwanted;
    }
    room.warn(&mut progress);
    if let (Some(shelf), Room::Enough) = (&shelf, room) {
        shelf.label(model).await;
    }
    let mut files = Vec::with_capacity(model.shards.len());
    for (index, shard) in model.shards.iter().enumerate() {
        let shelf = shelf.as_ref();
        let file = one(shard, picked.get(index), shelf, room, &mut progress).await?;
        progress.before += file.len();
        files.push(file);
    }
    Ok(files)
}

/// Whether what is fetched will be kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Room {
    Enough,
    Missing(u64),
    Unavailable,
    Unwanted,
}

impl Room {
    /// Compares what is missing of `model` with the browser's own estimate.
    async fn measured(shelf: &Shelf, model: &ModelFile) -> Self {
        let mut needed = 0;
        for shard in &model.shards {
            let stored = shelf.stored(shard).await.map_or(0, |stored| stored.len());
            needed += shard.bytes.unwrap_or(0).saturating_sub(stored);
        }
        match room::free().await {
            Some(free) if free < needed => Self::Missing(needed - free),
            _ => Self::Enough,
        }
    }

    fn warn(self, progress: &mut Progress<'_>) {
        match self {
            Self::Enough | Self::Unwanted => {}
            Self::Missing(missing) => progress.not_kept(NotKept::Full { missing }),
            Self::Unavailable => progress.not_kept(NotKept::Unavailable),
        }
    }
}

/// Gives one file of a model.
async fn one(
    shard: &Shard,
    picked: Option<&File>,
    shelf: Option<&Shelf>,
    room: Room,
    progress: &mut Progress<'_>,
) -> Result<StoredFile, ObtainError> {
    let Some(shelf) = shelf else {
        return finish(shard, picked, None, Sink::memory(), progress).await;
    };
    let mut rate = Rate::default();
    loop {
        if let Some(stored) = shelf.verified(shard).await {
            return Ok(stored);
        }
        if room == Room::Unwanted {
            return finish(shard, picked, None, Sink::memory(), progress).await;
        }
        match shelf.write(shard).await {
            Writing::Granted(growing) => {
                let mut sink = Sink::Kept {
                    growing,
                    shelf,
                    shard,
                };
                if room != Room::Enough {
                    sink.leave_shelf().await;
                }
                return finish(shard, picked, Some(shelf), sink, progress).await;
            }
            Writing::Unavailable => {
                progress.not_kept(NotKept::Unavailable);
                return finish(shard, picked, None, Sink::memory(), progress).await;
            }
            // Another tab is at it.
            Writing::Taken { bytes } => {
                let now = timers::now_ms();
                rate.record(now, bytes);
                progress.downloading(bytes, shard.bytes, rate.per_second(now));
                timers::after(LOOK_EVERY_MS).await;
            }
        }
    }
}

/// Fetches what is missing of a file and verifies the whole.
async fn finish(
    shard: &Shard,
    picked: Option<&File>,
    shelf: Option<&Shelf>,
    mut sink: Sink<'_>,
    progress: &mut Progress<'_>,
) -> Result<StoredFile, ObtainError> {
    download::fill(shard, picked, &mut sink, progress).await?;
    let (stored, is_kept) = sink.close().await?;
    let sha256 = verify::sha256(&stored, progress.on).await?;
    if let Some(expected) = &shard.sha256
        && !expected.eq_ignore_ascii_case(&sha256)
    {
        if let Some(shelf) = shelf {
            shelf.forget(shard).await?;
        }
        return Err(ObtainError::WrongHash {
            expected: expected.to_lowercase(),
            found: sha256,
        });
    }
    if let Some(shelf) = shelf.filter(|_| is_kept) {
        shelf.mark_verified(shard, stored.len(), &sha256).await;
    }
    Ok(stored)
}

/// Tells of one file as a part of the whole model.
struct Progress<'a> {
    /// Bytes of the files that are done.
    before: u64,
    /// Bytes of all files, if listed.
    total: Option<u64>,
    of_many: bool,
    on: &'a mut dyn FnMut(ObtainProgress),
}

impl Progress<'_> {
    fn downloading(&mut self, bytes: u64, of_this: Option<u64>, rate: f64) {
        let total = if self.of_many { self.total } else { of_this };
        let bytes = self.before + bytes;
        (self.on)(ObtainProgress::Downloading { bytes, total, rate });
    }

    fn not_kept(&mut self, why: NotKept) {
        (self.on)(ObtainProgress::NotKept(why));
    }

    fn cut(&self, bytes: u64) -> ObtainError {
        ObtainError::Cut {
            got: self.before + bytes,
        }
    }
}

/// The files of a model, to read their heads: no more is fetched than is read.
///
/// # Errors
/// [`ObtainError`]; its text says what to do.
pub async fn peek(model: &ModelFile, picked: &[File]) -> Result<Vec<Peek>, ObtainError> {
    let shelf = Shelf::open().await;
    let mut files = Vec::with_capacity(model.shards.len());
    for (index, shard) in model.shards.iter().enumerate() {
        if let Some(file) = picked.get(index) {
            files.push(Peek::from(StoredFile::picked(file)));
            continue;
        }
        let kept = match &shelf {
            Some(shelf) => shelf.verified(shard).await,
            None => None,
        };
        files.push(match kept {
            Some(kept) => Peek::from(kept),
            None => match supply::open(shard, None, 0).await? {
                Some(supply) => Peek::coming(supply, shard.bytes)?,
                None => return Err(ObtainError::UnknownSize),
            },
        });
    }
    Ok(files)
}

/// Every model of which something is kept in this browser.
pub async fn kept() -> Vec<KeptModel> {
    match Shelf::open().await {
        Some(shelf) => shelf.list().await,
        None => Vec::new(),
    }
}

/// Whether all of a model is kept and verified.
pub async fn is_kept(model: &ModelFile) -> bool {
    let Some(shelf) = Shelf::open().await else {
        return false;
    };
    for shard in &model.shards {
        if shelf.verified(shard).await.is_none() {
            return false;
        }
    }
    true
}

/// Forgets a model that is kept. One that is not is no error.
///
/// # Errors
/// [`ObtainError::Storage`] if another tab is writing it.
pub async fn delete(model: &ModelFile) -> Result<(), ObtainError> {
    match Shelf::open().await {
        Some(shelf) => shelf.delete(model).await,
        None => Ok(()),
    }
}
