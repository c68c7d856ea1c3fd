//! The egress log: what left the device, call by call, with small pictures of the pictures.
//!
//! It is read from any page of the origin, with or without a worker.

use idb::{CursorDirection, KeyRange, Query, TransactionMode};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use weir_core::{Modality, Moment, Reservation, Speaker};

use super::{
    StorageError,
    database::{Access, DEPARTURES, read, written},
};

/// One call that left the device, or was given leave to a moment before it failed to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Departed {
    /// What the clock showed.
    pub at: Moment,
    /// Who was called: host, with its port if it has one.
    pub host: String,
    /// The model that was asked.
    pub model: String,
    /// The text, message by message, as it was sent.
    pub messages: Vec<(Speaker, String)>,
    /// What went along.
    pub uploads: Vec<DepartedUpload>,
    /// Length of the request's body.
    pub bytes: u64,
    /// The number of the ledger's line that says what it cost.
    pub reservation: Reservation,
}

/// An attachment that left the device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DepartedUpload {
    /// What it was.
    pub modality: Modality,
    /// Its media type.
    pub mime: String,
    /// Its length.
    pub bytes: u64,
    /// Length of a clip in seconds; 0 for a picture.
    pub seconds: f32,
    /// A picture made small, as an address that holds all of it (`data:`); `None` for a clip.
    pub thumbnail: Option<String>,
}

/// The name of an entry, ascending with time and never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DepartureKey(u32);

/// Adds an entry; when this returns, it is on its way to the disk.
///
/// # Errors
/// [`StorageError`]: it is not in the log.
pub async fn append(departed: &Departed) -> Result<(), StorageError> {
    let value = written(departed)?;
    let access = Access::new(DEPARTURES, TransactionMode::ReadWrite).await?;
    access.store.add(&value, None)?.await?;
    access.commit().await
}

/// The newest `count` entries, or the newest that are older than `before`; newest first.
///
/// # Errors
/// [`StorageError`].
pub async fn list(
    before: Option<DepartureKey>,
    count: usize,
) -> Result<Vec<(DepartureKey, Departed)>, StorageError> {
    let access = Access::new(DEPARTURES, TransactionMode::ReadOnly).await?;
    let older = before
        .map(|DepartureKey(key)| KeyRange::upper_bound(&JsValue::from(key), Some(true)))
        .transpose()?;
    let newest_first = Some(CursorDirection::Prev);
    let cursor = access
        .store
        .open_cursor(older.map(Query::KeyRange), newest_first)?;
    let mut entries = Vec::new();
    let mut cursor = cursor.await?;
    while let Some(here) = cursor {
        if entries.len() == count {
            break;
        }
        let key = here.key()?.as_f64().unwrap_or_default() as u32;
        entries.push((DepartureKey(key), read(here.value()?)?));
        cursor = here.next(None)?.await?;
    }
    Ok(entries)
}

/// Forgets one entry.
///
/// # Errors
/// [`StorageError`]: it is still there.
pub async fn delete(DepartureKey(key): DepartureKey) -> Result<(), StorageError> {
    let access = Access::new(DEPARTURES, TransactionMode::ReadWrite).await?;
    let delete = access.store.delete(Query::Key(JsValue::from(key)))?;
    delete.await?;
    access.commit().await
}

/// Forgets all entries.
///
/// # Errors
/// [`StorageError`]: they are still there.
pub async fn clear() -> Result<(), StorageError> {
    let access = Access::new(DEPARTURES, TransactionMode::ReadWrite).await?;
    access.store.clear()?.await?;
    access.commit().await
}
