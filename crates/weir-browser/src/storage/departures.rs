//! The egress log: what left the device, call by call, with small pictures of the pictures.
//!
//! It is read from any page of the origin, with or without a worker.

use idb::{CursorDirection, KeyRange, Query, TransactionMode};
use wasm_bindgen::JsValue;
use weir_core::Departed;

use super::{
    StorageError,
    database::{Access, DEPARTURES, read},
};

/// The name of an entry, ascending with time and never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DepartureKey(u32);

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
    access.store.delete(Query::Key(JsValue::from(key)))?;
    access.commit().await
}

/// Forgets all entries.
///
/// # Errors
/// [`StorageError`]: they are still there.
pub async fn clear() -> Result<(), StorageError> {
    let access = Access::new(DEPARTURES, TransactionMode::ReadWrite).await?;
    access.store.clear()?;
    access.commit().await
}
