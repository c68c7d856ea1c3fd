//! Three tabs, one disk, a clock that anybody may set, and providers that charge what they like.
//!
//! The tabs do as the engine does: each change is made on what is stored, and what could not be
//! stored is made again with the next one.

mod calls;
mod note;

use weir_core::{Budget, Entry, Ledger, Limits, Moment, NanoUsd, Price, Span};

use calls::Call;
use note::Note;

use crate::{
    books::{Books, DAY_MS, NEW_YEAR, within},
    dice::Dice,
    reckoning::{self, Checked, Paid, ensure},
    seen::Seen,
};

/// What a tab knows that is not on the disk.
#[derive(Default)]
struct Tab {
    /// Whether its dialogue is the one that is kept, once that is known.
    keeps: Option<bool>,
    /// Its dialogue, once that is stored.
    dialogue: Option<u64>,
    calls: Vec<Call>,
    unstored: Vec<Note>,
}

/// What is stored as one.
#[derive(Clone, Default)]
struct Disk {
    ledger: Ledger,
    books: Books,
    archive: Vec<Entry>,
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
    tabs: [Tab; 3],
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
            tabs: Default::default(),
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
        let tab = self.dice.below(3) as usize;
        match self.dice.below(100) {
            0..36 => self.ask(tab)?,
            36..58 => self.end_call(tab)?,
            58..64 => self.answer_locally(tab)?,
            64..75 => self.set_clock(),
            75..80 => self.price = price(&mut self.dice),
            80..84 => {
                self.tabs[tab].unstored.push(Note::BeginDialogue);
                self.exchange(tab, |_| ())?;
            }
            84..90 => self.tabs[tab] = Tab::default(),
            90..95 => self.reload(tab)?,
            _ => self.archive(tab)?,
        }
        Ok(())
    }

    /// All tabs die; what the next one finds on the disk is reckoned up.
    pub(crate) fn finish(&mut self) -> Checked {
        self.write = Write::Kept;
        self.tabs = Default::default();
        self.reload(0)?;
        let Disk {
            ledger,
            books,
            archive,
        } = &self.disk;
        let entries: Vec<&Entry> = archive.iter().chain(ledger.entries()).collect();
        ensure!(ledger.open().is_empty(), "something is still open");
        reckoning::every_charge_is_there_once(&entries, books)?;
        reckoning::what_was_paid_is_charged(&entries, &self.paid)?;
        reckoning::no_limit_was_overrun(&entries, &self.paid, &self.limits)
    }

    /// A change, as a tab makes it; `None` if it was told that it is not stored.
    fn exchange<T>(
        &mut self,
        which: usize,
        change: impl FnOnce(&mut Disk) -> T,
    ) -> Result<Option<T>, String> {
        let kept_for_another = self.tabs.iter().any(|tab| tab.keeps == Some(true));
        let tab = &self.tabs[which];
        let keeps = tab.keeps.unwrap_or(!kept_for_another);
        let elsewhere: Vec<u64> = (self.tabs.iter().enumerate())
            .filter(|(other, _)| *other != which)
            .filter_map(|(_, other)| other.dialogue)
            .collect();
        let goes_on = |dialogue| elsewhere.contains(&dialogue);
        self.seen.beside_another_tab += u64::from(!elsewhere.is_empty());
        self.seen.made_again += u64::from(tab.unstored.len() > 1);

        let mut disk = self.disk.clone();
        let kept = disk.ledger.dialogue();
        let stays = |dialogue| tab.dialogue == Some(dialogue) || goes_on(dialogue);
        disk.ledger.forget_others(stays);
        disk.books.forget_others(stays);
        match tab.dialogue {
            Some(dialogue) => disk.take_up(dialogue),
            None if keeps => {}
            None => {
                disk.ledger.begin_beside();
                disk.books.begin_beside();
            }
        }
        for note in &tab.unstored {
            note.apply(&mut disk)?;
        }
        let mine = |number| tab.calls.iter().any(|call| call.number == number);
        let own = disk.ledger.dialogue();
        let interrupted = disk
            .ledger
            .recover(|reserved| mine(reserved.number) || goes_on(reserved.stamp.dialogue));
        let right = disk
            .books
            .interrupt(|line| mine(line.number) || goes_on(line.when.dialogue));
        ensure!(
            interrupted.len() as u64 == right,
            "{interrupted:?} were recovered, not {right}"
        );
        let by_another = interrupted
            .iter()
            .filter(|entry| entry.reserved.stamp.dialogue != own);
        self.seen.interrupted_by_another_tab += by_another.count() as u64;
        self.seen.interrupted += right;

        let changed = change(&mut disk);
        disk.check(&self.limits)?;
        let dialogue = disk.ledger.dialogue();
        if !keeps {
            disk.take_up(kept);
            disk.check(&self.limits)?;
        }
        let tab = &mut self.tabs[which];
        tab.keeps = Some(keeps);
        if self.write != Write::Lost {
            self.disk = disk;
        }
        if self.write != Write::Kept {
            return Ok(None);
        }
        tab.dialogue = Some(dialogue);
        tab.unstored.clear();
        Ok(Some(changed))
    }

    fn answer_locally(&mut self, which: usize) -> Checked {
        let millis = self.dice.below(5_000);
        let waited = Note::Waiting(millis, self.moment(), self.day());
        self.tabs[which].unstored.push(waited);
        self.exchange(which, |_| ())?;
        Ok(())
    }

    /// The tab dies and comes again, and finds what was stored.
    fn reload(&mut self, which: usize) -> Checked {
        self.tabs[which] = Tab::default();
        let stored = serde_json::to_string(&self.disk.ledger).map_err(|it| it.to_string())?;
        let ledger: Ledger = serde_json::from_str(&stored).map_err(|it| it.to_string())?;
        ensure!(
            ledger == self.disk.ledger,
            "what was stored reads differently"
        );
        self.exchange(which, |_| ())?;
        Ok(())
    }

    /// Moves entries to where they are kept, in one transaction with the rest.
    fn archive(&mut self, which: usize) -> Checked {
        let share = self.dice.below(101);
        let archived = self.exchange(which, |disk| {
            let entries = disk.ledger.entries();
            let count = entries.len() * share as usize / 100;
            disk.archive.extend_from_slice(&entries[..count]);
            disk.ledger.archived(count);
            count as u64
        })?;
        self.seen.archived += archived.unwrap_or(0);
        Ok(())
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

    fn moment(&self) -> Moment {
        Moment::new(self.utc_ms, self.offset_minutes)
    }

    fn day(&self) -> i64 {
        (self.utc_ms + i64::from(self.offset_minutes) * 60_000).div_euclid(DAY_MS)
    }
}

impl Disk {
    fn take_up(&mut self, dialogue: u64) {
        self.ledger.take_up(dialogue);
        self.books.take_up(dialogue);
    }

    /// The ledger must say what the books say.
    fn check(&self, limits: &Limits) -> Checked {
        let Self { ledger, books, .. } = self;
        for span in Span::ALL {
            let (spent, reserved) = (ledger.spent(span), ledger.reserved(span));
            let (right, open) = (books.spent(span), books.reserved(span));
            ensure!(spent == right, "spent {spent:?} {span}, not {right:?}");
            ensure!(
                reserved == open,
                "reserved {reserved:?} {span}, not {open:?}"
            );
            let (total, limit) = (ledger.committed(span), limits.of(span));
            ensure!(within(limit, total), "{total:?} {span} is over {limit:?}");
        }
        Ok(())
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
