//! How long to wait for a provider.

use std::{future::Future, pin::pin, time::Duration};

use futures::future::{Either, select};

/// Lets time pass: `setTimeout` in a browser, a runtime's timer elsewhere.
pub trait Timer {
    /// Completes after `wait`, not before.
    fn after(&self, wait: Duration) -> impl Future<Output = ()>;
}

/// The longest waits, after which a call is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For a connection and the headers of the answer, which a browser does not tell apart.
    pub headers: Duration,
    /// From the headers to the first byte: a provider may read a long prompt before it says anything.
    pub first_byte: Duration,
    /// Between two arrivals once the answer has begun.
    pub idle: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            headers: Duration::from_secs(90),
            first_byte: Duration::from_secs(90),
            idle: Duration::from_secs(45),
        }
    }
}

/// What `work` gives, or `None` if it takes longer than `limit`.
pub(crate) async fn within<T>(
    timer: &impl Timer,
    limit: Duration,
    work: impl Future<Output = T>,
) -> Option<T> {
    match select(pin!(work), pin!(timer.after(limit))).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}
