//! What is stored about money and data, and whether it adds up.

use std::collections::BTreeSet;

use weir_browser::storage::{self, StorageError, StoredLedger};
use weir_core::{Entry, Ledger, NanoUsd, Span, Spending, Where};

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Books {
    pub(super) ledger: Ledger,
    /// All lines, also those that the ledger itself does not carry any more.
    pub(super) entries: Vec<Entry>,
}

/// One thing that must be so, and whether it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Check {
    pub(super) what: &'static str,
    pub(super) holds: bool,
    /// The figures that were compared.
    pub(super) figures: String,
}

impl Books {
    pub(super) async fn read() -> Result<Self, StorageError> {
        let StoredLedger { ledger, entries } = storage::stored_ledger().await?;
        Ok(Self { ledger, entries })
    }

    /// Calls to a cloud, the latest first.
    pub(super) fn calls(&self) -> impl Iterator<Item = &Entry> {
        let entries = self.entries.iter().rev();
        entries.filter(|entry| matches!(entry.reserved.place, Where::Cloud { .. }))
    }

    /// Compares what was counted as it happened with what the lines add up to.
    pub(super) fn checks(&self) -> Vec<Check> {
        let entries = &self.entries;
        let mut numbers = BTreeSet::new();
        let once = entries
            .iter()
            .all(|entry| numbers.insert(entry.reserved.number.get()));
        let within = |entry: &Entry| entry.charged.usd <= entry.reserved.worst.usd;
        vec![
            self.adds_up(Span::Day, "Today's lines add up to what today has spent"),
            self.adds_up(
                Span::Month,
                "This month's lines add up to what it has spent",
            ),
            Check {
                what: "No call cost more than was set aside for it",
                holds: entries.iter().all(within),
                figures: format!("{} calls", self.calls().count()),
            },
            Check {
                what: "No charge is counted twice",
                holds: once,
                figures: format!("{} lines", entries.len()),
            },
        ]
    }

    fn adds_up(&self, span: Span, what: &'static str) -> Check {
        let today = self.ledger.day();
        let belongs = |entry: &&Entry| match span {
            Span::Month => entry.reserved.stamp.day.month() == today.month(),
            _ => entry.reserved.stamp.day == today,
        };
        let lines = self.entries.iter().filter(belongs);
        let sum: NanoUsd = lines.map(|entry| entry.charged.usd).sum();
        let spent = self.ledger.spent(span).usd;
        Check {
            what,
            holds: sum == spent,
            figures: format!("{sum} and {spent}"),
        }
    }

    /// Money of each of the last `days` days, the oldest first.
    pub(super) fn by_day(&self, days: u32) -> Vec<(String, NanoUsd)> {
        let today = self.ledger.day();
        let of = |back: u32| {
            let day = today.before(back);
            let lines = self.entries.iter();
            let lines = lines.filter(|entry| entry.reserved.stamp.day == day);
            (day.to_string(), lines.map(|entry| entry.charged.usd).sum())
        };
        (0..days).rev().map(of).collect()
    }

    /// What is spent and set aside.
    pub(super) fn committed(&self, span: Span) -> (Spending, Spending) {
        (self.ledger.spent(span), self.ledger.reserved(span))
    }
}

#[cfg(test)]
mod tests {
    use weir_core::{Limits, Moment};

    use super::*;

    fn at(day: i64) -> Moment {
        Moment::new(day * 86_400_000, 0)
    }

    fn call(ledger: &mut Ledger, day: i64, usd: u64) {
        let place = Where::Cloud {
            model: "m".to_owned(),
            host: "h".to_owned(),
        };
        let worst = Spending {
            usd: NanoUsd::new(2 * usd),
            ..Spending::ZERO
        };
        let reserved = ledger.reserve(&Limits::UNLIMITED, place, worst, at(day));
        let reserved = reserved.expect("there is no limit");
        let settled = ledger.settle(reserved, Some(NanoUsd::new(usd)), 10);
        assert_eq!(settled.map(|charged| charged.usd), Ok(NanoUsd::new(usd)));
    }

    fn books(ledger: Ledger) -> Books {
        let entries = ledger.entries().to_vec();
        Books { ledger, entries }
    }

    #[test]
    fn books_that_add_up_pass_every_check() {
        let mut ledger = Ledger::default();
        call(&mut ledger, 20_000, 5);
        call(&mut ledger, 20_001, 7);
        let books = books(ledger);
        assert!(
            books.checks().iter().all(|check| check.holds),
            "{:?}",
            books.checks()
        );
        let days = books.by_day(3);
        let money: Vec<_> = days.iter().map(|(_, usd)| usd.nanos()).collect();
        assert_eq!(money, [0, 5, 7]);
    }

    #[test]
    fn a_line_that_is_missing_is_noticed() {
        let mut ledger = Ledger::default();
        call(&mut ledger, 20_001, 7);
        call(&mut ledger, 20_001, 8);
        ledger.archived(1);
        let failed: Vec<_> = books(ledger)
            .checks()
            .into_iter()
            .filter(|check| !check.holds)
            .map(|check| check.figures)
            .collect();
        assert_eq!(failed, ["$0.000000008 and $0.000000015"; 2]);
    }
}
