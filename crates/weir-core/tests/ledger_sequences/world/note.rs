//! What no limit can refuse: a tab counts it, and makes it again until it is stored.

use weir_core::{LedgerError, Moment, NanoUsd, Reservation, Spending, Where};

use super::Disk;
use crate::{
    books::State,
    reckoning::{Checked, ensure},
};

/// A change, and the day that the clock shows where it matters.
pub(super) enum Note {
    BeginTurn(Moment, i64),
    BeginDialogue,
    Waiting(u64, Moment, i64),
    Settle {
        number: Reservation,
        reported: Option<NanoUsd>,
        charged: Spending,
    },
    Release(Reservation),
}

impl Note {
    pub(super) fn apply(&self, disk: &mut Disk) -> Checked {
        let Disk { ledger, books, .. } = disk;
        match self {
            Self::BeginTurn(moment, day) => {
                ledger.begin_turn(*moment);
                books.begin_turn(*day);
            }
            Self::BeginDialogue => {
                ledger.begin_dialogue();
                books.begin_dialogue();
            }
            Self::Waiting(millis, moment, day) => {
                let place = Where::Local {
                    model: String::new(),
                };
                ledger.add_waiting(place, *millis, *moment);
                books.roll_over(*day);
                if let Some(entry) = ledger.entries().last() {
                    let waited = Spending {
                        millis: *millis,
                        ..Spending::ZERO
                    };
                    let number = entry.reserved.number;
                    books.open(number, Spending::ZERO, State::Charged(waited));
                }
            }
            Self::Settle {
                number,
                reported,
                charged,
            } => {
                let due = books.is_running(*number);
                let settled = ledger.settle(*number, *reported, charged.millis);
                ensure!(
                    settled == due.then_some(*charged).ok_or(LedgerError::Closed),
                    "settled {settled:?}, not {charged:?}"
                );
                if due {
                    books.close(*number, State::Charged(*charged));
                }
                return cannot_close_again(disk, *number);
            }
            Self::Release(number) => {
                let due = books.is_running(*number);
                let released = ledger.release(*number);
                ensure!(
                    released == due.then_some(()).ok_or(LedgerError::Closed),
                    "released {released:?}"
                );
                if due {
                    books.close(*number, State::Released);
                }
                return cannot_close_again(disk, *number);
            }
        }
        Ok(())
    }
}

fn cannot_close_again(disk: &mut Disk, number: Reservation) -> Checked {
    let before = disk.ledger.clone();
    let settled = disk.ledger.settle(number, None, 1);
    let released = disk.ledger.release(number);
    ensure!(
        settled == Err(LedgerError::Closed) && released == Err(LedgerError::Closed),
        "it was closed twice"
    );
    ensure!(disk.ledger == before, "closing it again changed the ledger");
    Ok(())
}
