//! A call, from asking for it to the charge.

use weir_core::{
    LedgerError, NanoUsd, Price, Reservation, Spending, TokenUsage, Where, price::CallBound,
};

use super::World;
use crate::{
    books::State,
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
    number: Reservation,
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
        let tab = &mut self.tabs[which];
        if self.dice.percent(60) {
            tab.ledger.begin_turn(moment);
            tab.books.now.turn += 1;
        }
        tab.books.roll_over(day);
        // What a refusal may leave behind: the new day.
        let mut rolled_over = tab.ledger.clone();
        rolled_over.roll_over(moment);
        let allowed = tab.books.allows(&self.limits, worst);
        ensure!(
            rolled_over.room(&self.limits).allows(worst) == allowed,
            "the room for {worst:?} is wrong"
        );
        let place = Where::Cloud {
            model: String::new(),
            host: String::new(),
        };
        let number = match tab.ledger.reserve(&self.limits, place, worst, moment) {
            Ok(number) => number,
            Err(refusal) => {
                self.seen.refused += 1;
                ensure!(!allowed, "{worst:?} was refused and fits: {refusal}");
                ensure!(tab.ledger == rolled_over, "a refusal changed the ledger");
                return Ok(());
            }
        };
        ensure!(allowed, "{worst:?} was granted and does not fit");
        tab.books.open(number, worst, State::Running);
        if !self.save(which) {
            // Nothing is sent that is not stored.
            self.seen.not_stored += 1;
            return self.release(which, number);
        }
        self.send(which, number, bound, worst);
        Ok(())
    }

    /// From here on the provider may charge, whatever happens in the tab.
    fn send(&mut self, which: usize, number: Reservation, bound: CallBound, worst: Spending) {
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
        let tab = &mut self.tabs[which];
        if !matches!(fate, Fate::NeverRan) {
            let cost = Spending {
                usd: self.price.cost(used),
                millis: 0,
                ..worst
            };
            self.paid.push(Paid {
                number,
                when: tab.books.now,
                cost,
            });
        }
        let day = tab.books.now.day;
        tab.calls.push(Call {
            number,
            price: self.price,
            worst,
            fate,
            day,
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
        self.seen.ended_on_another_day += u64::from(tab.books.now.day != call.day);
        self.seen.ended_at_another_price += u64::from(self.price != call.price);
        if matches!(call.fate, Fate::NeverRan) {
            self.seen.released += 1;
            self.release(which, call.number)?;
        } else {
            self.seen.settled += 1;
            let charged = Spending {
                usd,
                millis,
                ..call.worst
            };
            let settled = tab.ledger.settle(call.number, reported, millis);
            ensure!(
                settled == Ok(charged),
                "settled {settled:?}, not {charged:?}"
            );
            tab.books.close(call.number, State::Charged(charged));
        }
        self.cannot_close_again(which, call.number)?;
        self.save(which);
        Ok(())
    }

    fn release(&mut self, which: usize, number: Reservation) -> Checked {
        let tab = &mut self.tabs[which];
        let released = tab.ledger.release(number);
        ensure!(released == Ok(()), "not released: {released:?}");
        tab.books.close(number, State::Released);
        Ok(())
    }

    fn cannot_close_again(&mut self, which: usize, number: Reservation) -> Checked {
        let tab = &mut self.tabs[which];
        let before = tab.ledger.clone();
        let settled = tab.ledger.settle(number, None, 1);
        let released = tab.ledger.release(number);
        ensure!(
            settled == Err(LedgerError::Closed) && released == Err(LedgerError::Closed),
            "it was closed twice"
        );
        ensure!(tab.ledger == before, "closing it again changed the ledger");
        Ok(())
    }
}
