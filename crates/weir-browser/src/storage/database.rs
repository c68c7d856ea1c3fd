//! One database with one store of records, opened for one transaction at a time.
//!
//! Nothing is kept open in between, so that no tab ever waits for another to close.

use idb::{
    Database, Query, TransactionMode, TransactionResult,
    builder::{DatabaseBuilder, ObjectStoreBuilder},
};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsValue;

use crate::wire;

const NAME: &str = "weir";
const VERSION: u32 = 1;
const RECORDS: &str = "records";

/// Why something could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// Another tab writes the dialogue.
    #[error(
        "Weir is open in another tab, and only one can keep the dialogue. Close that tab, then \
         reload this page"
    )]
    OtherTab,
    /// The browser has none, or keeps it from this page.
    #[error("this browser gives the page no storage ({0}); a private window may be the reason")]
    Unavailable(String),
    /// It is there, but does not do what it should.
    #[error("the browser's storage failed ({0}); free some disk space and reload the page")]
    Failed(String),
    /// What is stored was written by another version.
    #[error("what is stored was written by another version of Weir ({0}); start a new dialogue")]
    Foreign(String),
}

/// The record `key`, if there is one.
pub(super) async fn get<T: DeserializeOwned>(key: &str) -> Result<Option<T>, StorageError> {
    let database = Open::new().await?;
    let transaction = database
        .0
        .transaction(&[RECORDS], TransactionMode::ReadOnly)?;
    let records = transaction.object_store(RECORDS)?;
    let value = records.get(Query::Key(JsValue::from(key)))?.await?;
    value
        .map(wire::from_js)
        .transpose()
        .map_err(|foreign| StorageError::Foreign(foreign.to_string()))
}

/// Replaces the record `key`; when this returns, it is on its way to the disk.
pub(super) async fn put<T: Serialize>(key: &str, value: &T) -> Result<(), StorageError> {
    let value = wire::to_js(value).map_err(|error| StorageError::Failed(error.to_string()))?;
    let database = Open::new().await?;
    let transaction = database
        .0
        .transaction(&[RECORDS], TransactionMode::ReadWrite)?;
    transaction
        .object_store(RECORDS)?
        .put(&value, Some(&JsValue::from(key)))?
        .await?;
    match transaction.await? {
        TransactionResult::Committed => Ok(()),
        TransactionResult::Aborted => Err(StorageError::Failed("it was not written".to_owned())),
    }
}

/// An open database; dropping it closes it.
struct Open(Database);

impl Open {
    async fn new() -> Result<Self, StorageError> {
        DatabaseBuilder::new(NAME)
            .version(VERSION)
            .add_object_store(ObjectStoreBuilder::new(RECORDS))
            .build()
            .await
            .map(Self)
            .map_err(|error| StorageError::Unavailable(error.to_string()))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl From<idb::Error> for StorageError {
    fn from(error: idb::Error) -> Self {
        Self::Failed(error.to_string())
    }
}
