//! The dialogue and its ledger, kept in IndexedDB.
//!
//! Both are one record, written in one transaction: a turn and its charge are never remembered
//! apart. One tab writes at a time; it holds a Web Lock from the moment it reads the ledger, so that
//! two tabs can never spend the same budget twice. Beside them lie the [`Speeds`] of the devices.

mod database;
mod speeds;

use std::{cell::RefCell, rc::Rc};

use serde::Deserialize;
use weir_core::Turn;
use weir_engine::{Saved, Store, StoreError};

pub use database::StorageError;
pub use speeds::{Speeds, SpeedsKey};

use crate::locks::{self, Held};

/// Key of the one record.
const DIALOGUE: &str = "dialogue";
/// The lock of the tab that writes it.
const WRITER: &str = "weir:v1:dialogue";
/// How long a page that was just closed, or a worker that was just ended, may hold the lock still.
const PATIENCE_MS: f64 = 3_000.0;

/// As much of [`Saved`] as can be shown: a page that read the ledger, too, would carry the code for it.
#[derive(Deserialize)]
struct Shown {
    turns: Vec<Turn>,
}

/// The turns that were stored, for showing them before the worker is there.
///
/// # Errors
/// [`StorageError`].
pub async fn stored_dialogue() -> Result<Vec<Turn>, StorageError> {
    let saved: Option<Shown> = database::get(DIALOGUE).await?;
    Ok(saved.map_or_else(Vec::new, |saved| saved.turns))
}

/// The engine's store. Clones share the lock.
#[derive(Clone, Debug, Default)]
pub struct IndexedStore {
    writer: Rc<RefCell<Option<Held>>>,
}

impl IndexedStore {
    fn writes(&self) -> bool {
        self.writer.borrow().is_some()
    }
}

impl Store for IndexedStore {
    /// Also becomes the one writer. Without that, what was read could change behind its back, so
    /// [`Store::save`] refuses until a load succeeded.
    async fn load(&self) -> Result<Option<Saved>, StoreError> {
        if !self.writes() {
            let held = locks::hold(WRITER, PATIENCE_MS).await;
            self.writer.replace(held);
        }
        if !self.writes() {
            return Err(StorageError::OtherTab.into());
        }
        Ok(database::get(DIALOGUE).await?)
    }

    async fn save(&self, saved: &Saved) -> Result<(), StoreError> {
        if !self.writes() {
            return Err(StorageError::OtherTab.into());
        }
        Ok(database::put(DIALOGUE, saved).await?)
    }
}

impl From<StorageError> for StoreError {
    fn from(error: StorageError) -> Self {
        Self(error.to_string())
    }
}
