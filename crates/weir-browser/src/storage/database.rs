//! One database, opened for one transaction on one of its stores at a time.
//!
//! Nothing is kept open in between, so that no tab ever waits for another to close.

use idb::{
    Database, KeyRange, ObjectStore, Query, Transaction, TransactionMode, TransactionResult,
    builder::{DatabaseBuilder, ObjectStoreBuilder},
};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsValue;

use crate::wire;

const NAME: &str = "weir";
/// Counts the stores that were added; a database without one gets it when it is next opened.
const VERSION: u32 = 2;
/// Values by name.
const RECORDS: &str = "records";
/// The egress log: values numbered in the order in which they came.
pub(super) const DEPARTURES: &str = "departures";

/// Why something could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// Another tab is at the ledger and does not come to an end.
    #[error("another tab of Weir holds the ledger and does not let it go; close that tab")]
    Occupied,
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
    let access = Access::new(RECORDS, TransactionMode::ReadOnly).await?;
    let value = access.store.get(Query::Key(JsValue::from(key)))?.await?;
    value.map(read).transpose()
}

/// The record `key`, if there is one, and all whose keys begin with `prefix`, in the order of their
/// keys: as they are at one moment.
pub(super) async fn get_with<T, O>(
    key: &str,
    prefix: &str,
) -> Result<(Option<T>, Vec<O>), StorageError>
where
    T: DeserializeOwned,
    O: DeserializeOwned,
{
    let access = Access::new(RECORDS, TransactionMode::ReadOnly).await?;
    let last = format!("{prefix}\u{ffff}");
    let range = KeyRange::bound(&prefix.into(), &last.into(), None, None)?;
    let value = access.store.get(Query::Key(JsValue::from(key)))?.await?;
    let others = access.store.get_all(Some(Query::KeyRange(range)), None)?;
    let others = others.await?.into_iter().map(read);
    Ok((
        value.map(read).transpose()?,
        others.collect::<Result<_, _>>()?,
    ))
}

/// Reads the record `key`, lets `change` change it, and writes it, in one transaction: none of
/// another tab comes in between. If `change` gives a second record with its key, both are written
/// or neither. At first the record is the default.
pub(super) async fn change<T, R, O>(
    key: &str,
    change: impl FnOnce(&mut T) -> (R, Option<(String, O)>),
) -> Result<R, StorageError>
where
    T: Default + Serialize + DeserializeOwned,
    O: Serialize,
{
    let access = Access::new(RECORDS, TransactionMode::ReadWrite).await?;
    let value = access.store.get(Query::Key(JsValue::from(key)))?.await?;
    let mut record: T = value.map(read).transpose()?.unwrap_or_default();
    let (changed, other) = change(&mut record);
    let record = written(&record)?;
    if let Some((other_key, other)) = other {
        let put = access
            .store
            .put(&written(&other)?, Some(&other_key.into()))?;
        put.await?;
    }
    let put = access.store.put(&record, Some(&JsValue::from(key)))?;
    put.await?;
    access.commit().await?;
    Ok(changed)
}

/// Replaces the record `key`; when this returns, it is on its way to the disk.
pub(super) async fn put<T: Serialize>(key: &str, value: &T) -> Result<(), StorageError> {
    let value = written(value)?;
    let access = Access::new(RECORDS, TransactionMode::ReadWrite).await?;
    let put = access.store.put(&value, Some(&JsValue::from(key)))?;
    put.await?;
    access.commit().await
}

/// A value as it is stored.
pub(super) fn written(value: &impl Serialize) -> Result<JsValue, StorageError> {
    wire::to_js(value).map_err(|error| StorageError::Failed(error.to_string()))
}

/// What was stored.
pub(super) fn read<T: DeserializeOwned>(value: JsValue) -> Result<T, StorageError> {
    wire::from_js(value).map_err(|foreign| StorageError::Foreign(foreign.to_string()))
}

/// One transaction on one store.
pub(super) struct Access {
    pub(super) store: ObjectStore,
    transaction: Transaction,
    _open: Open,
}

impl Access {
    pub(super) async fn new(store: &str, mode: TransactionMode) -> Result<Self, StorageError> {
        let open = Open::new().await?;
        let transaction = open.0.transaction(&[store], mode)?;
        Ok(Self {
            store: transaction.object_store(store)?,
            transaction,
            _open: open,
        })
    }

    /// When this returns, what was written is on its way to the disk.
    pub(super) async fn commit(self) -> Result<(), StorageError> {
        match self.transaction.await? {
            TransactionResult::Committed => Ok(()),
            TransactionResult::Aborted => {
                Err(StorageError::Failed("it was not written".to_owned()))
            }
        }
    }
}

/// An open database; dropping it closes it.
struct Open(Database);

impl Open {
    async fn new() -> Result<Self, StorageError> {
        DatabaseBuilder::new(NAME)
            .version(VERSION)
            .add_object_store(ObjectStoreBuilder::new(RECORDS))
            .add_object_store(ObjectStoreBuilder::new(DEPARTURES).auto_increment(true))
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
