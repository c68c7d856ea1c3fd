//! How fast a download is lately. Pure.

use std::collections::VecDeque;

/// What "lately" means.
const WINDOW_MS: f64 = 5_000.0;

/// Bytes that were here, over the last seconds.
#[derive(Clone, Debug, Default)]
pub(super) struct Rate {
    seen: VecDeque<(f64, u64)>,
}

impl Rate {
    /// At `now_ms`, `bytes` of the file are here.
    pub(super) fn record(&mut self, now_ms: f64, bytes: u64) {
        self.seen.push_back((now_ms, bytes));
        // The last one before the window stays: the window begins on the way from it.
        while self
            .seen
            .get(1)
            .is_some_and(|(then, _)| now_ms - then >= WINDOW_MS)
        {
            self.seen.pop_front();
        }
    }

    /// Bytes per second from the window's beginning to `now_ms`.
    pub(super) fn per_second(&self, now_ms: f64) -> f64 {
        let (Some((then, before)), Some((_, bytes))) = (self.seen.front(), self.seen.back()) else {
            return 0.0;
        };
        let seconds = (now_ms - then) / 1_000.0;
        if seconds <= 0.0 {
            return 0.0;
        }
        bytes.saturating_sub(*before) as f64 / seconds
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn steady(bytes_per_ms: u64, step_ms: u64, steps: u64) -> (Rate, f64) {
        let mut rate = Rate::default();
        for step in 0..=steps {
            rate.record(
                (step * step_ms) as f64,
                1_000_000 + step * step_ms * bytes_per_ms,
            );
        }
        (rate, (steps * step_ms) as f64)
    }

    #[test]
    fn what_was_here_before_does_not_count_as_speed() {
        let mut rate = Rate::default();
        assert_eq!(rate.per_second(0.0), 0.0);
        rate.record(0.0, 50_000_000);
        assert_eq!(rate.per_second(0.0), 0.0);
        assert_eq!(rate.per_second(1_000.0), 0.0);
    }

    #[test]
    fn a_connection_that_stalls_slows_down_to_nothing() {
        let (mut rate, now) = steady(2_000, 100, 100);
        let fast = rate.per_second(now);
        rate.record(now + 3_000.0, 1_000_000 + 100 * 100 * 2_000);
        assert!(rate.per_second(now + 3_000.0) < fast);
        rate.record(now + 9_000.0, 1_000_000 + 100 * 100 * 2_000);
        rate.record(now + 9_500.0, 1_000_000 + 100 * 100 * 2_000);
        assert_eq!(rate.per_second(now + 9_500.0), 0.0);
    }

    proptest! {
        #[test]
        fn a_steady_stream_has_its_own_speed(
            bytes_per_ms in 1..100_000_u64, step_ms in 1..900_u64, steps in 1..200_u64,
        ) {
            let (rate, now) = steady(bytes_per_ms, step_ms, steps);
            let expected = bytes_per_ms as f64 * 1_000.0;
            prop_assert!((rate.per_second(now) / expected - 1.0).abs() < 1e-9);
        }

        #[test]
        fn it_remembers_seconds_not_hours(step_ms in 50..500_u64) {
            let (rate, _) = steady(7, step_ms, 10_000);
            prop_assert!(rate.seen.len() as u64 <= 5_000 / step_ms + 2);
        }
    }
}
