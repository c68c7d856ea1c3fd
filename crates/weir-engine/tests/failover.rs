//! When one place fails, the other answers: inside the rules and the budget, and the receipt says so.

#![allow(
    dead_code,
    reason = "each test file uses its part of the support module"
)]

mod support;

use futures::{executor::block_on, future};
use support::{Desk, PRICE, Script, USAGE, ask, engine, offloading, turn, wishing, with_picture};
use weir_core::{
    Action, Budget, Constraint, Decision, NanoUsd, Reply, Span, Spending, Where, mask::Wish,
};
use weir_engine::{Charged, Engine, Event, Preferences, Trouble};

fn failing(charged: Charged) -> Script {
    Script::Fail(Trouble::CloudFailing, charged)
}

fn spent(engine: &Engine<Desk>) -> Spending {
    engine.read_ledger(|ledger| {
        assert!(ledger.open().is_empty(), "a reservation is still open");
        ledger.spent(Span::Dialogue)
    })
}

fn reply(engine: &Engine<Desk>, text: &str) -> Reply {
    let turn = ask(engine, turn(text)).expect("it answers");
    turn.reply.expect("a reply")
}

/// What the decision says of the cloud with the text alone.
fn of_the_cloud(decision: &Decision) -> Option<Constraint> {
    let is_cloud = |action: Action| action.is_cloud();
    let mut scores = decision.scores.iter();
    scores
        .find(|score| is_cloud(score.forecast.action))
        .and_then(|score| score.forbidden_by)
}

fn broken_desk() -> Desk {
    let desk = Desk::default();
    desk.local_fails.set(true);
    desk.says_nothing_before.set(true);
    desk
}

#[test]
fn a_cloud_that_fails_before_it_says_anything_leaves_the_answer_to_this_device() {
    let engine = engine(
        offloading(failing(Charged::Nothing)),
        Preferences::default(),
    );
    let reply = reply(&engine, "hello");
    assert_eq!(reply.text, "from here");
    assert_eq!(reply.decision.action, Action::Local);
    assert_eq!(of_the_cloud(&reply.decision), Some(Constraint::Failed));
    let failover = reply.receipt.failover.expect("what failed");
    assert_eq!(failover.why, "it broke");
    assert!(matches!(failover.place, Where::Cloud { host, .. } if host == "cloud.test"));
    let body = engine.world().permits.borrow()[0].1;
    assert_eq!(
        reply.receipt.bytes_sent, body,
        "what left is on the receipt"
    );
    assert_eq!(reply.receipt.sent.len(), 1);
    assert_eq!(spent(&engine).bytes, body);
}

#[test]
fn what_the_failed_call_cost_is_on_the_receipt_and_in_the_ledger() {
    let desk = offloading(failing(Charged::Unknown));
    desk.says_nothing_before.set(true);
    let engine = engine(desk, Preferences::default());
    let reply = reply(&engine, "hello");
    let failover = reply.receipt.failover.expect("what failed");
    assert!(failover.usd > NanoUsd::ZERO && reply.receipt.worst_case);
    assert_eq!(reply.receipt.usd, failover.usd);
    assert_eq!(spent(&engine).usd, failover.usd);
    assert!(matches!(reply.receipt.place, Where::Local { .. }));
}

#[test]
fn a_cloud_that_was_wished_for_is_not_replaced() {
    let engine = engine(
        offloading(failing(Charged::Nothing)),
        Preferences::default(),
    );
    let refusal = ask(&engine, wishing("hello", Wish::Cloud)).expect_err("it fails");
    assert_eq!(refusal.trouble, Trouble::CloudFailing);
    assert!(engine.world().heard_locally.borrow().is_empty());
}

#[test]
fn what_was_heard_of_a_cloud_answer_stands() {
    let engine = engine(
        offloading(failing(Charged::Unknown)),
        Preferences::default(),
    );
    let refusal = ask(&engine, turn("hello")).expect_err("it breaks off");
    assert_eq!(refusal.trouble, Trouble::CloudFailing);
    let kept = refusal
        .turn
        .and_then(|turn| turn.reply)
        .expect("what came before");
    assert_eq!((kept.text.as_str(), kept.receipt.failover), ("half", None));
}

#[test]
fn without_a_local_model_the_failure_is_told() {
    let desk = offloading(failing(Charged::Nothing));
    desk.local_ready.set(false);
    let engine = engine(desk, Preferences::default());
    let refusal = ask(&engine, turn("hello")).expect_err("nobody is left");
    assert_eq!(
        (refusal.trouble, refusal.message.as_str()),
        (Trouble::CloudFailing, "it broke")
    );
    assert_eq!(engine.turns()[0].reply, None, "the question is kept");
    assert_eq!(engine.world().calls.get(), 1, "it is not tried twice");
}

#[test]
fn a_device_that_fails_before_it_says_anything_leaves_the_answer_to_the_cloud() {
    let engine = engine(broken_desk(), Preferences::default());
    let reply = reply(&engine, "hello");
    assert_eq!(reply.text, "from there");
    assert_eq!(
        reply.decision.action,
        Action::Cloud(weir_core::ModalitySet::EMPTY)
    );
    assert_eq!(
        reply.decision.scores[0].forbidden_by,
        Some(Constraint::Failed)
    );
    let failover = reply.receipt.failover.expect("what failed");
    assert_eq!(
        (failover.why.as_str(), failover.usd),
        ("the device was lost", NanoUsd::ZERO)
    );
    assert_eq!(
        (reply.receipt.usd, spent(&engine).usd),
        (PRICE.cost(USAGE), PRICE.cost(USAGE))
    );
}

#[test]
fn a_device_that_cannot_even_read_leaves_the_answer_to_the_cloud() {
    let desk = Desk::default();
    desk.reading_fails.set(true);
    let engine = engine(desk, Preferences::default());
    let reply = reply(&engine, "hello");
    assert_eq!(reply.text, "from there");
    assert!(matches!(
        reply.receipt.failover.expect("what failed").place,
        Where::Local { .. }
    ));
    let refusal = ask(&engine, wishing("hello", Wish::Local)).expect_err("it was wished for");
    assert_eq!(refusal.trouble, Trouble::Device);
    assert_eq!(engine.world().calls.get(), 1);
}

#[test]
fn nothing_leaves_for_a_failed_device_where_rules_or_budget_forbid_it() {
    let private = Preferences {
        private: true,
        ..Preferences::default()
    };
    let nothing = Budget {
        usd: Some(NanoUsd::ZERO),
        ..Budget::UNLIMITED
    };
    let poor = Preferences {
        limits: nothing.into(),
        ..Preferences::default()
    };
    for preferences in [private, poor] {
        for reading_fails in [false, true] {
            let desk = broken_desk();
            desk.reading_fails.set(reading_fails);
            let engine = engine(desk, preferences);
            let refusal = ask(&engine, turn("hello")).expect_err("it fails");
            assert_eq!(refusal.trouble, Trouble::Device);
            assert_eq!(engine.world().calls.get(), 0);
            assert!(engine.world().permits.borrow().is_empty());
        }
    }
}

#[test]
fn what_the_first_call_may_have_cost_leaves_less_for_the_next_turn() {
    // Enough for one worst case and a half.
    let text = "hello";
    let worst = {
        let engine = engine(offloading(Script::Answer(None)), Preferences::default());
        reply(&engine, text).receipt.usd.nanos()
    };
    let budget = Budget {
        usd: Some(NanoUsd::new(worst * 3 / 2)),
        ..Budget::UNLIMITED
    };
    let desk = offloading(failing(Charged::Unknown));
    desk.says_nothing_before.set(true);
    let preferences = Preferences {
        limits: budget.into(),
        ..Preferences::default()
    };
    let engine = engine(desk, preferences);
    reply(&engine, text);
    reply(&engine, text);
    assert_eq!(engine.world().calls.get(), 1);
    assert_eq!(spent(&engine).usd, NanoUsd::new(worst));
}

#[test]
fn if_both_fail_both_are_told_and_the_charge_stands() {
    let desk = offloading(failing(Charged::Unknown));
    desk.says_nothing_before.set(true);
    desk.local_fails.set(true);
    let engine = engine(desk, Preferences::default());
    let refusal = ask(&engine, turn("hello")).expect_err("both fail");
    assert_eq!(refusal.trouble, Trouble::Device);
    assert_eq!(refusal.message, "it broke the device was lost");
    assert!(spent(&engine).usd > NanoUsd::ZERO);
}

#[test]
fn both_decisions_are_heard_in_order() {
    let engine = engine(
        offloading(failing(Charged::Nothing)),
        Preferences::default(),
    );
    let mut decided = Vec::new();
    let mut hear = |event: Event<'_>| {
        if let Event::Decided(decision) = event {
            decided.push(decision.action.is_cloud());
        }
    };
    let media = [vec![1]];
    let asked = engine.ask(
        with_picture("what is this?"),
        &media,
        future::pending(),
        &mut hear,
    );
    block_on(asked).expect("it answers");
    assert_eq!(decided, [true, false]);
}

#[test]
fn a_provider_that_keeps_failing_is_left_alone_and_tried_again() {
    let engine = engine(
        offloading(failing(Charged::Nothing)),
        Preferences::default(),
    );
    for _ in 0..3 {
        assert!(reply(&engine, "hello").receipt.failover.is_some());
    }
    let spared = reply(&engine, "hello");
    assert_eq!(spared.receipt.failover, None);
    assert_eq!(of_the_cloud(&spared.decision), Some(Constraint::Resting));
    assert_eq!(engine.world().calls.get(), 3);

    // The user may have it tried.
    ask(&engine, wishing("hello", Wish::Cloud)).expect_err("it still fails");
    assert_eq!(engine.world().calls.get(), 4);

    engine
        .world()
        .cloud
        .replace(Some(Script::Answer(Some(USAGE))));
    reply(&engine, "hello");
    assert_eq!(engine.world().calls.get(), 4, "the pause is not over");
    let now = engine.world().clock.get();
    engine
        .world()
        .clock
        .set(weir_core::Moment::new(now.utc_ms() + 60_000, 0));
    assert_eq!(reply(&engine, "hello").text, "from there");
    assert_eq!(
        reply(&engine, "hello").text,
        "from there",
        "it is trusted again"
    );
}

#[test]
fn while_a_provider_rests_and_no_model_is_loaded_it_is_said_what_to_do() {
    let desk = offloading(failing(Charged::Nothing));
    desk.local_ready.set(false);
    let engine = engine(desk, Preferences::default());
    for _ in 0..3 {
        ask(&engine, turn("hello")).expect_err("it fails");
    }
    let refusal = ask(&engine, turn("hello")).expect_err("it rests");
    assert_eq!(engine.world().calls.get(), 3);
    assert!(
        refusal.message.contains("choose “cloud”"),
        "{}",
        refusal.message
    );
}
