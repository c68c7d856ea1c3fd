//! Days and months as the user's own calendar has them.
//!
//! Nothing here reads a clock: whoever asks for a budget says what the clock shows. A clock can be
//! set, so it only ever says which [`Day`] it claims to be; the [`crate::Ledger`] takes the latest
//! day that it was ever told, and a clock set back finds it there still.

use std::fmt;

use serde::{Deserialize, Serialize};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// 1970-01-02 and 9999-12-30: from one to the other every moment has a date at every offset.
const FIRST_MS: i64 = DAY_MS;
const LAST_MS: i64 = 2_932_895 * DAY_MS;
const LARGEST_OFFSET: i32 = 23 * 60 + 59;

/// What a clock showed, and how far the user's time of day is from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    utc_ms: i64,
    offset_minutes: i32,
}

/// A day of the user's calendar, counted from 1970-01-01.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Day(u32);

/// A month of the user's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: u32,
    /// 1 is January.
    month: u32,
}

impl Moment {
    /// `utc_ms` milliseconds after 1970-01-01T00:00Z, where the time of day is `offset_minutes`
    /// ahead of UTC, summer time included. What no calendar in use could show is taken for the
    /// nearest that one could.
    #[must_use]
    pub fn new(utc_ms: i64, offset_minutes: i32) -> Self {
        Self {
            utc_ms: utc_ms.clamp(FIRST_MS, LAST_MS),
            offset_minutes: offset_minutes.clamp(-LARGEST_OFFSET, LARGEST_OFFSET),
        }
    }

    /// Milliseconds after 1970-01-01T00:00Z.
    #[must_use]
    pub const fn utc_ms(self) -> i64 {
        self.utc_ms
    }

    /// The day that it is where the user is; it begins at local midnight.
    #[must_use]
    pub fn day(self) -> Day {
        Day((self.local_ms() / DAY_MS) as u32)
    }

    fn local_ms(self) -> i64 {
        self.utc_ms + i64::from(self.offset_minutes) * MINUTE_MS
    }
}

impl Day {
    /// So many days before, at the earliest 1970-01-01.
    #[must_use]
    pub const fn before(self, days: u32) -> Self {
        Self(self.0.saturating_sub(days))
    }

    /// The month that it is in.
    #[must_use]
    pub const fn month(self) -> Month {
        self.date().0
    }

    /// Month, and day of the month from 1. From Howard Hinnant, *chrono-Compatible Low-Level Date
    /// Algorithms*, `civil_from_days`: years begin in March there, so that a leap day is the last
    /// of its year.
    const fn date(self) -> (Month, u32) {
        let since_march_of_year_0 = self.0 + 719_468;
        let era = since_march_of_year_0 / 146_097;
        let day_of_era = since_march_of_year_0 % 146_097;
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let (month, later) = if month_from_march < 10 {
            (month_from_march + 3, 0)
        } else {
            (month_from_march - 9, 1)
        };
        let year = era * 400 + year_of_era + later;
        (Month { year, month }, day)
    }
}

/// RFC 3339 with the user's offset: `2026-11-23T04:54:11.000+01:00`.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_day = self.local_ms() % DAY_MS;
        let (minutes, millis) = (of_day / MINUTE_MS, of_day % MINUTE_MS);
        let sign = if self.offset_minutes < 0 { '-' } else { '+' };
        let offset = self.offset_minutes.abs();
        write!(
            f,
            "{}T{:02}:{:02}:{:02}.{:03}{sign}{:02}:{:02}",
            self.day(),
            minutes / 60,
            minutes % 60,
            millis / 1_000,
            millis % 1_000,
            offset / 60,
            offset % 60
        )
    }
}

/// `2026-11-23`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (month, day) = self.date();
        write!(f, "{month}-{day:02}")
    }
}

/// `2026-11`.
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}
