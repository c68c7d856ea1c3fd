//! The dialogue and the ledger, kept in IndexedDB.
//!
//! Both are one record, written in one transaction: a turn and its charge are never remembered
//! apart. All tabs of an origin share the ledger; each change reads and writes it under a short Web
//! Lock. The dialogue is kept for one of them, which holds a lock while it lives; another has a
//! dialogue of its own, which nobody keeps. Every tab holds a lock named after its dialogue as well:
//! where nobody holds it any more, the calls of that dialogue are not running any more.
//!
//! Old entries of the ledger move to records of their own, so that what is written with each turn stays
//! small. Beside all that lie the [`Speeds`] of the devices, what past turns taught
//! ([`IndexedLessons`]), and, in a store of its own, the egress log ([`departures`]).

pub mod departures;

mod database;
mod lessons;
mod speeds;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use serde::Deserialize;
use weir_core::{Departed, Entry, Ledger, Turn};
use weir_engine::{Saved, Store, StoreError, Tab};

pub use database::StorageError;
use database::{Along, written};
pub use lessons::IndexedLessons;
pub use speeds::{Speeds, SpeedsKey};

use crate::{
    locks::{self, Held},
    timers,
};

/// Key of the one record.
const DIALOGUE: &str = "dialogue";
/// Keys of records of old entries begin with this; what follows sorts as the entries do.
const ARCHIVE: &str = "entries ";
/// Once the ledger has so many entries, the older half of them is archived.
const MOST_ENTRIES: usize = 512;

/// The lock of the tab whose dialogue is kept.
const KEEPER: &str = "weir:v1:dialogue";
/// The lock of a change to the ledger.
const LEDGER: &str = "weir:v1:ledger";
/// Begins the locks of the dialogues that go on; their number follows.
const GOES_ON: &str = "weir:v1:dialogue:";
/// How long a page that was just closed, or a worker that was just ended, may hold a lock still.
const PATIENCE_MS: f64 = 3_000.0;
/// Changes take milliseconds each.
const LEDGER_PATIENCE_MS: f64 = 20_000.0;

/// As much of [`Saved`] as can be shown: a page that read the ledger, too, would carry the code for it.
#[derive(Deserialize)]
struct Shown {
    turns: Vec<Turn>,
}

/// As much of [`Saved`] as is about money.
#[derive(Deserialize)]
struct Account {
    ledger: Ledger,
}

/// The turns that were stored, for showing them before the worker is there.
///
/// # Errors
/// [`StorageError`].
pub async fn stored_dialogue() -> Result<Vec<Turn>, StorageError> {
    let saved: Option<Shown> = database::get(DIALOGUE).await?;
    Ok(saved.map_or_else(Vec::new, |saved| saved.turns))
}

/// The ledger as it is stored, with every entry that it ever had: what `weir_core::export` makes
/// files of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredLedger {
    /// What is spent and reserved; the latest of the entries.
    pub ledger: Ledger,
    /// All entries, in the order in which they were reserved.
    pub entries: Vec<Entry>,
}

/// Reads the ledger. Nothing is written, and no tab waits for it.
///
/// # Errors
/// [`StorageError`].
pub async fn stored_ledger() -> Result<StoredLedger, StorageError> {
    let stored = database::get_with(DIALOGUE, ARCHIVE).await?;
    let (account, archive): (Option<Account>, Vec<Vec<Entry>>) = stored;
    let ledger = account.map(|account| account.ledger).unwrap_or_default();
    let mut entries = archive.into_iter().flatten().collect::<Vec<_>>();
    entries.extend_from_slice(ledger.entries());
    entries.sort_by_key(|entry| entry.reserved.number);
    Ok(StoredLedger { ledger, entries })
}

/// The engine's store. Clones share its locks.
#[derive(Clone, Debug, Default)]
pub struct IndexedStore {
    part: Rc<Part>,
}

/// The part that a tab has in what is stored.
#[derive(Debug, Default)]
struct Part {
    /// Whether the dialogue is kept for this tab, once that is known.
    keeps: Cell<Option<bool>>,
    keeper: RefCell<Option<Held>>,
    /// This tab's dialogue.
    goes_on: RefCell<Option<(u64, Held)>>,
}

impl IndexedStore {
    /// Whether this tab's dialogue outlives it; not if another tab was there first.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.part.keeps.get() != Some(false)
    }

    /// Tries to become the tab whose dialogue is kept, once.
    async fn apply(&self) {
        if self.part.keeps.get().is_none() {
            let held = locks::hold(KEEPER, PATIENCE_MS).await;
            self.part.keeps.set(Some(held.is_some()));
            self.part.keeper.replace(held);
        }
    }

    async fn tab(&self) -> Tab {
        let mine = self.dialogue();
        let held = locks::held().await.into_iter();
        let going_on = held.filter_map(|name| name.strip_prefix(GOES_ON)?.parse().ok());
        Tab {
            keeps: self.keeps(),
            elsewhere: going_on.filter(|it| Some(*it) != mine).collect(),
        }
    }

    fn dialogue(&self) -> Option<u64> {
        let goes_on = self.part.goes_on.borrow();
        goes_on.as_ref().map(|(dialogue, _)| *dialogue)
    }

    /// Says to the other tabs that `dialogue` goes on here.
    async fn carry_on(&self, dialogue: u64) {
        if self.dialogue() != Some(dialogue) {
            let held = locks::hold(&format!("{GOES_ON}{dialogue}"), PATIENCE_MS).await;
            self.part.goes_on.replace(held.map(|held| (dialogue, held)));
        }
    }

    async fn exchange<T>(
        &self,
        change: impl FnOnce(&mut Saved, &Tab) -> (T, Option<Departed>),
    ) -> Result<T, StoreError> {
        self.apply().await;
        let Some(_turn) = locks::hold(LEDGER, LEDGER_PATIENCE_MS).await else {
            return Err(StorageError::Occupied.into());
        };
        let tab = self.tab().await;
        let changed = database::change(DIALOGUE, |saved: &mut Saved| {
            let ((changed, departed), dialogue) = saved.lend(&tab, change);
            let archived = archive(&mut saved.ledger);
            let mut along = Along {
                record: None,
                departure: departed.as_ref().map(written).transpose()?,
            };
            if let Some((key, entries)) = archived {
                along.record = Some((key, written(&entries)?));
            }
            Ok(((changed, dialogue), along))
        });
        let (changed, dialogue) = changed.await?;
        self.carry_on(dialogue).await;
        Ok(changed)
    }
}

impl Store for IndexedStore {
    async fn change<T>(
        &self,
        change: impl FnOnce(&mut Saved, &Tab) -> (T, Option<Departed>),
    ) -> Result<T, StoreError> {
        timers::timed("weir:store", self.exchange(change)).await
    }

    async fn replace(&self, saved: &Saved) -> Result<(), StoreError> {
        database::put(DIALOGUE, saved).await?;
        self.carry_on(saved.ledger.dialogue()).await;
        Ok(())
    }
}

/// What of the ledger's entries goes to a record of its own, and the key of that.
fn archive(ledger: &mut Ledger) -> Option<(String, Vec<Entry>)> {
    let entries = ledger.entries();
    if entries.len() < MOST_ENTRIES {
        return None;
    }
    let old = entries[..MOST_ENTRIES / 2].to_vec();
    let first = old.first()?.reserved.number.get();
    ledger.archived(old.len());
    Some((format!("{ARCHIVE}{first:020}"), old))
}

impl From<StorageError> for StoreError {
    fn from(error: StorageError) -> Self {
        let words = error.to_string();
        match error {
            StorageError::Unavailable(_) | StorageError::Foreign(_) => Self::Unreadable(words),
            StorageError::Occupied | StorageError::Newer | StorageError::Failed(_) => {
                Self::NotStored(words)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use weir_core::{Moment, Where};

    use super::*;

    fn ledger(entries: usize) -> Ledger {
        let mut ledger = Ledger::default();
        for minute in 0..entries as i64 {
            let place = Where::Local {
                model: "tiny".to_owned(),
            };
            ledger.add_waiting(place, 1, Moment::new(minute * 60_000, 0));
        }
        ledger
    }

    #[test]
    fn a_short_ledger_keeps_its_entries() {
        let mut ledger = ledger(MOST_ENTRIES - 1);
        assert_eq!(archive(&mut ledger), None);
        assert_eq!(ledger.entries().len(), MOST_ENTRIES - 1);
    }

    #[test]
    fn the_older_half_of_a_long_ledger_is_archived_whole() {
        let whole = ledger(MOST_ENTRIES);
        let mut ledger = whole.clone();
        let (key, mut entries) = archive(&mut ledger).expect("it is long");
        assert_eq!(key, "entries 00000000000000000000");
        entries.extend_from_slice(ledger.entries());
        assert_eq!(entries, whole.entries());
        assert_eq!(
            ledger.spent(weir_core::Span::Day),
            whole.spent(weir_core::Span::Day)
        );
    }
}
