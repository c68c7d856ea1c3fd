//! Limits of a turn, a day and a month hold over dialogues, reloads and clocks that are set back.

#![allow(
    dead_code,
    reason = "each test file uses its part of the support module"
)]

mod support;

use futures::executor::block_on;
use support::{Desk, Script, ask, engine, offloading, turn, wishing};
use weir_core::{Basis, Budget, Limits, Moment, NanoUsd, Span, mask::Wish};
use weir_engine::{Engine, Preferences, Trouble};

const DAY_MS: i64 = 86_400_000;
/// Enough for one call at its worst case, and not for two.
const ONE_CALL: u64 = 350_000;

fn preferences(limits: Limits) -> Preferences {
    Preferences {
        limits,
        ..Preferences::default()
    }
}

fn one_call() -> Budget {
    Budget {
        usd: Some(NanoUsd::new(ONE_CALL)),
        ..Budget::UNLIMITED
    }
}

fn nothing() -> Budget {
    Budget {
        usd: Some(NanoUsd::ZERO),
        ..Budget::UNLIMITED
    }
}

/// Asks the cloud, which reports nothing: each answer costs its worst case.
fn offload(engine: &Engine<Desk>) -> Option<Trouble> {
    ask(engine, wishing("hello", Wish::Cloud))
        .err()
        .map(|refusal| refusal.trouble)
}

fn set_clock(engine: &Engine<Desk>, days: i64) {
    let clock = Moment::new(1_800_000_000_000 + days * DAY_MS, 0);
    engine.world().clock.set(clock);
}

#[test]
fn a_new_dialogue_does_not_refund_the_day_and_midnight_does() {
    let limits = Limits {
        day: one_call(),
        ..Limits::UNLIMITED
    };
    let engine = engine(offloading(Script::Answer(None)), preferences(limits));
    assert_eq!(offload(&engine), None);
    block_on(engine.start_anew()).expect("nothing is running");
    assert_eq!(offload(&engine), Some(Trouble::OverBudget));
    set_clock(&engine, -1);
    assert_eq!(offload(&engine), Some(Trouble::OverBudget));
    set_clock(&engine, 1);
    assert_eq!(offload(&engine), None);
    assert_eq!(engine.world().calls.get(), 2);
}

#[test]
fn a_refusal_names_the_span_whose_limit_is_in_the_way() {
    for (limits, words) in [
        (
            Limits {
                turn: nothing(),
                ..Limits::UNLIMITED
            },
            "for this turn",
        ),
        (
            Limits {
                dialogue: nothing(),
                ..Limits::UNLIMITED
            },
            "for this dialogue",
        ),
        (
            Limits {
                day: nothing(),
                ..Limits::UNLIMITED
            },
            "for today",
        ),
        (
            Limits {
                month: nothing(),
                ..Limits::UNLIMITED
            },
            "for this month",
        ),
    ] {
        let engine = engine(offloading(Script::Answer(None)), preferences(limits));
        let refusal = ask(&engine, wishing("hello", Wish::Cloud)).expect_err("nothing is left");
        assert_eq!(refusal.trouble, Trouble::OverBudget);
        assert!(refusal.message.contains(words), "{}", refusal.message);
        assert_eq!(engine.world().calls.get(), 0);
    }
}

#[test]
fn a_reload_does_not_refund_the_month() {
    let limits = Limits {
        month: one_call(),
        ..Limits::UNLIMITED
    };
    let first = engine(offloading(Script::Answer(None)), preferences(limits));
    assert_eq!(offload(&first), None);

    let second = engine(offloading(Script::Answer(None)), preferences(limits));
    second.world().stored.replace(first.world().stored.take());
    let interrupted = block_on(second.restore()).expect("it restores");
    assert!(interrupted.is_empty());
    set_clock(&second, 5);
    assert_eq!(offload(&second), Some(Trouble::OverBudget));
    set_clock(&second, 20);
    assert_eq!(offload(&second), None, "it is February");
}

#[test]
fn a_limit_of_a_turn_holds_in_every_turn_anew() {
    let limits = Limits {
        turn: one_call(),
        ..Limits::UNLIMITED
    };
    let roomy = engine(offloading(Script::Answer(None)), preferences(limits));
    assert_eq!((offload(&roomy), offload(&roomy)), (None, None));

    let mut tight = limits;
    tight.turn.usd = Some(NanoUsd::new(1_000));
    let tight = engine(offloading(Script::Answer(None)), preferences(tight));
    assert_eq!(offload(&tight), Some(Trouble::OverBudget));
    ask(&tight, turn("hello")).expect("this device answers instead");
    assert_eq!(tight.world().calls.get(), 0);
}

#[test]
fn an_interrupted_call_is_told_after_the_reload() {
    let first = engine(offloading(Script::Answer(None)), Preferences::default());
    assert_eq!(offload(&first), None);
    let second = engine(Desk::default(), Preferences::default());
    let at_call = first.world().stored_at_call.take();
    second.world().stored.replace(at_call);
    let told = block_on(second.restore()).expect("it restores");
    let bases: Vec<_> = told.iter().map(|entry| entry.basis).collect();
    assert_eq!(bases, [Basis::Interrupted]);
    let spent = second.read_ledger(|ledger| ledger.spent(Span::Day));
    assert_eq!(told[0].charged.usd, spent.usd);
}

#[test]
fn charges_that_cannot_be_read_are_not_written_over() {
    let limits = Limits {
        day: one_call(),
        ..Limits::UNLIMITED
    };
    let first = engine(offloading(Script::Answer(None)), preferences(limits));
    assert_eq!(offload(&first), None);

    let second = engine(offloading(Script::Answer(None)), preferences(limits));
    second.world().stored.replace(first.world().stored.take());
    let before = second.world().stored.borrow().clone();
    second.world().load_fails.set(true);
    block_on(second.restore()).expect_err("it cannot be read");
    assert_eq!(offload(&second), Some(Trouble::Storage));
    assert_eq!(second.world().calls.get(), 0);
    assert_eq!(*second.world().stored.borrow(), before);

    // A new dialogue looks again, and finds the day spent.
    second.world().load_fails.set(false);
    block_on(second.start_anew()).expect("nothing is running");
    assert_eq!(offload(&second), Some(Trouble::OverBudget));
}

#[test]
fn what_can_never_be_read_gives_way_to_a_new_dialogue() {
    let desk = offloading(Script::Answer(None));
    desk.load_fails.set(true);
    let engine = engine(desk, Preferences::default());
    block_on(engine.restore()).expect_err("it cannot be read");
    block_on(engine.start_anew()).expect("nothing is running");
    assert_eq!(offload(&engine), None);
}
