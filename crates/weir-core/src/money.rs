//! Integer money. A nano-USD is 10⁻⁹ US dollars: one token of the cheapest priced model is tens of
//! them, and `u64` holds 18 billion dollars.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An amount of money in 10⁻⁹ US dollars. Sums saturate: an amount too large to count is refused
/// by any limit, never wrapped around to a small one.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct NanoUsd(u64);

/// Why a text is not an amount of money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an amount in dollars; write something like 0.05")]
pub struct ParseMoneyError(String);

impl NanoUsd {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// More than can ever be spent.
    pub const MAX: Self = Self(u64::MAX);

    /// `nanos` × 10⁻⁹ US dollars.
    #[must_use]
    pub const fn new(nanos: u64) -> Self {
        Self(nanos)
    }

    /// The amount in 10⁻⁹ US dollars.
    #[must_use]
    pub const fn nanos(self) -> u64 {
        self.0
    }

    /// For display and for the policy's features only: never add these up.
    #[must_use]
    pub fn as_usd(self) -> f64 {
        self.0 as f64 * 1e-9
    }

    /// The sum, or [`NanoUsd::MAX`] where it does not fit.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, or zero where `other` is larger.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// `count` times this amount, or [`NanoUsd::MAX`] where it does not fit.
    #[must_use]
    pub const fn saturating_mul(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count))
    }
}

impl std::iter::Sum for NanoUsd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Self::saturating_add)
    }
}

/// Dollars with as many decimals as the amount needs, at least two: `$0.00049`.
impl fmt::Display for NanoUsd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fraction = format!("{:09}", self.0 % 1_000_000_000);
        let significant = fraction.trim_end_matches('0').len().max(2);
        write!(
            f,
            "${}.{}",
            self.0 / 1_000_000_000,
            &fraction[..significant]
        )
    }
}

/// Reads dollars exactly, without going through floating point: `0.05`, `$2`, `.5`.
/// More than nine decimals are refused rather than rounded.
impl FromStr for NanoUsd {
    type Err = ParseMoneyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || ParseMoneyError(text.to_owned());
        let digits = text.trim();
        let digits = digits.strip_prefix('$').unwrap_or(digits);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0
            || fraction.len() > 9
            || !all_digits(whole)
            || !all_digits(fraction)
        {
            return Err(refuse());
        }
        let number = |part: &str| {
            if part.is_empty() {
                Ok(0)
            } else {
                part.parse::<u64>()
            }
        };
        let whole = number(whole).map_err(|_| refuse())?;
        let fraction = number(&format!("{fraction:0<9}")).map_err(|_| refuse())?;
        whole
            .checked_mul(1_000_000_000)
            .and_then(|nanos| nanos.checked_add(fraction))
            .map(Self)
            .ok_or_else(refuse)
    }
}
