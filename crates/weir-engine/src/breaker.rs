//! A provider that keeps failing is left alone for a while, and longer each time.

use serde::{Deserialize, Serialize};
use weir_core::Moment;

use crate::refusal::Trouble;

/// Failures in a row after which it is left alone.
const FAILURES: u32 = 3;
/// For so long at first; twice as long after each failure more,
const PAUSE_MS: i64 = 30_000;
/// but never longer than this.
const LONGEST_PAUSE_MS: i64 = 3_600_000;

/// How often a provider failed in a row, and when it last did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaker {
    failures: u32,
    failed_at_ms: i64,
}

/// Whether calls may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circuit {
    /// They may.
    Closed,
    /// It is time to try whether it works again: a failure opens it for longer.
    HalfOpen,
    /// Not yet.
    Open,
}

impl Breaker {
    /// Takes in how a call ended: well, or with what trouble. Trouble that is not the provider's, such
    /// as a refused key, says nothing about it.
    pub fn heed(&mut self, trouble: Option<Trouble>, now: Moment) {
        match trouble {
            None => *self = Self::default(),
            Some(trouble) if is_the_providers(trouble) => {
                self.failures = self.failures.saturating_add(1);
                self.failed_at_ms = now.utc_ms();
            }
            Some(_) => {}
        }
    }

    /// Whether calls may be made. A clock that was set back cannot keep it open.
    #[must_use]
    pub fn circuit(&self, now: Moment) -> Circuit {
        let Some(times) = self.failures.checked_sub(FAILURES) else {
            return Circuit::Closed;
        };
        let pause = (PAUSE_MS << times.min(7)).min(LONGEST_PAUSE_MS);
        let passed = now.utc_ms().saturating_sub(self.failed_at_ms);
        if (0..pause).contains(&passed) {
            Circuit::Open
        } else {
            Circuit::HalfOpen
        }
    }
}

/// Whether it says that the provider is not well, rather than that this call, key, page or device is
/// not.
const fn is_the_providers(trouble: Trouble) -> bool {
    matches!(
        trouble,
        Trouble::CloudUnreachable
            | Trouble::CloudBlocked
            | Trouble::CloudSlow
            | Trouble::CloudForeign
            | Trouble::CloudRateLimited
            | Trouble::CloudFailing
            | Trouble::CloudCutOff
    )
}
