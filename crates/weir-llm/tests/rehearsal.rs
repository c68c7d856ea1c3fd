//! A device is measured, and begins nothing that would take longer than it may.
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
fn every_device_is_measured() {
    for device in support::devices() {
        let begun = Instant::now();
        let (speed, seen) = measured(&device, || begun.elapsed().as_secs_f64() * 1e3);
        assert!(speed.is_finite() && speed > 0.0);
        // The first two looks are around one layer, the rest around the bursts of tokens.
        let (layer, bursts) = seen.split_at(2);
        let spent = |looks: &[f64]| looks.last().map_or(0.0, |last| last - looks[0]);
        let (layer, bursts) = (spent(layer), spent(bursts));
        eprintln!("{speed:.1} tokens per second: {layer:.0} ms and {bursts:.0} ms");
    }
}

#[test]
fn no_burst_begins_that_would_not_end_in_time() {
    // One layer takes 1 ms and the first token 40 ms; then 200 ms pass.
    let passes = [0.0, 1.0, 0.0, 0.0, 40.0, 0.0, 200.0, 0.0];
    let (at, now) = (Cell::new(0), Cell::new(0.0));
    let (speed, seen) = measured(&support::cpu(), || {
        now.set(now.get() + passes[at.replace(at.get() + 1)]);
        now.get()
    });
    assert_eq!(seen.len(), passes.len(), "a third burst has no 40 ms left");
    assert!(seen[seen.len() - 1] - seen[2] < BUDGET);
    assert!((25.0..200.0).contains(&speed), "{speed}");
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
