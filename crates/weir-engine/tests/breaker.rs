//! A provider that keeps failing is left alone, and tried again.

use proptest::prelude::*;
use weir_core::Moment;
use weir_engine::{Breaker, Circuit, Trouble};

const MORNING: i64 = 1_800_000_000_000;

fn at(seconds: i64) -> Moment {
    Moment::new(MORNING + seconds * 1_000, 0)
}

const FAILING: Option<Trouble> = Some(Trouble::CloudFailing);

/// Failed so often in a row, the last time at second 0.
fn failed(times: usize) -> Breaker {
    let mut breaker = Breaker::default();
    for _ in 0..times {
        breaker.heed(FAILING, at(0));
    }
    breaker
}

#[test]
fn it_opens_at_the_third_failure_in_a_row_and_no_sooner() {
    assert_eq!(failed(2).circuit(at(0)), Circuit::Closed);
    assert_eq!(failed(3).circuit(at(0)), Circuit::Open);
}

#[test]
fn it_half_opens_after_a_pause_that_grows_up_to_an_hour() {
    for (times, seconds) in [
        (3, 30),
        (4, 60),
        (5, 120),
        (9, 1_920),
        (10, 3_600),
        (99, 3_600),
    ] {
        let breaker = failed(times);
        assert_eq!(breaker.circuit(at(seconds - 1)), Circuit::Open, "{times}");
        assert_eq!(breaker.circuit(at(seconds)), Circuit::HalfOpen, "{times}");
    }
}

#[test]
fn a_failed_probe_opens_it_again_and_a_success_closes_it() {
    let mut breaker = failed(3);
    breaker.heed(FAILING, at(40));
    assert_eq!(breaker.circuit(at(41)), Circuit::Open);
    breaker.heed(None, at(100));
    assert_eq!(breaker.circuit(at(100)), Circuit::Closed);
    assert_eq!(breaker, Breaker::default());
}

#[test]
fn trouble_that_is_not_the_providers_neither_opens_nor_closes_it() {
    for trouble in [
        Trouble::CloudKey,
        Trouble::CloudPayment,
        Trouble::CloudOffline,
        Trouble::CloudNotFound,
        Trouble::CloudDeclined,
        Trouble::CloudRefused,
        Trouble::OverBudget,
        Trouble::PromptTooLong,
        Trouble::Storage,
    ] {
        for times in [2, 3] {
            let mut breaker = failed(times);
            breaker.heed(Some(trouble), at(1));
            assert_eq!(breaker, failed(times), "{trouble:?}");
        }
    }
}

fn outcomes() -> impl Strategy<Value = Vec<(Option<Trouble>, i64)>> {
    let outcome = prop_oneof![
        Just(None),
        Just(FAILING),
        Just(Some(Trouble::CloudUnreachable)),
        Just(Some(Trouble::CloudKey)),
    ];
    proptest::collection::vec((outcome, -100_000_i64..100_000), 0..40)
}

proptest! {
    #[test]
    fn it_is_never_shut_for_good(outcomes in outcomes(), now in -200_000_i64..200_000) {
        let mut breaker = Breaker::default();
        for (trouble, seconds) in outcomes {
            breaker.heed(trouble, at(seconds));
        }
        if breaker.circuit(at(now)) == Circuit::Open {
            prop_assert_eq!(breaker.circuit(at(now + 3_600)), Circuit::HalfOpen);
            prop_assert_eq!(breaker.circuit(at(-1_000_000)), Circuit::HalfOpen, "clock set back");
        }
    }

    #[test]
    fn it_is_closed_as_long_as_no_three_failures_follow_each_other(
        runs in proptest::collection::vec(0_usize..3, 0..20),
        now in -200_000_i64..200_000,
    ) {
        let mut breaker = Breaker::default();
        for failures in runs {
            breaker.heed(None, at(0));
            for _ in 0..failures {
                breaker.heed(FAILING, at(0));
                prop_assert_eq!(breaker.circuit(at(now)), Circuit::Closed);
            }
        }
    }
}
