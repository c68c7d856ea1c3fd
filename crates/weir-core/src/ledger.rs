//! The ledger: what was reserved and spent under the limits of a turn, a dialogue, a day and a
//! month.
//!
//! Invariant, at every instant and for every span: what is spent and reserved stays within the
//! limit under which it was reserved. A call is reserved at its worst case before a byte leaves,
//! and settled afterwards; what is in doubt counts in full. Money, bytes and images can never come
//! to more than was reserved; time is counted as it passes, and once it is gone nothing more is
//! reserved. There is no way to take a charge back once it is settled.
//!
//! The turn, dialogue and day in which a call is reserved pay for it, also when it ends after
//! midnight. Days only go forward: the ledger stays on the latest day that it was told of, so a
//! set back finds that day's spending still there, and moving it on again to where it was
//! begins no new one.
//!
//! Several dialogues may go on side by side, in tabs that share one ledger. Day and month are common
//! to them, turn and dialogue are each one's own: whoever uses the ledger takes its dialogue up
//! first, and that is the current one.

use serde::{Deserialize, Serialize};

use crate::{
    budget::{Budget, Limits, Spending},
    calendar::{Day, Moment},
    dialogue::Where,
    entry::{Basis, Entry, Reservation, Reserved},
    money::NanoUsd,
    span::{Span, Spans, Stamp},
    standing::Standing,
};

/// What was reserved and spent. Stored as one with what it pays for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// The turn, dialogue and day that it is.
    current: Stamp,
    /// Spent in them. Entries may be archived, so this cannot be added up from them.
    spent: Spans<Spending>,
    /// The dialogues that go on beside the current one.
    #[serde(default)]
    others: Vec<Standing>,
    /// The highest numbers that a turn and a dialogue had, also those that are forgotten.
    #[serde(default)]
    last_turn: u64,
    #[serde(default)]
    last_dialogue: u64,
    open: Vec<Reserved>,
    entries: Vec<Entry>,
    next: u64,
}

/// Why a reservation was refused, or could not be closed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// Granting it could overrun a limit on money.
    #[error("the call could cost up to {asked}, and {left} is left {span}")]
    OverBudget {
        /// The worst case that was asked for.
        asked: NanoUsd,
        /// What is left of the money.
        left: NanoUsd,
        /// The limit that is in the way.
        span: Span,
    },
    /// Granting it could overrun a limit on seconds.
    #[error("the call could take more seconds than are left {span}")]
    OverTime {
        /// The limit that is in the way.
        span: Span,
    },
    /// Granting it would overrun a limit on bytes or images.
    #[error("the call would send more data than the budget has left {span}")]
    OverData {
        /// The limit that is in the way.
        span: Span,
    },
    /// It was settled or released before.
    #[error("this reservation is already closed")]
    Closed,
}

impl Ledger {
    /// Money, time and data spent in the current turn, dialogue, day or month; open reservations
    /// not included.
    #[must_use]
    pub const fn spent(&self, span: Span) -> Spending {
        *self.spent.of(span)
    }

    /// The sum of open reservations that it has to pay for.
    #[must_use]
    pub fn reserved(&self, span: Span) -> Spending {
        self.open
            .iter()
            .filter(|reserved| reserved.stamp.shares(span, self.current))
            .fold(Spending::ZERO, |sum, reserved| sum.plus(reserved.worst))
    }

    /// What a limit must hold: spent and reserved together.
    #[must_use]
    pub fn committed(&self, span: Span) -> Spending {
        self.spent(span).plus(self.reserved(span))
    }

    /// What each limit leaves for one more call.
    #[must_use]
    pub fn room(&self, limits: &Limits) -> Limits {
        Spans::each(|span| limits.of(span).after(self.committed(span)))
    }

    /// The day that pays: the latest that it was told of. If the clock shows an earlier one, it was
    /// set back, and the limits of the day and the month stay as they are until it catches up.
    #[must_use]
    pub const fn day(&self) -> Day {
        self.current.day
    }

    /// The dialogue that is the current one.
    #[must_use]
    pub const fn dialogue(&self) -> u64 {
        self.current.dialogue
    }

    /// Calls whose end is not known yet, oldest first.
    #[must_use]
    pub fn open(&self) -> &[Reserved] {
        &self.open
    }

    /// What was closed and is not archived, in the order of closing.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Enters the day of `now`, if that is later than any before.
    pub fn roll_over(&mut self, now: Moment) {
        self.enter(Stamp {
            day: self.current.day.max(now.day()),
            ..self.current
        });
    }

    /// Begins the next turn.
    pub fn begin_turn(&mut self, now: Moment) {
        self.roll_over(now);
        let turn = self.next_turn();
        self.enter(Stamp {
            turn,
            ..self.current
        });
    }

    /// Begins the next dialogue in place of the current one, and a turn of it. What the day and the
    /// month spent stays.
    pub fn begin_dialogue(&mut self) {
        let turn = self.next_turn();
        let dialogue = self.last_dialogue.max(self.current.dialogue) + 1;
        self.last_dialogue = dialogue;
        self.enter(Stamp {
            turn,
            dialogue,
            day: self.current.day,
        });
    }

    /// Begins a dialogue beside the current one, which can be taken up again.
    pub fn begin_beside(&mut self) {
        self.others.push(self.standing());
        self.begin_dialogue();
    }

    /// Makes `dialogue` the current one. One that is not known has spent nothing.
    pub fn take_up(&mut self, dialogue: u64) {
        if dialogue == self.current.dialogue {
            return;
        }
        let known = self.others.iter().position(|it| it.dialogue == dialogue);
        let next = match known {
            Some(place) => self.others.swap_remove(place),
            None => Standing {
                turn: self.next_turn(),
                dialogue,
                ..Standing::default()
            },
        };
        self.others.push(self.standing());
        self.last_dialogue = self.last_dialogue.max(dialogue);
        self.current.turn = next.turn;
        self.current.dialogue = next.dialogue;
        self.spent.turn = next.spent_in_turn;
        self.spent.dialogue = next.spent_in_dialogue;
    }

    /// Forgets which dialogues beside the current one were going on, but for those that still do. Their
    /// charges stay with the day and the month.
    pub fn forget_others(&mut self, goes_on: impl Fn(u64) -> bool) {
        self.others.retain(|other| goes_on(other.dialogue));
    }

    /// Sets `worst` aside for a call to `place` if every limit allows it on top of everything
    /// committed. To be stored before the call is made.
    ///
    /// # Errors
    /// [`LedgerError::OverBudget`], [`LedgerError::OverTime`] or [`LedgerError::OverData`] with the
    /// shortest span in the way; nothing is set aside.
    pub fn reserve(
        &mut self,
        limits: &Limits,
        place: Where,
        worst: Spending,
        now: Moment,
    ) -> Result<Reservation, LedgerError> {
        self.roll_over(now);
        let room = self.room(limits);
        if let Some(span) = room.in_the_way(worst) {
            return Err(refusal(room.of(span), worst, span));
        }
        let reserved = self.line(place, worst, now);
        let number = reserved.number;
        self.open.push(reserved);
        Ok(number)
    }

    /// Closes a reservation with the money that its provider reported; `None` where nobody did,
    /// which counts the worst case in full. Returns what was charged.
    ///
    /// Money is charged up to what was reserved: the request itself carried that bound, so a report
    /// beyond it is a wrong report. Data counts as reserved, whether or not all of it was sent.
    /// Time counts as it passed.
    ///
    /// # Errors
    /// [`LedgerError::Closed`] if it is not open: a charge is never counted twice.
    pub fn settle(
        &mut self,
        reservation: Reservation,
        reported: Option<NanoUsd>,
        millis: u64,
    ) -> Result<Spending, LedgerError> {
        let reserved = self.close(reservation)?;
        let (basis, usd) = match reported {
            Some(usd) => (Basis::Reported, usd.min(reserved.worst.usd)),
            None => (Basis::Unreported, reserved.worst.usd),
        };
        let charged = Spending {
            usd,
            millis,
            ..reserved.worst
        };
        self.charge(Entry {
            reserved,
            basis,
            charged,
        });
        Ok(charged)
    }

    /// Closes a reservation of a call that certainly did not run: it costs nothing.
    ///
    /// # Errors
    /// [`LedgerError::Closed`] if it is not open.
    pub fn release(&mut self, reservation: Reservation) -> Result<(), LedgerError> {
        self.close(reservation).map(|_| ())
    }

    /// Adds waiting time that cost no money: an answer of this device, or the wait before a call is
    /// made again.
    pub fn add_waiting(&mut self, place: Where, millis: u64, now: Moment) {
        self.roll_over(now);
        let charged = Spending {
            millis,
            ..Spending::ZERO
        };
        let reserved = self.line(place, Spending::ZERO, now);
        self.charge(Entry {
            reserved,
            basis: Basis::Free,
            charged,
        });
    }

    /// After a crash: reservations left open are charged in full, but for those that are `running`
    /// still, since nobody can say that their calls did not run. Whatever is known of one is to be
    /// settled before. Returns the charges, so that the user can be told of them.
    pub fn recover(&mut self, running: impl FnMut(&Reserved) -> bool) -> Vec<Entry> {
        let (running, left) = std::mem::take(&mut self.open)
            .into_iter()
            .partition::<Vec<_>, _>(running);
        self.open = running;
        let interrupted: Vec<_> = left
            .into_iter()
            .map(|reserved| Entry {
                basis: Basis::Interrupted,
                charged: reserved.worst,
                reserved,
            })
            .collect();
        for entry in &interrupted {
            self.charge(entry.clone());
        }
        interrupted
    }

    /// Drops the first `count` entries, once they are stored elsewhere; what they charged stays
    /// charged.
    pub fn archived(&mut self, count: usize) {
        self.entries.drain(..count.min(self.entries.len()));
    }

    fn standing(&self) -> Standing {
        Standing {
            turn: self.current.turn,
            dialogue: self.current.dialogue,
            spent_in_turn: self.spent.turn,
            spent_in_dialogue: self.spent.dialogue,
        }
    }

    fn next_turn(&mut self) -> u64 {
        self.last_turn = self.last_turn.max(self.current.turn) + 1;
        self.last_turn
    }

    /// A stamp never goes back, so what was spent in a span that ends here is not asked for again.
    fn enter(&mut self, next: Stamp) {
        for span in Span::ALL {
            if !next.shares(span, self.current) {
                *self.spent.of_mut(span) = Spending::ZERO;
            }
        }
        self.current = next;
    }

    fn line(&mut self, place: Where, worst: Spending, at: Moment) -> Reserved {
        let number = Reservation(self.next);
        self.next += 1;
        Reserved {
            number,
            at,
            stamp: self.current,
            place,
            worst,
        }
    }

    fn close(&mut self, reservation: Reservation) -> Result<Reserved, LedgerError> {
        let place = self
            .open
            .iter()
            .position(|reserved| reserved.number == reservation);
        place
            .map(|place| self.open.remove(place))
            .ok_or(LedgerError::Closed)
    }

    /// Counts an entry in every span that it belongs to and that is not over.
    fn charge(&mut self, entry: Entry) {
        for span in Span::ALL {
            if entry.reserved.stamp.shares(span, self.current) {
                let spent = self.spent.of_mut(span);
                *spent = spent.plus(entry.charged);
            }
        }
        let Stamp { turn, dialogue, .. } = entry.reserved.stamp;
        for other in &mut self.others {
            if other.dialogue == dialogue {
                other.spent_in_dialogue = other.spent_in_dialogue.plus(entry.charged);
            }
            if other.turn == turn {
                other.spent_in_turn = other.spent_in_turn.plus(entry.charged);
            }
        }
        self.entries.push(entry);
    }
}

/// Why `left` does not allow `worst`.
fn refusal(left: &Budget, worst: Spending, span: Span) -> LedgerError {
    if let Some(left) = left.usd.filter(|left| worst.usd > *left) {
        return LedgerError::OverBudget {
            asked: worst.usd,
            left,
            span,
        };
    }
    if left.millis.is_some_and(|left| worst.millis > left) {
        LedgerError::OverTime { span }
    } else {
        LedgerError::OverData { span }
    }
}
