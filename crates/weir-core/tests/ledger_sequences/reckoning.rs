//! The last reckoning of a life: what is on the disk, against the books and against what was paid.

use weir_core::{Entry, Limits, Moment, Reservation, Span, Spending};

use crate::books::{Books, DAY_MS, State, When, within};

/// Fails the life with a reason.
macro_rules! ensure {
    ($holds:expr, $($why:tt)+) => {
        if !$holds {
            return Err(format!($($why)+));
        }
    };
}
pub(crate) use ensure;

/// Nothing, or what went wrong.
pub(crate) type Checked = Result<(), String>;

/// What is really gone; no crash brings it back.
pub(crate) struct Paid {
    pub(crate) number: Reservation,
    pub(crate) when: When,
    pub(crate) cost: Spending,
}

pub(crate) fn every_charge_is_there_once(entries: &[&Entry], books: &Books) -> Checked {
    let mut charges = 0;
    for line in &books.lines {
        let State::Charged(charged) = line.state else {
            continue;
        };
        charges += 1;
        let mut found = entries
            .iter()
            .filter(|entry| entry.reserved.number == line.number);
        let (Some(entry), None) = (found.next(), found.next()) else {
            return Err(format!("no entry, or two, for {line:?}"));
        };
        let stamp = entry.reserved.stamp;
        let day = Moment::new(line.when.day * DAY_MS, 0).day();
        ensure!(
            entry.charged == charged
                && (stamp.turn, stamp.dialogue) == (line.when.turn, line.when.dialogue)
                && stamp.day == day,
            "{entry:?} should be {line:?}"
        );
    }
    ensure!(entries.len() == charges, "an entry for nothing");
    Ok(())
}

pub(crate) fn what_was_paid_is_charged(entries: &[&Entry], all_paid: &[Paid]) -> Checked {
    for paid in all_paid {
        let entry = entries
            .iter()
            .find(|entry| entry.reserved.number == paid.number);
        let charged = entry.map(|entry| entry.charged).unwrap_or_default();
        ensure!(
            charged.usd >= paid.cost.usd
                && charged.bytes == paid.cost.bytes
                && charged.images == paid.cost.images,
            "{:?} was paid, and the ledger says {charged:?}",
            paid.cost
        );
    }
    Ok(())
}

/// In no turn, dialogue, day or month that ever was.
pub(crate) fn no_limit_was_overrun(
    entries: &[&Entry],
    all_paid: &[Paid],
    limits: &Limits,
) -> Checked {
    for span in Span::ALL {
        let limit = limits.of(span);
        for one in all_paid {
            let total = all_paid
                .iter()
                .filter(|paid| paid.when.shares(span, one.when))
                .fold(Spending::ZERO, |sum, paid| sum.plus(paid.cost));
            ensure!(
                within(limit, total),
                "{total:?} was really paid {span}, over {limit:?}"
            );
        }
        for one in entries {
            let total = entries
                .iter()
                .filter(|entry| entry.reserved.stamp.shares(span, one.reserved.stamp))
                .fold(Spending::ZERO, |sum, entry| sum.plus(entry.charged));
            ensure!(
                within(limit, total),
                "entries of {total:?} {span}, over {limit:?}"
            );
        }
    }
    Ok(())
}
