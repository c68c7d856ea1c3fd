//! Pacing: spreading the budget of a day or a month over its dialogues.
//!
//! The mask keeps a budget from being exceeded, but not from being gone by noon. A [`Pacer`] holds a
//! price on spending, the dual variable of the constraint "no larger share of the budget is spent
//! than of the period is over". It rises while spending is ahead of the clock and decays by itself,
//! because the plain update oscillates. It is taken off the scores of what the mask allows, so it
//! can only make spending rarer.

use serde::{Deserialize, Serialize};

/// How quickly a price follows what is spent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pacing {
    /// Added to the price after a turn, for spending that is ahead by the whole budget.
    pub step: f32,
    /// Share of the price that a turn takes away, 0 to 1.
    pub damping: f32,
    /// The highest price.
    pub most: f32,
}

impl Pacing {
    /// No pacing: the price stays 0.
    pub const OFF: Self = Self {
        step: 0.0,
        damping: 1.0,
        most: 0.0,
    };
}

impl Default for Pacing {
    /// What did best for days of 30 dialogues under a tenth to three quarters of what they would
    /// spend freely; `weir-lab pacing` measures it.
    fn default() -> Self {
        Self {
            step: 20.0,
            damping: 0.5,
            most: 20.0,
        }
    }
}

/// The price on spending, which lasts from turn to turn and from dialogue to dialogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pacer {
    pacing: Pacing,
    price: f32,
}

impl Pacer {
    /// At the beginning of a period, with a price of 0.
    #[must_use]
    pub const fn new(pacing: Pacing) -> Self {
        Self { pacing, price: 0.0 }
    }

    /// λ, the price: what is taken off the score of an action that spends the allowance of one turn.
    #[must_use]
    pub const fn price(&self) -> f32 {
        self.price
    }

    /// Forgets what was spent, as a new period begins.
    pub const fn reset(&mut self) {
        self.price = 0.0;
    }

    /// After a turn: `spent` is the share of the budget that is gone, `elapsed` the share of the
    /// period that is over. λ ← (1 − damping)·λ + step·(spent − elapsed), from 0 to the highest price.
    /// Shares that are not numbers change nothing.
    pub fn observe(&mut self, spent: f32, elapsed: f32) {
        let Pacing {
            step,
            damping,
            most,
        } = self.pacing;
        let next = (1.0 - damping) * self.price + step * (spent - elapsed);
        if !next.is_nan() {
            self.price = next.min(most).max(0.0);
        }
    }

    /// What is taken off the score of an action that is expected to spend `usd`, where `allowance`,
    /// also USD, would spend what is left evenly over the turns that are left of the period.
    #[must_use]
    pub fn penalty(&self, usd: f32, allowance: f32) -> f32 {
        if self.price > 0.0 && usd > 0.0 {
            (self.price * usd / allowance.max(f32::MIN_POSITIVE)).min(f32::MAX)
        } else {
            0.0
        }
    }

    /// The allowed place whose score, less its penalty, is highest; the cheapest of equal ones.
    /// `scores` and the expected `usd` are by place.
    #[must_use]
    pub fn choose(
        &self,
        scores: &[f32],
        usd: &[f32],
        allowance: f32,
        allowed: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let places = (0..scores.len().min(usd.len())).filter(|place| allowed(*place));
        let paced = |place: usize| scores[place] - self.penalty(usd[place], allowance);
        places.reduce(|best, next| {
            let (high, value) = (paced(best), paced(next));
            if value > high || (value == high && usd[next] < usd[best]) {
                next
            } else {
                best
            }
        })
    }
}
