//! The limit holds at every instant, and no charge is lost or counted twice.

use proptest::prelude::*;
use weir_core::{
    Budget, Ledger, NanoUsd, Price, Reservation, Spending, TokenUsage, price::CallBound,
};

#[derive(Clone, Debug)]
enum Step {
    Reserve(u64),
    Settle(usize, Option<u64>),
    Release(usize),
    Crash,
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..2_000_u64).prop_map(Step::Reserve),
        3 => (0..8_usize, proptest::option::of(0..4_000_u64)).prop_map(|(which, actual)| Step::Settle(which, actual)),
        1 => (0..8_usize).prop_map(Step::Release),
        1 => Just(Step::Crash),
        1 => (0..9_u64).prop_map(Step::Wait),
    ]
}

fn usd(nanos: u64) -> Spending {
    Spending {
        usd: NanoUsd::new(nanos),
        ..Spending::ZERO
    }
}

proptest! {
    #[test]
    fn spent_and_reserved_never_exceed_the_limit(limit in 0..10_000_u64, steps in prop::collection::vec(step(), 0..60)) {
        let budget = Budget { usd: Some(NanoUsd::new(limit)), ..Budget::UNLIMITED };
        let mut ledger = Ledger::default();
        let mut open: Vec<Reservation> = Vec::new();
        for step in steps {
            let before = ledger.clone();
            match step {
                Step::Reserve(worst) => match ledger.reserve(&budget, usd(worst)) {
                    Ok(reservation) => open.push(reservation),
                    Err(_) => prop_assert_eq!(&ledger, &before, "a refused reservation changed the ledger"),
                },
                Step::Settle(which, actual) if which < open.len() => {
                    let reservation = open.remove(which);
                    let charged = ledger.settle(reservation, actual.map(usd)).expect("it was open");
                    prop_assert_eq!(ledger.spent().usd, before.spent().usd.saturating_add(charged.usd));
                    prop_assert!(ledger.settle(reservation, None).is_err(), "it was charged twice");
                }
                Step::Release(which) if which < open.len() => {
                    let reservation = open.remove(which);
                    ledger.release(reservation).expect("it was open");
                    prop_assert_eq!(ledger.spent(), before.spent());
                    prop_assert!(ledger.release(reservation).is_err());
                }
                Step::Crash => {
                    let stored = serde_json::to_string(&ledger).expect("it can be stored");
                    ledger = serde_json::from_str(&stored).expect("it can be read");
                    ledger.recover();
                    open.clear();
                    prop_assert_eq!(ledger.spent(), before.committed(), "a crash lost or invented a charge");
                }
                Step::Wait(millis) => ledger.add_waiting(millis),
                Step::Settle(..) | Step::Release(_) => {}
            }
            prop_assert!(ledger.committed().usd <= NanoUsd::new(limit));
            prop_assert!(ledger.spent().usd >= before.spent().usd, "a charge was taken back");
        }
    }

    #[test]
    fn no_usage_within_its_bound_costs_more_than_the_worst_case(
        prices in [0..50_000_u64, 0..50_000_u64, 0..200_000_u64],
        bound in (0..100_000_u64, 0..8_u32, 0..600_u32, 0..8_192_u64),
        used in [0.0..=1.0_f64, 0.0..=1.0, 0.0..=1.0],
    ) {
        let [input, cached_input, output] = prices.map(NanoUsd::new);
        let price = Price { input, cached_input, output, image_tokens: 1_500, audio_tokens_per_second: 30 };
        let (prompt_tokens, images, audio_seconds, output_tokens) = bound;
        let bound = CallBound { prompt_tokens, images, audio_seconds, output_tokens };
        let most = prompt_tokens + u64::from(images) * 1_500 + u64::from(audio_seconds) * 30;
        let part = |whole: u64, share: f64| (whole as f64 * share) as u64;
        let input = part(most, used[0]);
        let usage = TokenUsage { input, cached_input: part(input, used[1]), output: part(output_tokens, used[2]) };
        prop_assert!(price.cost(usage) <= price.worst_case(bound));
    }
}

#[test]
fn a_report_beyond_the_request_bounds_is_charged_at_the_worst_case() {
    let budget = Budget {
        usd: Some(NanoUsd::new(100)),
        ..Budget::UNLIMITED
    };
    let mut ledger = Ledger::default();
    let reservation = ledger.reserve(&budget, usd(60)).expect("it fits");
    let charged = ledger
        .settle(reservation, Some(usd(1_000_000)))
        .expect("it was open");
    assert_eq!(charged.usd, NanoUsd::new(60));
}

#[test]
fn a_refusal_says_what_is_left() {
    let budget = Budget {
        usd: Some(NanoUsd::new(1_000_000)),
        ..Budget::UNLIMITED
    };
    let error = Ledger::default()
        .reserve(&budget, usd(2_000_000))
        .expect_err("it does not fit");
    assert_eq!(
        error.to_string(),
        "the call could cost up to $0.002, and $0.001 of the budget is left"
    );
}
