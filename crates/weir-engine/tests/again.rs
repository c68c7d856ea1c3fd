//! A call that is turned away without a charge is made again, inside every limit.

#![allow(
    dead_code,
    reason = "each test file uses its part of the support module"
)]

mod support;

use std::time::Duration;

use futures::{channel::oneshot, executor::block_on, future};
use support::{Desk, PRICE, Script, USAGE, ask, engine, offloading, turn, wishing};
use weir_core::{Budget, NanoUsd, Span, Spending, dialogue::Ending, mask::Wish};
use weir_engine::{Charged, Engine, Event, Preferences, Trouble};

const WAIT: Duration = Duration::from_secs(3);

fn turned_away(times: u32, charged: Charged) -> Script {
    Script::TurnAway {
        times,
        charged,
        again: WAIT,
    }
}

fn limited(budget: Budget) -> Preferences {
    Preferences {
        limits: budget.into(),
        ..Preferences::default()
    }
}

fn spent(engine: &Engine<Desk>) -> Spending {
    engine.read_ledger(|ledger| {
        assert!(ledger.open().is_empty(), "a reservation is still open");
        ledger.spent(Span::Dialogue)
    })
}

#[test]
fn it_is_made_again_with_a_permit_of_its_own_and_paid_for_once() {
    let engine = engine(
        offloading(turned_away(2, Charged::Nothing)),
        Preferences::default(),
    );
    let reply = ask(&engine, turn("hello")).expect("it answers").reply;
    let receipt = reply.expect("a reply").receipt;
    let world = engine.world();
    assert_eq!((world.calls.get(), world.permits.borrow().len()), (3, 3));
    assert_eq!(*world.waits.borrow(), [WAIT, WAIT]);
    assert_eq!((receipt.repeated, receipt.usd), (2, PRICE.cost(USAGE)));
    assert_eq!(spent(&engine).usd, PRICE.cost(USAGE));
}

#[test]
fn what_was_sent_and_turned_away_counts_as_data_and_what_never_left_does_not() {
    for (charged, sent) in [(Charged::Nothing, 3), (Charged::NotSent, 1)] {
        let engine = engine(offloading(turned_away(2, charged)), Preferences::default());
        let reply = ask(&engine, turn("hello")).expect("it answers").reply;
        let body = engine.world().permits.borrow()[0].1;
        assert_eq!(reply.expect("a reply").receipt.bytes_sent, sent * body);
        assert_eq!(spent(&engine).bytes, sent * body);
    }
}

#[test]
fn no_two_reservations_are_open_and_none_while_it_waits() {
    let engine = engine(
        offloading(turned_away(1, Charged::Nothing)),
        Preferences::default(),
    );
    ask(&engine, turn("hello")).expect("it answers");
    let world = engine.world();
    let open = |saved: &Option<weir_engine::Saved>| {
        let saved = saved.as_ref().expect("something was stored");
        saved.ledger.open().len()
    };
    assert_eq!(open(&world.stored_at_wait.borrow()), 0);
    assert_eq!(open(&world.stored_at_call.borrow()), 1);
}

#[test]
fn the_time_waited_is_counted() {
    let engine = engine(
        offloading(turned_away(2, Charged::Nothing)),
        Preferences::default(),
    );
    let reply = ask(&engine, turn("hello")).expect("it answers").reply;
    assert!(reply.expect("a reply").receipt.first_token_ms >= 6_000);
    assert!(spent(&engine).millis >= 6_000);
}

#[test]
fn it_is_not_waited_for_longer_than_the_seconds_left() {
    // One call may take 2 s, so of 6 s one wait of 3 s is left, and not two.
    let budget = Budget {
        millis: Some(6_000),
        ..Budget::UNLIMITED
    };
    let preferences = Preferences {
        limits: weir_core::Limits {
            turn: budget,
            ..weir_core::Limits::UNLIMITED
        },
        ..Preferences::default()
    };
    let engine = engine(offloading(turned_away(9, Charged::Nothing)), preferences);
    let refusal = ask(&engine, wishing("hello", Wish::Cloud)).expect_err("it gives up");
    assert_eq!(refusal.trouble, Trouble::CloudRateLimited);
    assert_eq!(refusal.message, "Slow down. It was tried 2 times.");
    assert_eq!(engine.world().waits.borrow().len(), 1);
    assert!(spent(&engine).millis <= 6_000);
}

#[test]
fn data_that_is_used_up_ends_it() {
    let body = 200;
    let budget = Budget {
        bytes: Some(body),
        ..Budget::UNLIMITED
    };
    let engine = engine(
        offloading(turned_away(9, Charged::Nothing)),
        limited(budget),
    );
    ask(&engine, wishing("hello", Wish::Cloud)).expect_err("it gives up");
    assert!(spent(&engine).bytes <= body && engine.world().calls.get() > 0);
}

#[test]
fn what_may_have_been_charged_is_not_made_again() {
    for charged in [Charged::Unknown, Charged::Reported(USAGE)] {
        let engine = engine(offloading(turned_away(1, charged)), Preferences::default());
        ask(&engine, turn("hello")).expect_err("it fails");
        assert_eq!(engine.world().calls.get(), 1, "{charged:?}");
        assert!(spent(&engine).usd > NanoUsd::ZERO);
    }
}

#[test]
fn the_user_is_told_of_the_wait_and_of_its_end() {
    let engine = engine(
        offloading(turned_away(1, Charged::Nothing)),
        Preferences::default(),
    );
    let mut told = Vec::new();
    let hear = &mut |event: Event<'_>| {
        if let Event::AskingAgain { wait } = event {
            told.push(wait);
        }
    };
    block_on(engine.ask(turn("hello"), &[], future::pending(), hear)).expect("it answers");
    assert_eq!(told, [WAIT, Duration::ZERO]);
}

#[test]
fn stopping_while_it_waits_ends_the_turn_and_costs_no_money() {
    let desk = offloading(turned_away(1, Charged::Nothing));
    desk.clock_stands_still.set(true);
    let engine = engine(desk, Preferences::default());
    let (stop, stopped) = oneshot::channel::<()>();
    let mut stop = Some(stop);
    let cancel = async {
        let _ = stopped.await;
    };
    let turn = block_on(engine.ask(turn("hello"), &[], cancel, &mut |event| {
        if let (Event::AskingAgain { .. }, Some(stop)) = (event, stop.take()) {
            let _ = stop.send(());
        }
    }));
    let reply = turn.expect("it is stopped").reply.expect("a reply");
    assert_eq!((reply.text.as_str(), reply.ending), ("", Ending::Stopped));
    assert_eq!(engine.world().calls.get(), 1);
    assert_eq!(spent(&engine).usd, NanoUsd::ZERO);
    assert!(!reply.receipt.worst_case);
}

#[test]
fn private_mode_or_another_model_chosen_while_it_waits_ends_it() {
    for private in [true, false] {
        let engine = engine(
            offloading(turned_away(1, Charged::Nothing)),
            Preferences::default(),
        );
        let hear = &mut |event: Event<'_>| {
            if matches!(event, Event::AskingAgain { .. }) {
                if private {
                    engine.prefer(Preferences {
                        private,
                        ..Preferences::default()
                    });
                } else {
                    engine.world().cloud.take();
                }
            }
        };
        let asked = engine.ask(turn("hello"), &[], future::pending(), hear);
        let refusal = block_on(asked).expect_err("it may not");
        assert_eq!(refusal.trouble, Trouble::NothingCanAnswer);
        assert_eq!(engine.world().calls.get(), 1);
        spent(&engine);
    }
}
