//! One database, opened once and kept open: opening takes longer than a transaction, and a cloud call
//! waits for it. It is let go when a newer Weir in another tab wants to add a store to it.

use std::cell::RefCell;

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
    /// Another tab added a store that this version does not know.
    #[error("a newer Weir was opened in another tab; reload this page to get it, too")]
    Newer,
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

/// What is written together with a record, or not at all.
#[derive(Debug, Default)]
pub(super) struct Along {
    /// Another record, and its key.
    pub(super) record: Option<(String, JsValue)>,
    /// A line for the egress log.
    pub(super) departure: Option<JsValue>,
}

/// Reads the record `key`, lets `change` change it, and writes it with what goes along, in one
/// transaction: none of another tab comes in between. At first the record is the default.
pub(super) async fn change<T, R>(
    key: &str,
    change: impl FnOnce(&mut T) -> Result<(R, Along), StorageError>,
) -> Result<R, StorageError>
where
    T: Default + Serialize + DeserializeOwned,
{
    let transaction = begin(&[RECORDS, DEPARTURES], TransactionMode::ReadWrite).await?;
    let records = transaction.object_store(RECORDS)?;
    let value = records.get(Query::Key(JsValue::from(key)))?.await?;
    let mut record: T = value.map(read).transpose()?.unwrap_or_default();
    let (changed, along) = change(&mut record)?;
    let record = written(&record)?;
    let put = || {
        records.put(&record, Some(&JsValue::from(key)))?;
        if let Some((other_key, other)) = &along.record {
            records.put(other, Some(&other_key.into()))?;
        }
        if let Some(departure) = &along.departure {
            transaction.object_store(DEPARTURES)?.add(departure, None)?;
        }
        Ok(())
    };
    if let Err(error) = put() {
        // Left alone, it would write what was put already.
        transaction.abort()?;
        return Err(error);
    }
    commit(transaction).await?;
    Ok(changed)
}

/// Replaces the record `key`; when this returns, it is on its way to the disk.
pub(super) async fn put<T: Serialize>(key: &str, value: &T) -> Result<(), StorageError> {
    let value = written(value)?;
    let access = Access::new(RECORDS, TransactionMode::ReadWrite).await?;
    access.store.put(&value, Some(&JsValue::from(key)))?;
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
}

impl Access {
    pub(super) async fn new(store: &str, mode: TransactionMode) -> Result<Self, StorageError> {
        let transaction = begin(&[store], mode).await?;
        Ok(Self {
            store: transaction.object_store(store)?,
            transaction,
        })
    }

    /// When this returns, what was written is on its way to the disk.
    pub(super) async fn commit(self) -> Result<(), StorageError> {
        commit(self.transaction).await
    }
}

/// Ends a transaction, without waiting for its requests one by one: where one of them fails, all do.
async fn commit(transaction: Transaction) -> Result<(), StorageError> {
    match transaction.commit()?.await? {
        TransactionResult::Committed => Ok(()),
        TransactionResult::Aborted => Err(StorageError::Failed("it was not written".to_owned())),
    }
}

thread_local! {
    static OPEN: RefCell<Option<Database>> = const { RefCell::new(None) };
}

async fn begin(stores: &[&str], mode: TransactionMode) -> Result<Transaction, StorageError> {
    let kept = OPEN.with_borrow(|open| open.as_ref()?.transaction(stores, mode).ok());
    match kept {
        Some(transaction) => Ok(transaction),
        None => {
            let opened = open().await?;
            let transaction = opened.transaction(stores, mode)?;
            keep(Some(opened));
            Ok(transaction)
        }
    }
}

async fn open() -> Result<Database, StorageError> {
    let opening = DatabaseBuilder::new(NAME)
        .version(VERSION)
        .add_object_store(ObjectStoreBuilder::new(RECORDS))
        .add_object_store(ObjectStoreBuilder::new(DEPARTURES).auto_increment(true))
        .build();
    let mut opened = opening.await.map_err(|error| match error {
        idb::Error::DomException(why) if why.name() == "VersionError" => StorageError::Newer,
        error => StorageError::Unavailable(error.to_string()),
    })?;
    opened.on_version_change(|_| keep(None));
    opened.on_close(|_| keep(None));
    Ok(opened)
}

/// Keeps `database` in place of the one that is open, which closes once its transactions are over.
fn keep(database: Option<Database>) {
    if let Some(before) = OPEN.replace(database) {
        before.close();
    }
}

impl From<idb::Error> for StorageError {
    fn from(error: idb::Error) -> Self {
        Self::Failed(error.to_string())
    }
}
