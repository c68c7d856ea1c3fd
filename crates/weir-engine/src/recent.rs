//! The newest observations of something that changes, and a middle of them that a single one of them
//! cannot move far.

use serde::{Deserialize, Serialize};
use weir_core::Moment;

/// Observations that are kept.
const KEPT: usize = 12;
/// Each counts so much of the one that came after it,
const FADING: f32 = 0.9;
/// and half as much after so many hours: networks and machines are others tomorrow.
const HALF_LIFE_HOURS: f32 = 24.0;
const HOUR_MS: f32 = 3_600_000.0;
/// What is assumed counts as much as so many fresh observations: more than one, which may be an
/// outlier, and fewer than two.
pub(crate) const ASSUMED: f32 = 1.5;

/// The newest observations, oldest first, each with the milliseconds since 1970 when it was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Recent<T>(Vec<(i64, T)>);

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Recent<T> {
    pub(crate) fn add(&mut self, observed: T, now: Moment) {
        if self.0.len() >= KEPT {
            self.0.remove(0);
        }
        self.0.push((now.utc_ms(), observed));
    }

    /// Newest first, each with what it counts now. On a clock that was set back all are fresh.
    pub(crate) fn weighed(&self, now: Moment) -> impl Iterator<Item = (&T, f32)> + Clone {
        self.0
            .iter()
            .rev()
            .enumerate()
            .map(move |(place, (at, observed))| {
                let hours = now.utc_ms().saturating_sub(*at).max(0) as f32 / HOUR_MS;
                let weight = FADING.powi(place as i32) * (-hours / HALF_LIFE_HOURS).exp2();
                (observed, weight)
            })
    }
}

/// The weighted median of what is assumed and what was observed, each value with its weight: the
/// smallest that at least half of the weight does not exceed. Values that are no numbers do not count.
pub(crate) fn middle(assumed: (f32, f32), observed: impl IntoIterator<Item = (f32, f32)>) -> f32 {
    let mut values = vec![assumed];
    values.extend(observed.into_iter().filter(|(value, _)| value.is_finite()));
    values.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    let half = values.iter().map(|(_, weight)| weight).sum::<f32>() / 2.0;
    let mut below = 0.0;
    for (value, weight) in values {
        below += weight;
        if below >= half {
            return value;
        }
    }
    assumed.0
}
