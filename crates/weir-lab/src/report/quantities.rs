//! Numbers that may not be any number.

use serde::Deserialize;

/// A mean with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Ends")]
pub struct Mean {
    /// The mean.
    pub mean: f64,
    /// Its interval.
    pub interval: Interval,
}

/// Two ends in order.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "[f64; 2]")]
pub struct Interval([f64; 2]);

/// A number between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Deserialize)]
#[serde(try_from = "f64")]
pub struct Share(f64);

/// How [`Mean`] is written.
#[derive(Deserialize)]
struct Ends {
    mean: f64,
    low: f64,
    high: f64,
}

/// How far sums of shares may be off by rounding.
const ROUNDING: f64 = 1e-6;

impl Interval {
    /// Its ends.
    #[must_use]
    pub const fn ends(self) -> [f64; 2] {
        self.0
    }

    /// Whether all of it is above 0.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0[0] > 0.0
    }
}

impl TryFrom<[f64; 2]> for Interval {
    type Error = String;

    fn try_from([low, high]: [f64; 2]) -> Result<Self, String> {
        if low <= high {
            Ok(Self([low, high]))
        } else {
            Err(format!("its low end, {low}, is above its high end, {high}"))
        }
    }
}

impl TryFrom<Ends> for Mean {
    type Error = String;

    fn try_from(Ends { mean, low, high }: Ends) -> Result<Self, String> {
        let interval = Interval::try_from([low, high])?;
        Ok(Self { mean, interval })
    }
}

impl Share {
    /// The number.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Share {
    type Error = String;

    fn try_from(share: f64) -> Result<Self, String> {
        if (-ROUNDING..=1.0 + ROUNDING).contains(&share) {
            Ok(Self(share.clamp(0.0, 1.0)))
        } else {
            Err(format!("{share} is not a share, which is between 0 and 1"))
        }
    }
}
