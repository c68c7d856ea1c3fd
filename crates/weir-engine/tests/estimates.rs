//! What is expected of networks, providers and devices follows what they were, and no single call.

#![allow(
    dead_code,
    reason = "each test file uses its part of the support module"
)]

mod support;

use proptest::prelude::*;
use support::{Desk, PRICE, Script, USAGE, ask, engine, offloading, turn};
use weir_core::{DeviceEstimate, Moment, dialogue::Ending};
use weir_engine::{Call, CloudTerms, Engine, Estimates, Lessons, LocalAnswer, Preferences};

const MORNING: i64 = 1_800_000_000_000;
const HOUR_MS: i64 = 3_600_000;

fn terms(host: &str) -> CloudTerms {
    CloudTerms {
        host: host.to_owned(),
        model: "large".to_owned(),
        price: PRICE,
    }
}

fn at(ms: i64) -> Moment {
    Moment::new(MORNING + ms, 0)
}

/// A network and a provider that never change.
#[derive(Clone, Copy, Debug)]
struct Constant {
    rtt_ms: f32,
    up_mbps: f32,
    ttft_ms: f32,
    tokens_per_second: f32,
}

impl Constant {
    /// Every third request carries a picture.
    fn call(self, number: i64) -> Call {
        let bytes = if number % 3 == 2 { 200_000 } else { 2_000 };
        let head_ms = 4.0 * self.rtt_ms + bytes as f32 * 8e-3 / self.up_mbps;
        let first_ms = head_ms + self.ttft_ms;
        Call {
            bytes,
            head_ms: Some(head_ms),
            first_ms,
            total_ms: first_ms + 100.0 * 1e3 / self.tokens_per_second,
            tokens: 101,
        }
    }

    fn seconds(self, call: &Call) -> f32 {
        4.0 * self.rtt_ms / 1e3
            + call.bytes as f32 * 8e-6 / self.up_mbps
            + self.ttft_ms / 1e3
            + 101.0 / self.tokens_per_second
    }

    /// Lives in it for so many calls, a minute apart, from the call of that number on.
    fn live(self, lessons: &mut Lessons, from: i64, calls: i64) -> Moment {
        for number in from..from + calls {
            lessons.called(&terms("cloud.test"), self.call(number), at(number * 60_000));
        }
        at((from + calls) * 60_000)
    }

    fn is_known(self, estimates: &Estimates) -> bool {
        let near = |found: f32, true_one: f32| (found / true_one - 1.0).abs() < 0.02;
        let Estimates { network, cloud } = estimates;
        near(network.rtt_ms, self.rtt_ms)
            && near(network.up_mbps, self.up_mbps)
            && near(cloud.ttft_ms, self.ttft_ms)
            && near(cloud.tokens_per_second, self.tokens_per_second)
    }
}

fn constants() -> impl Strategy<Value = Constant> {
    (
        1.0_f32..500.0,
        0.1_f32..300.0,
        1.0_f32..8_000.0,
        1.0_f32..500.0,
    )
        .prop_map(|(rtt_ms, up_mbps, ttft_ms, tokens_per_second)| Constant {
            rtt_ms,
            up_mbps,
            ttft_ms,
            tokens_per_second,
        })
}

fn any_call() -> impl Strategy<Value = Call> {
    let any_ms = || prop_oneof![any::<f32>(), 0.0_f32..1e5];
    (
        any::<u64>(),
        proptest::option::of(any_ms()),
        any_ms(),
        any_ms(),
        any::<u64>(),
    )
        .prop_map(|(bytes, head_ms, first_ms, total_ms, tokens)| Call {
            bytes,
            head_ms,
            first_ms,
            total_ms,
            tokens,
        })
}

fn numbers(Estimates { network, cloud }: Estimates) -> [f32; 7] {
    [
        network.rtt_ms,
        network.jitter_ms,
        network.up_mbps,
        network.down_mbps,
        network.loss,
        cloud.ttft_ms,
        cloud.tokens_per_second,
    ]
}

proptest! {
    #[test]
    fn whatever_calls_show_the_estimates_stay_within_reason(
        calls in proptest::collection::vec((any_call(), any::<i64>()), 0..20),
        now in any::<i64>(),
    ) {
        let mut lessons = Lessons::default();
        for (call, when) in calls {
            lessons.called(&terms("cloud.test"), call, Moment::new(when, 0));
        }
        let found = lessons.estimates(Some(&terms("cloud.test")), Moment::new(now, 0));
        for number in numbers(found) {
            prop_assert!((0.0..=100_000.0).contains(&number), "{found:?}");
        }
        prop_assert!(found.network.up_mbps > 0.0 && found.cloud.tokens_per_second > 0.0);
    }

    #[test]
    fn a_world_that_does_not_change_becomes_known(world in constants()) {
        let mut lessons = Lessons::default();
        let now = world.live(&mut lessons, 0, 12);
        let found = lessons.estimates(Some(&terms("cloud.test")), now);
        prop_assert!(world.is_known(&found), "{found:?}");
    }

    #[test]
    fn a_world_that_changes_becomes_known_again(before in constants(), after in constants()) {
        let mut lessons = Lessons::default();
        before.live(&mut lessons, 0, 12);
        let now = after.live(&mut lessons, 12, 9);
        let found = lessons.estimates(Some(&terms("cloud.test")), now);
        prop_assert!(after.is_known(&found), "{found:?}");
    }

    #[test]
    fn one_call_that_stalled_moves_nothing(
        world in constants(),
        stalled in 0_i64..12,
        minutes in 1.0_f32..60.0,
    ) {
        let mut lessons = Lessons::default();
        for number in 0..12 {
            let mut call = world.call(number);
            if number == stalled {
                let late_ms = minutes * 60_000.0;
                call.head_ms = call.head_ms.map(|ms| ms + late_ms);
                call.first_ms += 2.0 * late_ms;
                call.total_ms += 3.0 * late_ms;
            }
            lessons.called(&terms("cloud.test"), call, at(number * 60_000));
        }
        let found = lessons.estimates(Some(&terms("cloud.test")), at(HOUR_MS));
        prop_assert!(world.is_known(&found), "{found:?}");
    }

    #[test]
    fn the_seconds_of_a_call_are_foretold_even_where_its_head_is_not_seen(world in constants()) {
        let mut lessons = Lessons::default();
        for number in 0..12 {
            let call = Call { head_ms: None, ..world.call(0) };
            lessons.called(&terms("cloud.test"), call, at(number * 60_000));
        }
        let call = world.call(0);
        let Estimates { network, cloud } =
            lessons.estimates(Some(&terms("cloud.test")), at(HOUR_MS));
        let network_ms = 160.8;
        // What the network is assumed to take at least is more than this whole wait was.
        prop_assume!(call.first_ms > network_ms + 1.0);
        let foretold = network.cloud_seconds(&cloud, call.bytes, 101);
        prop_assert!((foretold / world.seconds(&call) - 1.0).abs() < 0.02);
    }
}

const SLOW: Constant = Constant {
    rtt_ms: 300.0,
    up_mbps: 0.5,
    ttft_ms: 5_000.0,
    tokens_per_second: 5.0,
};

#[test]
fn what_is_old_gives_way_to_what_is_assumed() {
    let mut lessons = Lessons::default();
    SLOW.live(&mut lessons, 0, 12);
    let found = |hours: i64| lessons.estimates(Some(&terms("cloud.test")), at(hours * HOUR_MS));
    assert!(SLOW.is_known(&found(6)));
    assert_eq!(found(24 * 7), Estimates::default());
}

#[test]
fn a_clock_that_was_set_back_breaks_nothing() {
    let mut lessons = Lessons::default();
    SLOW.live(&mut lessons, 0, 12);
    assert!(SLOW.is_known(&lessons.estimates(Some(&terms("cloud.test")), Moment::new(0, 0))));
}

#[test]
fn each_provider_is_known_for_itself() {
    let mut lessons = Lessons::default();
    let now = SLOW.live(&mut lessons, 0, 12);
    let elsewhere = lessons.estimates(Some(&terms("other.test")), now);
    assert_eq!(elsewhere, Estimates::default());
    assert_eq!(lessons.estimates(None, now), Estimates::default());
}

fn answer(read: f32, said: f32) -> LocalAnswer {
    LocalAnswer {
        ending: Ending::Complete,
        prompt_tokens: 100,
        tokens: 100,
        read_per_second: Some(read),
        said_per_second: Some(said),
    }
}

const MEASURED: DeviceEstimate = DeviceEstimate {
    ready: true,
    prefill_tokens_per_second: 90.0,
    decode_tokens_per_second: 30.0,
};

#[test]
fn real_answers_correct_what_was_measured_of_the_device() {
    let mut lessons = Lessons::default();
    for _ in 0..4 {
        lessons.answered("tiny", &answer(45.0, 24.0), &MEASURED, at(0));
    }
    let found = lessons.device("tiny", MEASURED, at(0));
    assert!((found.prefill_tokens_per_second - 45.0).abs() < 0.1);
    assert!((found.decode_tokens_per_second - 24.0).abs() < 0.1);
    // On another device it is measured anew, and what was learned goes by that.
    let quicker = DeviceEstimate {
        decode_tokens_per_second: 300.0,
        ..MEASURED
    };
    let found = lessons.device("tiny", quicker, at(0));
    assert!((found.decode_tokens_per_second - 240.0).abs() < 0.5);
    assert_eq!(lessons.device("other", MEASURED, at(0)), MEASURED);
}

#[test]
fn one_slow_answer_says_nothing_of_the_device() {
    let mut lessons = Lessons::default();
    lessons.answered("tiny", &answer(0.1, 0.1), &MEASURED, at(0));
    assert_eq!(lessons.device("tiny", MEASURED, at(0)), MEASURED);
}

#[test]
fn an_engine_learns_from_its_turns_and_keeps_it_over_dialogues_and_reloads() {
    let slow_device = |engine: &Engine<Desk>| {
        let lessons = engine.world().lessons.borrow();
        let measured = weir_engine::LocalModel::estimate(engine.world());
        let now = weir_engine::World::moment(engine.world());
        lessons
            .device("tiny", measured, now)
            .decode_tokens_per_second
    };
    let first = engine(Desk::default(), Preferences::default());
    assert!(
        (slow_device(&first) - 20.0).abs() < 0.1,
        "as it was measured"
    );
    for text in ["one", "two", "three"] {
        ask(&first, turn(text)).expect("it answers");
    }
    assert!((slow_device(&first) - 10.0).abs() < 0.1, "as it was");

    futures::executor::block_on(first.start_anew()).expect("nothing is running");
    let second = engine(Desk::default(), Preferences::default());
    second.world().lessons.replace(first.world().lessons.take());
    futures::executor::block_on(second.restore()).expect("it is readable");
    let seconds = |engine: &Engine<Desk>| {
        ask(engine, turn("again")).expect("it answers");
        engine
            .world()
            .seen
            .take()
            .expect("an observation")
            .device
            .decode_tokens_per_second
    };
    assert!((seconds(&second) - 10.0).abs() < 0.1, "the policy sees it");

    futures::executor::block_on(second.forget_lessons());
    assert_eq!(*second.world().lessons.borrow(), Lessons::default());
    assert!((seconds(&second) - 20.0).abs() < 0.1, "it is forgotten");
}

#[test]
fn a_slow_cloud_becomes_known_to_the_policy() {
    let engine = engine(
        offloading(Script::Answer(Some(USAGE))),
        Preferences::default(),
    );
    let ttft = || {
        ask(&engine, turn("hello")).expect("it answers");
        let seen = engine.world().seen.take().expect("an observation");
        seen.cloud.ttft_ms
    };
    let first = ttft();
    let last = [(); 5].map(|()| ttft())[4];
    assert!(last < first / 2.0, "{first} ms, then {last} ms");
}
