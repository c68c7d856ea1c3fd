//! Two tabs, one disk, a clock that anybody may set, and providers that charge what they like.

mod calls;

use weir_core::{Budget, Entry, Ledger, Limits, Moment, NanoUsd, Price, Span, Spending, Where};

use calls::Call;

use crate::{
    books::{Books, DAY_MS, NEW_YEAR, State, within},
    dice::Dice,
    reckoning::{self, Checked, Paid, ensure},
    seen::Seen,
};

/// Until it opens the store it knows nothing of any charge, and may store nothing.
#[derive(Default)]
struct Tab {
    ledger: Ledger,
    books: Books,
    calls: Vec<Call>,
}

/// One record, replaced as a whole by the one tab that holds the lock.
#[derive(Default)]
struct Disk {
    ledger: Ledger,
    books: Books,
    archive: Vec<Entry>,
    writer: Option<usize>,
}

/// What becomes of the next thing that is stored.
#[derive(Clone, Copy, PartialEq)]
enum Write {
    Kept,
    Lost,
    /// It is there, and the page is told that it is not.
    KeptUnconfirmed,
}

pub(crate) struct World<'a> {
    dice: Dice,
    seen: &'a mut Seen,
    limits: Limits,
    price: Price,
    utc_ms: i64,
    offset_minutes: i32,
    disk: Disk,
    write: Write,
    tabs: [Tab; 2],
    paid: Vec<Paid>,
}

impl<'a> World<'a> {
    pub(crate) fn new(mut dice: Dice, seen: &'a mut Seen) -> Self {
        let limits = Limits {
            turn: limit(&mut dice, 15_000),
            dialogue: limit(&mut dice, 30_000),
            day: limit(&mut dice, 40_000),
            month: limit(&mut dice, 80_000),
        };
        Self {
            limits,
            price: price(&mut dice),
            utc_ms: (NEW_YEAR + 150) * DAY_MS,
            offset_minutes: 60,
            disk: Disk::default(),
            write: Write::Kept,
            tabs: [Tab::default(), Tab::default()],
            paid: Vec::new(),
            dice,
            seen,
        }
    }

    /// Something happens; then the ledger must say what the books say.
    pub(crate) fn step(&mut self) -> Checked {
        self.write = match self.dice.below(100) {
            0..6 => Write::Lost,
            6..12 => Write::KeptUnconfirmed,
            _ => Write::Kept,
        };
        let either = self.dice.below(2) as usize;
        // The writer has more to do than the tab that is kept out.
        let busy = self.disk.writer.filter(|_| self.dice.percent(50));
        let tab = busy.unwrap_or(either);
        if self.disk.writer.is_none() && self.dice.percent(70) {
            self.open(tab)?;
        }
        match self.dice.below(100) {
            0..36 => self.ask(tab)?,
            36..58 => self.end_call(tab)?,
            58..64 => self.answer_locally(tab),
            64..75 => self.set_clock(),
            75..80 => self.price = price(&mut self.dice),
            80..84 => self.begin_dialogue(tab),
            84..89 => self.crash(tab),
            89..96 => self.open(tab)?,
            _ => self.archive(tab),
        }
        self.check(tab)
    }

    /// Both tabs die; what the next one finds on the disk is reckoned up.
    pub(crate) fn finish(&mut self) -> Checked {
        self.write = Write::Kept;
        self.crash(0);
        self.crash(1);
        self.open(0)?;
        self.check(0)?;
        let Disk {
            ledger,
            books,
            archive,
            ..
        } = &self.disk;
        let entries: Vec<&Entry> = archive.iter().chain(ledger.entries()).collect();
        ensure!(ledger.open().is_empty(), "something is still open");
        reckoning::every_charge_is_there_once(&entries, books)?;
        reckoning::what_was_paid_is_charged(&entries, &self.paid)?;
        reckoning::no_limit_was_overrun(&entries, &self.paid, &self.limits)
    }

    fn answer_locally(&mut self, which: usize) {
        let (moment, day, millis) = (self.moment(), self.day(), self.dice.below(5_000));
        let tab = &mut self.tabs[which];
        tab.ledger.add_waiting(
            Where::Local {
                model: String::new(),
            },
            millis,
            moment,
        );
        tab.books.roll_over(day);
        if let Some(entry) = tab.ledger.entries().last() {
            let waited = Spending {
                millis,
                ..Spending::ZERO
            };
            tab.books.open(
                entry.reserved.number,
                Spending::ZERO,
                State::Charged(waited),
            );
        }
        self.save(which);
    }

    fn begin_dialogue(&mut self, which: usize) {
        let tab = &mut self.tabs[which];
        tab.ledger.begin_dialogue();
        tab.books.now.turn += 1;
        tab.books.now.dialogue += 1;
        self.save(which);
    }

    fn set_clock(&mut self) {
        const HOUR_MS: u64 = 3_600_000;
        let reach = [HOUR_MS, 30 * HOUR_MS, 40 * 24 * HOUR_MS][self.dice.below(3) as usize];
        let by = self.dice.below(reach) as i64;
        let back = self.dice.percent(40);
        let moved = if back {
            self.utc_ms - by
        } else {
            self.utc_ms + by
        };
        // Within the year that the books know, at every offset.
        self.utc_ms = moved.clamp((NEW_YEAR + 2) * DAY_MS, (NEW_YEAR + 362) * DAY_MS);
        if self.dice.percent(20) {
            self.offset_minutes = self.dice.below(27 * 60) as i32 - 12 * 60;
        }
        self.seen.clock_set_back += u64::from(back);
    }

    fn crash(&mut self, which: usize) {
        self.tabs[which] = Tab::default();
        if self.disk.writer == Some(which) {
            self.disk.writer = None;
        }
    }

    /// The one that gets the lock becomes the writer, and reads what is there.
    fn open(&mut self, which: usize) -> Checked {
        if self.disk.writer.is_some() {
            self.seen.second_tab_kept_out += u64::from(self.disk.writer != Some(which));
            return Ok(());
        }
        self.disk.writer = Some(which);
        let stored = serde_json::to_string(&self.disk.ledger).map_err(|it| it.to_string())?;
        let mut ledger: Ledger = serde_json::from_str(&stored).map_err(|it| it.to_string())?;
        ensure!(
            ledger == self.disk.ledger,
            "what was stored reads differently"
        );
        let mut books = self.disk.books.clone();
        let interrupted = ledger.recover().len() as u64;
        ensure!(
            interrupted == books.interrupt(),
            "not every open call was recovered"
        );
        self.seen.interrupted += interrupted;
        self.tabs[which] = Tab {
            ledger,
            books,
            calls: Vec::new(),
        };
        self.save(which);
        Ok(())
    }

    /// Moves entries to where they are kept, in one transaction with the rest.
    fn archive(&mut self, which: usize) {
        if self.write != Write::Kept {
            return;
        }
        let tab = &mut self.tabs[which];
        let count = self.dice.below(tab.ledger.entries().len() as u64 + 1) as usize;
        let before = tab.ledger.clone();
        tab.ledger.archived(count);
        if self.save(which) {
            self.disk
                .archive
                .extend_from_slice(&before.entries()[..count]);
            self.seen.archived += count as u64;
        } else {
            self.tabs[which].ledger = before;
        }
    }

    /// All or nothing, and only by the writer.
    fn save(&mut self, which: usize) -> bool {
        let tab = &self.tabs[which];
        if self.disk.writer != Some(which) || self.write == Write::Lost {
            return false;
        }
        self.disk.ledger.clone_from(&tab.ledger);
        self.disk.books.clone_from(&tab.books);
        self.write == Write::Kept
    }

    fn check(&self, which: usize) -> Checked {
        let Tab { ledger, books, .. } = &self.tabs[which];
        for span in Span::ALL {
            let (spent, reserved) = (ledger.spent(span), ledger.reserved(span));
            let (right, open) = (books.spent(span), books.reserved(span));
            ensure!(spent == right, "spent {spent:?} {span}, not {right:?}");
            ensure!(
                reserved == open,
                "reserved {reserved:?} {span}, not {open:?}"
            );
            let (total, limit) = (ledger.committed(span), self.limits.of(span));
            ensure!(within(limit, total), "{total:?} {span} is over {limit:?}");
        }
        Ok(())
    }

    fn moment(&self) -> Moment {
        Moment::new(self.utc_ms, self.offset_minutes)
    }

    fn day(&self) -> i64 {
        (self.utc_ms + i64::from(self.offset_minutes) * 60_000).div_euclid(DAY_MS)
    }
}

/// Some limits are zero, many are tight, some are not there.
fn limit(dice: &mut Dice, nanos: u64) -> Budget {
    let mut about = |chance, most: u64| {
        let least = if dice.percent(3) { 0 } else { most / 4 };
        dice.maybe(chance, |dice| least + dice.below(most))
    };
    Budget {
        usd: about(75, nanos).map(NanoUsd::new),
        millis: about(15, nanos),
        bytes: about(15, nanos),
        images: about(15, 8).map(|images| images as u32),
    }
}

fn price(dice: &mut Dice) -> Price {
    let mut token = |most| NanoUsd::new(dice.below(most));
    Price {
        input: token(60),
        cached_input: token(60),
        output: token(200),
        audio_input: Some(token(90)),
        image_tokens: 20,
        audio_tokens_per_second: 30,
    }
}
