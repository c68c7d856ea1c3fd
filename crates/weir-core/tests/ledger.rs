//! Each limit holds by itself, and a charge goes to the span in which it was reserved. What holds
//! over whole lives of a ledger is in `ledger_sequences`.

use proptest::prelude::*;
use weir_core::{
    Basis, Budget, Ledger, LedgerError, Limits, Moment, NanoUsd, Price, Span, Spending, TokenUsage,
    Where, price::CallBound,
};

const HOUR_MS: i64 = 3_600_000;
/// 2027-01-15T08:00Z, a Friday.
const MORNING_MS: i64 = 1_800_000_000_000;

fn at(hours: i64) -> Moment {
    Moment::new(MORNING_MS + hours * HOUR_MS, 0)
}

fn usd(nanos: u64) -> Spending {
    Spending {
        usd: NanoUsd::new(nanos),
        ..Spending::ZERO
    }
}

fn at_most(nanos: u64) -> Budget {
    Budget {
        usd: Some(NanoUsd::new(nanos)),
        ..Budget::UNLIMITED
    }
}

fn cloud() -> Where {
    Where::Cloud {
        model: "large".to_owned(),
        host: "cloud.test".to_owned(),
    }
}

/// Reserves and settles a call that costs all it may.
fn spend(ledger: &mut Ledger, limits: &Limits, nanos: u64, now: Moment) -> Result<(), LedgerError> {
    let reservation = ledger.reserve(limits, cloud(), usd(nanos), now)?;
    ledger.settle(reservation, None, 0).map(|_| ())
}

proptest! {
    #[test]
    fn no_usage_within_its_bound_costs_more_than_the_worst_case(
        prices in [0..50_000_u64, 0..50_000_u64, 0..200_000_u64, 0..100_000_u64],
        bound in (0..100_000_u64, 0..8_u32, 0..600_u32, 0..8_192_u64),
        used in [0.0..=1.0_f64, 0.0..=1.0, 0.0..=1.0, 0.0..=1.0],
    ) {
        let [input, cached_input, output, sound] = prices.map(NanoUsd::new);
        let price = Price {
            input,
            cached_input,
            output,
            audio_input: Some(sound),
            image_tokens: 1_500,
            audio_tokens_per_second: 30,
        };
        let (prompt_tokens, images, audio_seconds, output_tokens) = bound;
        let bound = CallBound { prompt_tokens, images, audio_seconds, output_tokens };
        let most = prompt_tokens + u64::from(images) * 1_500 + u64::from(audio_seconds) * 30;
        let part = |whole: u64, share: f64| (whole as f64 * share) as u64;
        let input = part(most, used[0]);
        let sound = price.sound_tokens(audio_seconds).min(input);
        let usage = TokenUsage {
            input,
            cached_input: part(input, used[1]),
            audio_input: part(sound, used[3]),
            output: part(output_tokens, used[2]),
        };
        prop_assert!(price.cost(usage) <= price.worst_case(bound));
    }
}

#[test]
fn a_report_beyond_the_request_bounds_is_charged_at_the_worst_case() {
    let mut ledger = Ledger::default();
    let limits = at_most(100).into();
    let reservation = ledger
        .reserve(&limits, cloud(), usd(60), at(0))
        .expect("it fits");
    let charged = ledger
        .settle(reservation, Some(NanoUsd::new(1_000_000)), 5)
        .expect("it was open");
    assert_eq!((charged.usd, charged.millis), (NanoUsd::new(60), 5));
}

#[test]
fn a_refusal_says_what_is_left_and_of_which_limit() {
    let limits = |span: Span| {
        let mut limits = Limits::UNLIMITED;
        *limits.of_mut(span) = at_most(1_000_000);
        limits
    };
    let refusal = |limits: Limits, worst| {
        let refused = Ledger::default().reserve(&limits, cloud(), worst, at(0));
        refused.expect_err("it does not fit").to_string()
    };
    let ends = [
        (Span::Turn, "for this turn"),
        (Span::Dialogue, "for this dialogue"),
        (Span::Day, "for today"),
        (Span::Month, "for this month"),
    ];
    for (span, end) in ends {
        assert_eq!(
            refusal(limits(span), usd(2_000_000)),
            format!("the call could cost up to $0.002, and $0.001 is left {end}")
        );
    }
    let mut day = Limits::UNLIMITED;
    day.turn.millis = Some(10);
    day.day.bytes = Some(10);
    day.day.images = Some(1);
    let slow = Spending {
        millis: 11,
        ..Spending::ZERO
    };
    let long = Spending {
        bytes: 11,
        ..Spending::ZERO
    };
    let pictures = Spending {
        images: 2,
        ..Spending::ZERO
    };
    assert_eq!(
        [slow, long, pictures].map(|worst| refusal(day, worst)),
        [
            "the call could take more seconds than are left for this turn",
            "the call would send more data than the budget has left for today",
            "the call would send more data than the budget has left for today",
        ]
    );
}

#[test]
fn the_tightest_limit_decides_and_the_room_says_so() {
    let limits = Limits {
        turn: at_most(40),
        dialogue: at_most(70),
        day: at_most(90),
        month: at_most(100),
    };
    let mut ledger = Ledger::default();
    let room = |ledger: &Ledger| {
        let room = ledger.room(&limits);
        let left = Span::ALL.map(|span| room.of(span).usd.map(NanoUsd::nanos));
        left.into_iter().min().flatten()
    };
    assert_eq!(room(&ledger), Some(40));
    spend(&mut ledger, &limits, 40, at(0)).expect("it fits the turn");
    assert_eq!(room(&ledger), Some(0));
    ledger.begin_turn(at(1));
    assert_eq!(
        room(&ledger),
        Some(30),
        "the dialogue is left with the least"
    );
    spend(&mut ledger, &limits, 30, at(1)).expect("it fits the dialogue");
    ledger.begin_dialogue();
    assert_eq!(
        room(&ledger),
        Some(20),
        "a new dialogue does not refund the day"
    );
    spend(&mut ledger, &limits, 20, at(1)).expect("it fits the day");
    ledger.roll_over(at(24));
    assert_eq!(
        room(&ledger),
        Some(10),
        "a new day does not refund the month"
    );
}

#[test]
fn a_day_begins_at_local_midnight() {
    let limits = Limits {
        day: at_most(10),
        ..Limits::UNLIMITED
    };
    let mut ledger = Ledger::default();
    // 09:00 and 23:59 at +01:00, then midnight.
    let local = |ms: i64| Moment::new(MORNING_MS + ms, 60);
    spend(&mut ledger, &limits, 10, local(0)).expect("it fits");
    spend(&mut ledger, &limits, 1, local(15 * HOUR_MS - 1)).expect_err("it is the same day");
    spend(&mut ledger, &limits, 10, local(15 * HOUR_MS)).expect("it is the next day");
    assert_eq!(ledger.day().to_string(), "2027-01-16");
}

#[test]
fn a_clock_set_back_and_on_again_refunds_nothing() {
    let limits = Limits {
        day: at_most(10),
        ..Limits::UNLIMITED
    };
    let mut ledger = Ledger::default();
    spend(&mut ledger, &limits, 6, at(48)).expect("it fits");
    spend(&mut ledger, &limits, 6, at(0)).expect_err("the day before is not free");
    spend(&mut ledger, &limits, 4, at(0)).expect("the rest of the day is");
    spend(&mut ledger, &limits, 1, at(48)).expect_err("back on the day, nothing is left");
    assert_eq!(ledger.spent(Span::Day), usd(10));
}

#[test]
fn a_month_goes_on_when_the_clock_is_set_back_over_its_first() {
    let limits = Limits {
        month: at_most(10),
        ..Limits::UNLIMITED
    };
    let mut ledger = Ledger::default();
    spend(&mut ledger, &limits, 10, at(20 * 24)).expect("it is February");
    spend(&mut ledger, &limits, 1, at(0)).expect_err("January does not come back");
    spend(&mut ledger, &limits, 10, at(45 * 24)).expect("it is March");
}

#[test]
fn a_call_that_ends_after_midnight_is_paid_by_the_day_that_made_it() {
    let limits = Limits {
        day: at_most(10),
        ..Limits::UNLIMITED
    };
    let mut ledger = Ledger::default();
    let late = ledger
        .reserve(&limits, cloud(), usd(10), at(0))
        .expect("it fits");
    spend(&mut ledger, &limits, 10, at(24)).expect("the next day has its own limit");
    ledger.settle(late, None, 0).expect("it was open");
    assert_eq!(ledger.spent(Span::Day), usd(10));
    assert_eq!(ledger.spent(Span::Month), usd(20));
    let days = |ledger: &Ledger| {
        let entries = ledger.entries().iter();
        entries
            .map(|entry| entry.reserved.stamp.day.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(days(&ledger), ["2027-01-16", "2027-01-15"]);
}

#[test]
fn an_interrupted_call_counts_in_full_and_is_told() {
    let mut ledger = Ledger::default();
    let limits = at_most(100).into();
    ledger
        .reserve(&limits, cloud(), usd(60), at(0))
        .expect("it fits");
    let told = ledger.recover(|_| false);
    assert_eq!(told, ledger.entries());
    assert_eq!(
        told.iter()
            .map(|entry| (entry.basis, entry.charged))
            .collect::<Vec<_>>(),
        [(Basis::Interrupted, usd(60))]
    );
    assert!(ledger.open().is_empty());
    assert!(ledger.recover(|_| false).is_empty(), "it is charged once");
    assert_eq!(ledger.spent(Span::Dialogue), usd(60));
}

#[test]
fn a_limit_lowered_below_what_is_spent_allows_only_what_is_free() {
    let mut ledger = Ledger::default();
    spend(&mut ledger, &at_most(100).into(), 80, at(0)).expect("it fits");
    let lowered = at_most(50).into();
    spend(&mut ledger, &lowered, 1, at(0)).expect_err("nothing is left");
    spend(&mut ledger, &lowered, 0, at(0)).expect("it costs nothing");
}

#[test]
fn archived_entries_stay_charged() {
    let limits = at_most(100).into();
    let mut ledger = Ledger::default();
    spend(&mut ledger, &limits, 60, at(0)).expect("it fits");
    spend(&mut ledger, &limits, 20, at(0)).expect("it fits");
    ledger.archived(1);
    assert_eq!(ledger.entries().len(), 1);
    assert_eq!(ledger.spent(Span::Dialogue), usd(80));
    ledger.archived(7);
    assert!(ledger.entries().is_empty());
}
