//! Entries: the lines of a ledger.

use serde::{Deserialize, Serialize};

use crate::{budget::Spending, calendar::Moment, dialogue::Where, span::Stamp};

/// Number of a reservation, and of the entry that it becomes: unique within its ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reservation(pub(crate) u64);

/// What was set aside for one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reserved {
    /// Its number.
    pub number: Reservation,
    /// What the clock showed.
    pub at: Moment,
    /// The turn, dialogue and day that pay for it, however long it takes.
    pub stamp: Stamp,
    /// Who is called.
    pub place: Where,
    /// The most that it can cost.
    pub worst: Spending,
}

/// What a charge rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Time passed, nothing was bought: a local answer, or the wait before a call was made again.
    Free,
    /// The usage that the provider reported; no money if it turned the call away.
    Reported,
    /// The worst case, because no usage was reported.
    Unreported,
    /// The worst case, because the program ended before the call did.
    Interrupted,
}

/// One closed line: it never changes again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What was set aside; nothing for a local answer.
    pub reserved: Reserved,
    /// What the charge rests on.
    pub basis: Basis,
    /// What was charged.
    pub charged: Spending,
}

impl Reservation {
    /// The number itself.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl Basis {
    /// Its name, as it is stored and exported.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Reported => "reported",
            Self::Unreported => "unreported",
            Self::Interrupted => "interrupted",
        }
    }
}
