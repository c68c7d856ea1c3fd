//! Budgets: limits that a user sets, and spending under them.

use serde::{Deserialize, Serialize};

use crate::{
    money::NanoUsd,
    span::{Span, Spans},
};

/// An amount of each resource that cloud calls consume: a cost, a total, or a forecast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spending {
    /// Usage: money.
    pub usd: NanoUsd,
    /// Latency: milliseconds a user waits for replies.
    pub millis: u64,
    /// Data: bytes that leave the device.
    pub bytes: u64,
    /// Data: pictures that leave the device.
    pub images: u32,
}

/// Limits on each resource in one span; `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Usage in USD.
    pub usd: Option<NanoUsd>,
    /// Seconds of waiting, in milliseconds.
    pub millis: Option<u64>,
    /// Bytes that may leave the device.
    pub bytes: Option<u64>,
    /// Pictures that may leave the device.
    pub images: Option<u32>,
}

/// The limits that a user sets: one budget for a turn, a dialogue, a day and a month. All of them
/// hold at once.
pub type Limits = Spans<Budget>;

impl Spending {
    /// Nothing of anything.
    pub const ZERO: Self = Self {
        usd: NanoUsd::ZERO,
        millis: 0,
        bytes: 0,
        images: 0,
    };

    /// The sum, saturating in every resource.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            usd: self.usd.saturating_add(other.usd),
            millis: self.millis.saturating_add(other.millis),
            bytes: self.bytes.saturating_add(other.bytes),
            images: self.images.saturating_add(other.images),
        }
    }

    /// `count` times this spending, saturating.
    #[must_use]
    pub const fn times(self, count: u32) -> Self {
        Self {
            usd: self.usd.saturating_mul(count as u64),
            millis: self.millis.saturating_mul(count as u64),
            bytes: self.bytes.saturating_mul(count as u64),
            images: self.images.saturating_mul(count),
        }
    }
}

impl Budget {
    /// No limit on anything.
    pub const UNLIMITED: Self = Self {
        usd: None,
        millis: None,
        bytes: None,
        images: None,
    };

    /// Whether `total` stays within every limit.
    #[must_use]
    pub fn allows(&self, total: Spending) -> bool {
        within(self.usd, total.usd)
            && within(self.millis, total.millis)
            && within(self.bytes, total.bytes)
            && within(self.images, total.images)
    }

    /// What is left for more, once `committed` is gone.
    #[must_use]
    pub fn after(&self, committed: Spending) -> Self {
        Self {
            usd: self.usd_left(committed),
            millis: self.millis_left(committed),
            bytes: (self.bytes).map(|limit| limit.saturating_sub(committed.bytes)),
            images: (self.images).map(|limit| limit.saturating_sub(committed.images)),
        }
    }

    /// What is left of the money after `total`; `None` without a limit.
    #[must_use]
    pub fn usd_left(&self, total: Spending) -> Option<NanoUsd> {
        self.usd.map(|limit| limit.saturating_sub(total.usd))
    }

    /// What is left of the milliseconds after `total`; `None` without a limit.
    #[must_use]
    pub fn millis_left(&self, total: Spending) -> Option<u64> {
        self.millis.map(|limit| limit.saturating_sub(total.millis))
    }
}

impl Limits {
    /// No limit on anything.
    pub const UNLIMITED: Self = Self {
        turn: Budget::UNLIMITED,
        dialogue: Budget::UNLIMITED,
        day: Budget::UNLIMITED,
        month: Budget::UNLIMITED,
    };

    /// The shortest span whose limits do not allow `total`.
    #[must_use]
    pub fn in_the_way(&self, total: Spending) -> Option<Span> {
        Span::ALL
            .into_iter()
            .find(|span| !self.of(*span).allows(total))
    }
}

/// The budget of a dialogue, and no other limit.
impl From<Budget> for Limits {
    fn from(dialogue: Budget) -> Self {
        Self {
            dialogue,
            ..Self::UNLIMITED
        }
    }
}

fn within<T: PartialOrd>(limit: Option<T>, amount: T) -> bool {
    limit.is_none_or(|limit| amount <= limit)
}
