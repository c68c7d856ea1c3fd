//! The ledger: what was reserved and spent under a budget.
//!
//! Invariant, at every instant: `spent + reserved ≤ budget` for what a reservation asked before it
//! was granted. A call is reserved at its worst case before a byte leaves, and settled afterwards;
//! what is in doubt counts in full. There is no way to take a charge back once it is settled.

use serde::{Deserialize, Serialize};

use crate::{
    budget::{Budget, Spending},
    money::NanoUsd,
};

/// Name of an open reservation within its ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reservation(u64);

/// What was reserved and spent, in the order in which it was granted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    spent: Spending,
    open: Vec<(Reservation, Spending)>,
    next: u64,
}

/// Why a reservation was refused, or could not be closed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// Granting it could overrun the budget.
    #[error("the call could cost up to {asked}, and {left} of the budget is left")]
    OverBudget {
        /// The worst case that was asked for.
        asked: NanoUsd,
        /// What is left of the money.
        left: NanoUsd,
    },
    /// Money would do, but time or data would not.
    #[error("the call could take more seconds or data than the budget has left")]
    OverResources,
    /// It was settled or released before.
    #[error("this reservation is already closed")]
    Closed,
}

impl Ledger {
    /// Money, time and data spent; open reservations not included.
    #[must_use]
    pub const fn spent(&self) -> Spending {
        self.spent
    }

    /// The sum of open reservations.
    #[must_use]
    pub fn reserved(&self) -> Spending {
        self.open
            .iter()
            .fold(Spending::ZERO, |sum, (_, worst)| sum.plus(*worst))
    }

    /// What a limit must hold: spent and reserved together.
    #[must_use]
    pub fn committed(&self) -> Spending {
        self.spent.plus(self.reserved())
    }

    /// Sets `worst` aside if the budget allows it on top of everything committed.
    ///
    /// # Errors
    /// [`LedgerError::OverBudget`] or [`LedgerError::OverResources`]; the ledger is unchanged.
    pub fn reserve(
        &mut self,
        budget: &Budget,
        worst: Spending,
    ) -> Result<Reservation, LedgerError> {
        let committed = self.committed();
        let total = committed.plus(worst);
        if budget.usd.is_some_and(|limit| total.usd > limit) {
            let left = budget.usd_left(committed).unwrap_or(NanoUsd::ZERO);
            return Err(LedgerError::OverBudget {
                asked: worst.usd,
                left,
            });
        }
        if !budget.allows(total) {
            return Err(LedgerError::OverResources);
        }
        let reservation = Reservation(self.next);
        self.next += 1;
        self.open.push((reservation, worst));
        Ok(reservation)
    }

    /// Closes a reservation with what was really spent; `None` where nobody reported it, which
    /// counts the worst case in full. Returns what was charged.
    ///
    /// Money and data are charged up to what was reserved: the request itself carried those bounds,
    /// so a report beyond them is a wrong report. Time is charged as it passed.
    ///
    /// # Errors
    /// [`LedgerError::Closed`] if it is not open: a charge is never counted twice.
    pub fn settle(
        &mut self,
        reservation: Reservation,
        actual: Option<Spending>,
    ) -> Result<Spending, LedgerError> {
        let worst = self.close(reservation)?;
        let charged = actual.map_or(worst, |actual| Spending {
            usd: actual.usd.min(worst.usd),
            millis: actual.millis,
            bytes: actual.bytes.min(worst.bytes),
            images: actual.images.min(worst.images),
        });
        self.spent = self.spent.plus(charged);
        Ok(charged)
    }

    /// Closes a reservation of a call that certainly did not run: it costs nothing.
    ///
    /// # Errors
    /// [`LedgerError::Closed`] if it is not open.
    pub fn release(&mut self, reservation: Reservation) -> Result<(), LedgerError> {
        self.close(reservation).map(|_| ())
    }

    /// Adds waiting time that cost no money: a local answer.
    pub fn add_waiting(&mut self, millis: u64) {
        self.spent.millis = self.spent.millis.saturating_add(millis);
    }

    /// After a crash: reservations left open count as spent in full, since nobody can say that
    /// their calls did not run.
    pub fn recover(&mut self) {
        self.spent = self.committed();
        self.open.clear();
    }

    fn close(&mut self, reservation: Reservation) -> Result<Spending, LedgerError> {
        let place = self.open.iter().position(|(name, _)| *name == reservation);
        place
            .map(|place| self.open.remove(place).1)
            .ok_or(LedgerError::Closed)
    }
}
