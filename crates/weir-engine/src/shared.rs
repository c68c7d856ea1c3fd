//! The ledger that all tabs of a page share, as one of them changes it.
//!
//! Every change is made on what is stored, between reading and writing it, so that no tab ever
//! overwrites what another has spent. What no limit can refuse is counted here at once and stored
//! with the next write; until that succeeds it is kept, and made again.

use std::cell::{Cell, RefCell};

use futures::lock::Mutex;
use weir_core::{Departed, Entry, Ledger, Moment, NanoUsd, Reservation, Spending, Where};

use crate::{
    engine::Engine,
    refusal::Trouble,
    world::{Saved, Store, StoreError, Tab, World},
};

/// What this tab knows of its part in the ledger.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// Its dialogue, from the first time that it was stored.
    dialogue: Cell<Option<u64>>,
    /// Its call that is running: nobody may count it as interrupted.
    running: Cell<Option<Reservation>>,
    /// What is counted here and not stored yet.
    unstored: RefCell<Vec<Change>>,
    /// Held while the store is written: two writes at once would each store what is not stored yet.
    writing: Mutex<()>,
}

/// A change that no limit can refuse.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    BeginTurn(Moment),
    BeginDialogue,
    /// Milliseconds.
    AddWaiting(Where, u64, Moment),
    /// What was reported, and milliseconds.
    Settle(Reservation, Option<NanoUsd>, u64),
    Release(Reservation),
}

impl Change {
    /// Makes it; what was charged. A reservation that is closed already stays as it is.
    fn apply(&self, ledger: &mut Ledger) -> Option<Spending> {
        match self {
            Self::BeginTurn(now) => ledger.begin_turn(*now),
            Self::BeginDialogue => ledger.begin_dialogue(),
            Self::AddWaiting(place, millis, now) => {
                ledger.add_waiting(place.clone(), *millis, *now);
            }
            Self::Settle(reservation, reported, millis) => {
                return ledger.settle(*reservation, *reported, *millis).ok();
            }
            Self::Release(reservation) => ledger.release(*reservation).ok()?,
        }
        Some(Spending::ZERO)
    }
}

impl<W: World> Engine<W> {
    /// Makes a change here at once, and in the store with the next write. What was charged; `None`
    /// if the reservation was closed before.
    pub(crate) fn note(&self, change: Change) -> Option<Spending> {
        let charged = change.apply(&mut self.saved.borrow_mut().ledger);
        if let Change::Settle(..) | Change::Release(_) = change {
            self.shared.running.take();
        }
        self.shared.unstored.borrow_mut().push(change);
        charged
    }

    /// Sets the worst case of a call aside, in the store and so for all tabs, and writes with it what
    /// `departed` makes of the reservation into the egress log. From here on the call runs.
    ///
    /// # Errors
    /// When a limit forbids it, or when it cannot be stored: then nothing may be sent.
    pub(crate) async fn reserve(
        &self,
        place: Where,
        worst: Spending,
        departed: impl FnOnce(Reservation) -> Departed,
    ) -> Result<Reservation, (Trouble, String)> {
        let limits = self.preferences.get().limits;
        let now = self.world.moment();
        let reserved = self.write(|ledger| {
            let reserved = ledger.reserve(&limits, place, worst, now);
            let departed = reserved.as_ref().ok().map(|it| departed(*it));
            (reserved, departed)
        });
        match reserved.await {
            Ok(Ok(reservation)) => {
                self.shared.running.set(Some(reservation));
                Ok(reservation)
            }
            Ok(Err(refused)) => Err((
                Trouble::OverBudget,
                format!("Not sent: {refused}. Raise the limit, or answer locally."),
            )),
            Err(error) => Err((
                Trouble::Storage,
                format!(
                    "Not sent, because neither its charge nor its line in the log could be kept: {error}"
                ),
            )),
        }
    }

    /// Stores the dialogue and the ledger as one, with `change` made to the latter, and the line for the
    /// egress log that it gives.
    pub(crate) async fn write<T>(
        &self,
        change: impl FnOnce(&mut Ledger) -> (T, Option<Departed>),
    ) -> Result<T, StoreError> {
        if let Some(error) = &*self.unread.borrow() {
            return Err(error.clone());
        }
        let exchanged = self.exchange(|saved| {
            saved.turns.clone_from(&self.saved.borrow().turns);
            change(&mut saved.ledger)
        });
        let (changed, _, stored) = exchanged.await?;
        // Its turns can have changed while they were written.
        self.saved.borrow_mut().ledger = stored.ledger;
        Ok(changed)
    }

    /// Brings back what is stored; the calls that were interrupted.
    pub(crate) async fn read(&self) -> Result<Vec<Entry>, StoreError> {
        let now = self.world.moment();
        let exchanged = self.exchange(|saved| (saved.ledger.roll_over(now), None));
        let ((), interrupted, saved) = exchanged.await?;
        self.saved.replace(saved);
        Ok(interrupted)
    }

    /// Stores this tab's view over what cannot be read.
    pub(crate) async fn write_over(&self) -> Result<(), StoreError> {
        let saved = self.saved.borrow().clone();
        self.world.store().replace(&saved).await?;
        self.shared.dialogue.set(Some(saved.ledger.dialogue()));
        self.shared.unstored.borrow_mut().clear();
        Ok(())
    }

    /// Changes what is stored; what came of it, the calls that were interrupted, and what this tab is to
    /// take for stored.
    async fn exchange<T>(
        &self,
        change: impl FnOnce(&mut Saved) -> (T, Option<Departed>),
    ) -> Result<(T, Vec<Entry>, Saved), StoreError> {
        let shared = &self.shared;
        let _writing = shared.writing.lock().await;
        let unstored = shared.unstored.borrow().clone();
        let exchanged = self.world.store().change(|saved: &mut Saved, tab: &Tab| {
            let ledger = &mut saved.ledger;
            let own = shared.dialogue.get();
            let goes_on = |dialogue| tab.elsewhere.contains(&dialogue);
            ledger.forget_others(|other| own == Some(other) || goes_on(other));
            match own {
                Some(dialogue) => ledger.take_up(dialogue),
                None if tab.keeps => {}
                None => ledger.begin_beside(),
            }
            for change in &unstored {
                change.apply(ledger);
            }
            let interrupted = ledger.recover(|reserved| {
                Some(reserved.number) == shared.running.get() || goes_on(reserved.stamp.dialogue)
            });
            let (changed, departed) = change(saved);
            ((changed, interrupted, saved.clone()), departed)
        });
        let (changed, interrupted, mut saved) = exchanged.await?;
        shared.dialogue.set(Some(saved.ledger.dialogue()));
        let mut later = shared.unstored.borrow_mut();
        later.drain(..unstored.len());
        for change in later.iter() {
            change.apply(&mut saved.ledger);
        }
        drop(later);
        Ok((changed, interrupted, saved))
    }
}
