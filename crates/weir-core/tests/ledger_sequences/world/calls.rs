//! A call, from asking for it to the charge.

use weir_core::{
    Limits, Moment, NanoUsd, Price, Reservation, Spending, TokenUsage, Where, price::CallBound,
};

use super::{Disk, World, note::Note};
use crate::{
    books::{State, When},
    reckoning::{Checked, Paid, ensure},
};

/// What the provider really does with a call.
#[derive(Clone, Copy)]
enum Fate {
    NeverRan,
    Reports(TokenUsage),
    ReportsNothing,
    ReportsTooMuch,
}

pub(super) struct Call {
    pub(super) number: Reservation,
    price: Price,
    worst: Spending,
    fate: Fate,
    day: i64,
}

impl World<'_> {
    pub(super) fn ask(&mut self, which: usize) -> Checked {
        let (moment, day) = (self.moment(), self.day());
        let bound = CallBound {
            prompt_tokens: self.dice.below(60),
            images: self.dice.below(3) as u32,
            audio_seconds: self.dice.below(2) as u32,
            output_tokens: self.dice.below(40),
        };
        let worst = Spending {
            usd: self.price.worst_case(bound),
            millis: self.dice.below(3_000),
            bytes: self.dice.below(4_000),
            images: bound.images,
        };
        if self.dice.percent(60) {
            let begun = Note::BeginTurn(moment, day);
            self.tabs[which].unstored.push(begun);
        }
        let limits = self.limits;
        let asked = self.exchange(which, |disk| {
            reserve(disk, &limits, worst, moment, day).map(|number| (number, disk.books.now))
        })?;
        match asked.transpose()? {
            // Nothing is sent that is not stored.
            None => self.seen.not_stored += 1,
            Some((None, _)) => self.seen.refused += 1,
            Some((Some(number), when)) => self.send(which, number, when, bound, worst),
        }
        Ok(())
    }

    /// From here on the provider may charge, whatever happens in the tab.
    fn send(
        &mut self,
        which: usize,
        number: Reservation,
        when: When,
        bound: CallBound,
        worst: Spending,
    ) {
        self.seen.granted += 1;
        let input = self.dice.below(bound.prompt_tokens + 1);
        let used = TokenUsage {
            input,
            cached_input: self.dice.below(input + 1),
            audio_input: self
                .dice
                .below(input.min(30 * u64::from(bound.audio_seconds)) + 1),
            output: self.dice.below(bound.output_tokens + 1),
        };
        let fate = match self.dice.below(10) {
            0..2 => Fate::NeverRan,
            2..7 => Fate::Reports(used),
            7..9 => Fate::ReportsNothing,
            _ => Fate::ReportsTooMuch,
        };
        if !matches!(fate, Fate::NeverRan) {
            let cost = Spending {
                usd: self.price.cost(used),
                millis: 0,
                ..worst
            };
            self.paid.push(Paid { number, when, cost });
        }
        self.tabs[which].calls.push(Call {
            number,
            price: self.price,
            worst,
            fate,
            day: when.day,
        });
    }

    pub(super) fn end_call(&mut self, which: usize) -> Checked {
        let tab = &mut self.tabs[which];
        if tab.calls.is_empty() {
            return Ok(());
        }
        let call = tab
            .calls
            .swap_remove(self.dice.below(tab.calls.len() as u64) as usize);
        let millis = self.dice.below(4_000);
        let (reported, usd) = match call.fate {
            Fate::NeverRan => (None, NanoUsd::ZERO),
            Fate::Reports(used) => (Some(call.price.cost(used)), call.price.cost(used)),
            Fate::ReportsNothing => (None, call.worst.usd),
            Fate::ReportsTooMuch => (Some(NanoUsd::MAX), call.worst.usd),
        };
        self.seen.ended_on_another_day += u64::from(self.disk.books.now.day != call.day);
        self.seen.ended_at_another_price += u64::from(self.price != call.price);
        let ended = if matches!(call.fate, Fate::NeverRan) {
            self.seen.released += 1;
            Note::Release(call.number)
        } else {
            self.seen.settled += 1;
            Note::Settle {
                number: call.number,
                reported,
                charged: Spending {
                    usd,
                    millis,
                    ..call.worst
                },
            }
        };
        self.tabs[which].unstored.push(ended);
        self.exchange(which, |_| ())?;
        Ok(())
    }
}

/// The number of the reservation, if the limits allow it.
fn reserve(
    disk: &mut Disk,
    limits: &Limits,
    worst: Spending,
    moment: Moment,
    day: i64,
) -> Result<Option<Reservation>, String> {
    let Disk { ledger, books, .. } = disk;
    books.roll_over(day);
    // What a refusal may leave behind: the new day.
    let mut rolled_over = ledger.clone();
    rolled_over.roll_over(moment);
    let allowed = books.allows(limits, worst);
    ensure!(
        rolled_over.room(limits).in_the_way(worst).is_none() == allowed,
        "the room for {worst:?} is wrong"
    );
    let place = Where::Cloud {
        model: String::new(),
        host: String::new(),
    };
    match ledger.reserve(limits, place, worst, moment) {
        Ok(number) => {
            ensure!(allowed, "{worst:?} was granted and does not fit");
            books.open(number, worst, State::Running);
            Ok(Some(number))
        }
        Err(refusal) => {
            ensure!(!allowed, "{worst:?} was refused and fits: {refusal}");
            ensure!(*ledger == rolled_over, "a refusal changed the ledger");
            Ok(None)
        }
    }
}
