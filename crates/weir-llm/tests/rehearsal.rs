//! Measuring a device takes no longer than it may.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use burn::tensor::Device;
use futures::executor::block_on;
use std::cell::{Cell, RefCell};
use std::time::Instant;
use weir_llm::rehearsal::measure;

/// What may be spent behind the compilation of kernels, in milliseconds.
const BUDGET: f64 = 250.0;

/// The tokens per second that were measured, and what the clock showed whenever it was read.
fn measured(device: &Device, clock: impl Fn() -> f64) -> (f32, Vec<f64>) {
    let seen = RefCell::new(Vec::new());
    let look = || {
        let now = clock();
        seen.borrow_mut().push(now);
        now
    };
    let speed = block_on(measure(device, look)).unwrap();
    (speed, seen.into_inner())
}

#[test]
fn every_device_is_measured_within_the_budget() {
    for device in support::devices() {
        let begun = Instant::now();
        let (speed, seen) = measured(&device, || begun.elapsed().as_secs_f64() * 1e3);
        assert!(speed.is_finite() && speed > 0.0);
        // The first two looks are around one layer, the rest around the bursts of tokens.
        let (layer, bursts) = seen.split_at(2);
        let spent = |looks: &[f64]| looks.last().map_or(0.0, |last| last - looks[0]);
        let (layer, bursts) = (spent(layer), spent(bursts));
        eprintln!("{speed:.1} tokens per second: {layer:.0} ms and {bursts:.0} ms");
        // Twice the budget, because other tests run at the same time.
        assert!(bursts < 2.0 * BUDGET, "{bursts} ms");
    }
}

#[test]
fn a_device_too_slow_for_a_token_is_judged_by_one_layer() {
    // A second passes at every look.
    let now = Cell::new(0.0);
    let (speed, seen) = measured(&support::cpu(), || now.replace(now.get() + 1e3));
    assert_eq!(seen.len(), 2, "no whole token was tried");
    assert!((0.02..0.03).contains(&speed), "{speed}");
}

#[test]
fn a_clock_too_coarse_to_see_a_token_ends_the_measurement_too() {
    let (speed, seen) = measured(&support::cpu(), || 0.0);
    assert_eq!(seen.len(), 3 + 2 * 3);
    assert!(speed.is_finite());
}
