//! When a failed call is tried again without asking the user.
//!
//! Only where nothing was charged and nothing was heard: a second try then can neither cost twice nor
//! say twice. The decision is a function of what happened, so that it can be tested without waiting.

use std::time::{Duration, SystemTime};

use crate::error::{Charged, CloudFailure, Retry, RetryAfter};

/// How often and how patiently a call is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// Tries in all, the first one included.
    pub tries: u32,
    /// The wait after the first failure; it doubles with each further one.
    pub first: Duration,
    /// The longest wait. A provider that wants a longer one is not waited for: the user is asked.
    pub longest: Duration,
}

/// What to do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Try the same call again after this wait.
    Wait(Duration),
    /// Tell the user.
    GiveUp,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            tries: 3,
            first: Duration::from_millis(500),
            longest: Duration::from_secs(15),
        }
    }
}

impl Retries {
    /// What to do when the try of number `tried`, counted from 1, ended in `failure` at `now`. `dice`
    /// is any number, drawn evenly from all of them.
    ///
    /// Without a word from the provider the wait lies between half and all of the doubled one (the
    /// “equal jitter” of M. Brooker, “Exponential Backoff and Jitter”, AWS, 2015), so that tabs which
    /// failed together do not return together. With a `Retry-After` it is never shorter than that.
    #[must_use]
    pub fn next(&self, failure: &CloudFailure, tried: u32, now: SystemTime, dice: u32) -> Next {
        let is_free = failure.error.charged() == Charged::No
            && failure.usage.is_none()
            && !failure.received_any;
        let Retry::Later(retry_after) = failure.error.retry() else {
            return Next::GiveUp;
        };
        let asked = match retry_after {
            None => Duration::ZERO,
            Some(RetryAfter::Wait(wait)) => wait,
            Some(RetryAfter::At(instant)) => instant.duration_since(now).unwrap_or_default(),
        };
        if !is_free || tried >= self.tries || asked > self.longest {
            return Next::GiveUp;
        }
        let doublings = tried.saturating_sub(1).min(31);
        let half = self.first.saturating_mul(1 << doublings).min(self.longest) / 2;
        let jitter = share(half, dice);
        Next::Wait(half.max(asked).saturating_add(jitter).min(self.longest))
    }
}

/// The part of `whole` that `dice` is of all numbers.
fn share(whole: Duration, dice: u32) -> Duration {
    let nanos = (whole.as_nanos() * u128::from(dice)) >> u32::BITS;
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}
