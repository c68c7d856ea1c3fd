//! What the ledger should say, kept in the dullest way: every line for ever, and added up anew
//! whenever it is asked.

use std::collections::BTreeMap;

use weir_core::{Budget, Limits, Reservation, Span, Spending};

pub(crate) const DAY_MS: i64 = 86_400_000;
/// 2027-01-01, in days since 1970-01-01. Every clock shows this year.
pub(crate) const NEW_YEAR: i64 = 20_819;
const MONTHS: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct When {
    pub(crate) turn: u64,
    pub(crate) dialogue: u64,
    pub(crate) day: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Running,
    Charged(Spending),
    Released,
}

#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) number: Reservation,
    pub(crate) when: When,
    pub(crate) worst: Spending,
    pub(crate) state: State,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Books {
    pub(crate) now: When,
    pub(crate) lines: Vec<Line>,
    /// The turn in which each dialogue is that goes on.
    turns: BTreeMap<u64, u64>,
    last_turn: u64,
    last_dialogue: u64,
}

impl When {
    pub(crate) fn shares(self, span: Span, other: Self) -> bool {
        match span {
            Span::Turn => self.turn == other.turn,
            Span::Dialogue => self.dialogue == other.dialogue,
            Span::Day => self.day == other.day,
            Span::Month => month(self.day) == month(other.day),
        }
    }
}

fn month(day: i64) -> Option<usize> {
    let mut left = day - NEW_YEAR;
    MONTHS.iter().position(|length| {
        left -= length;
        left < 0
    })
}

impl Books {
    /// A day that is over never comes back.
    pub(crate) fn roll_over(&mut self, day: i64) {
        self.now.day = self.now.day.max(day);
    }

    pub(crate) fn open(&mut self, number: Reservation, worst: Spending, state: State) {
        self.lines.push(Line {
            number,
            when: self.now,
            worst,
            state,
        });
    }

    pub(crate) fn close(&mut self, number: Reservation, state: State) {
        let mut lines = self.lines.iter_mut();
        if let Some(line) = lines.find(|line| line.number == number) {
            line.state = state;
        }
    }

    /// Who made these calls is gone: whatever ran counts in full.
    pub(crate) fn interrupt(&mut self, running: impl Fn(&Line) -> bool) -> u64 {
        let mut interrupted = 0;
        for line in &mut self.lines {
            if line.state == State::Running && !running(line) {
                line.state = State::Charged(line.worst);
                interrupted += 1;
            }
        }
        interrupted
    }

    pub(crate) fn begin_turn(&mut self, day: i64) {
        self.roll_over(day);
        self.last_turn += 1;
        self.now.turn = self.last_turn;
    }

    pub(crate) fn begin_dialogue(&mut self) {
        self.last_turn += 1;
        self.last_dialogue += 1;
        self.now.turn = self.last_turn;
        self.now.dialogue = self.last_dialogue;
    }

    pub(crate) fn begin_beside(&mut self) {
        self.turns.insert(self.now.dialogue, self.now.turn);
        self.begin_dialogue();
    }

    pub(crate) fn take_up(&mut self, dialogue: u64) {
        if dialogue == self.now.dialogue {
            return;
        }
        let turn = self.turns.remove(&dialogue).unwrap_or_else(|| {
            self.last_turn += 1;
            self.last_turn
        });
        self.turns.insert(self.now.dialogue, self.now.turn);
        (self.now.turn, self.now.dialogue) = (turn, dialogue);
    }

    pub(crate) fn forget_others(&mut self, goes_on: impl Fn(u64) -> bool) {
        self.turns.retain(|dialogue, _| goes_on(*dialogue));
    }

    pub(crate) fn is_running(&self, number: Reservation) -> bool {
        let mut lines = self.lines.iter();
        lines.any(|line| line.number == number && line.state == State::Running)
    }

    pub(crate) fn spent(&self, span: Span) -> Spending {
        self.sum(span, |line| match line.state {
            State::Charged(charged) => charged,
            State::Running | State::Released => Spending::ZERO,
        })
    }

    pub(crate) fn reserved(&self, span: Span) -> Spending {
        self.sum(span, |line| match line.state {
            State::Running => line.worst,
            State::Charged(_) | State::Released => Spending::ZERO,
        })
    }

    fn sum(&self, span: Span, amount: impl Fn(&Line) -> Spending) -> Spending {
        self.lines
            .iter()
            .filter(|line| line.when.shares(span, self.now))
            .fold(Spending::ZERO, |sum, line| sum.plus(amount(line)))
    }

    /// Whether a call may be made: it asks for nothing of a resource, or for no more than is left.
    pub(crate) fn allows(&self, limits: &Limits, worst: Spending) -> bool {
        Span::ALL.into_iter().all(|span| {
            let committed = amounts(self.spent(span).plus(self.reserved(span)));
            let ceilings = ceilings(limits.of(span));
            amounts(worst).into_iter().zip(committed).zip(ceilings).all(
                |((more, before), ceiling)| more == 0 || before.saturating_add(more) <= ceiling,
            )
        })
    }
}

/// Money, bytes and images: what can never come to more than its limit. Seconds can, because
/// nobody can stop them; they only keep the next call from being made.
pub(crate) fn within(limit: &Budget, total: Spending) -> bool {
    let [usd, _, bytes, images] = amounts(total);
    let [usd_most, _, bytes_most, images_most] = ceilings(limit);
    usd <= usd_most && bytes <= bytes_most && images <= images_most
}

fn amounts(spending: Spending) -> [u64; 4] {
    let images = u64::from(spending.images);
    [
        spending.usd.nanos(),
        spending.millis,
        spending.bytes,
        images,
    ]
}

fn ceilings(budget: &Budget) -> [u64; 4] {
    [
        budget.usd.map(weir_core::NanoUsd::nanos),
        budget.millis,
        budget.bytes,
        budget.images.map(u64::from),
    ]
    .map(|limit| limit.unwrap_or(u64::MAX))
}
