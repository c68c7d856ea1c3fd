//! Standings: how far the dialogues that share a ledger are.

use serde::{Deserialize, Serialize};

use crate::budget::Spending;

/// Where a dialogue is, and what its turn and the whole of it spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Standing {
    pub(crate) turn: u64,
    pub(crate) dialogue: u64,
    pub(crate) spent_in_turn: Spending,
    pub(crate) spent_in_dialogue: Spending,
}
