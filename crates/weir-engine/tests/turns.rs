//! What a turn leaves behind, however it ends.

#![allow(
    dead_code,
    reason = "each test file uses its part of the support module"
)]

mod support;

use futures::{executor::block_on, future};
use support::{
    Desk, PRICE, Script, USAGE, ask, ask_and_stop, engine, offloading, turn, wishing, with_picture,
};
use weir_core::{
    Action, ActionScore, Attachment, Budget, Constraint, Interrupted, JsonFormat, Modality,
    NanoUsd, ReplyOptions, Span, Spending, UserTurn, Where, decision::Reason, dialogue::Ending,
    mask::Wish,
};
use weir_engine::{Charged, Event, Preferences, Speaker, Trouble};

fn limited(nanos: u64) -> Preferences {
    let budget = Budget {
        usd: Some(NanoUsd::new(nanos)),
        ..Budget::UNLIMITED
    };
    Preferences {
        limits: budget.into(),
        ..Preferences::default()
    }
}

fn spent(engine: &weir_engine::Engine<Desk>) -> (NanoUsd, NanoUsd) {
    let Event::Ledger { spent, reserved } = engine.ledger() else {
        panic!("not a ledger")
    };
    (spent.dialogue.usd, reserved.dialogue.usd)
}

#[test]
fn a_local_answer_costs_nothing_and_sends_nothing() {
    let engine = engine(Desk::default(), Preferences::default());
    let reply = ask(&engine, turn("hello"))
        .expect("it answers")
        .reply
        .expect("a reply");
    assert_eq!(reply.text, "from here");
    assert_eq!(
        reply.receipt.place,
        Where::Local {
            model: "tiny".to_owned()
        }
    );
    assert_eq!(
        (reply.receipt.usd, reply.receipt.bytes_sent),
        (NanoUsd::ZERO, 0)
    );
    assert_eq!(engine.world().calls.get(), 0);
}

#[test]
fn a_cloud_answer_costs_exactly_its_reported_usage() {
    let engine = engine(
        offloading(Script::Answer(Some(USAGE))),
        Preferences::default(),
    );
    let reply = ask(&engine, turn("hello"))
        .expect("it answers")
        .reply
        .expect("a reply");
    assert_eq!(reply.receipt.usd, PRICE.cost(USAGE));
    assert_eq!(
        reply.receipt.usd,
        NanoUsd::new(20 * 100 + 10 * 50 + 20 * 400)
    );
    assert!(!reply.receipt.worst_case);
    assert_eq!(spent(&engine), (PRICE.cost(USAGE), NanoUsd::ZERO));
}

#[test]
fn unreported_usage_is_charged_at_the_worst_case() {
    let engine = engine(offloading(Script::Answer(None)), Preferences::default());
    let reply = ask(&engine, turn("hello"))
        .expect("it answers")
        .reply
        .expect("a reply");
    assert!(reply.receipt.worst_case);
    assert!(reply.receipt.usd > PRICE.cost(USAGE));
    assert_eq!(spent(&engine).0, reply.receipt.usd);
}

#[test]
fn the_reservation_is_stored_before_a_byte_leaves() {
    let engine = engine(
        offloading(Script::Answer(Some(USAGE))),
        Preferences::default(),
    );
    ask(&engine, turn("hello")).expect("it answers");
    let at_call = engine
        .world()
        .stored_at_call
        .borrow()
        .clone()
        .expect("something was stored");
    assert!(at_call.ledger.reserved(Span::Dialogue).usd > NanoUsd::ZERO);
}

#[test]
fn a_crash_in_the_middle_of_a_call_counts_it_in_full() {
    let first = engine(
        offloading(Script::Answer(Some(USAGE))),
        Preferences::default(),
    );
    ask(&first, turn("hello")).expect("it answers");
    let at_call = first
        .world()
        .stored_at_call
        .take()
        .expect("something was stored");
    let reserved = at_call.ledger.reserved(Span::Dialogue).usd;

    let after = engine(Desk::default(), Preferences::default());
    after.world().stored.replace(Some(at_call));
    block_on(after.restore()).expect("it restores");
    assert_eq!(spent(&after), (reserved, NanoUsd::ZERO));
    assert_eq!(
        after.turns()[0].user.text,
        "hello",
        "what was typed is still there"
    );
}

#[test]
fn without_storage_nothing_is_sent() {
    let desk = offloading(Script::Answer(Some(USAGE)));
    desk.store_fails.set(true);
    let engine = engine(desk, Preferences::default());
    let refusal = ask(&engine, turn("hello")).expect_err("it cannot remember a charge");
    assert_eq!(refusal.trouble, Trouble::Storage);
    assert_eq!(engine.world().calls.get(), 0);
    assert_eq!(spent(&engine), (NanoUsd::ZERO, NanoUsd::ZERO));
}

#[test]
fn without_storage_a_local_answer_is_given_and_the_loss_is_said() {
    let desk = Desk::default();
    desk.store_fails.set(true);
    let engine = engine(desk, Preferences::default());
    let mut not_stored = 0;
    let answered = block_on(
        engine.ask(turn("hello"), &[], future::pending(), &mut |event| {
            not_stored += u32::from(matches!(event, Event::NotStored(_)));
        }),
    );
    assert!(answered.is_ok_and(|turn| turn.reply.is_some()));
    assert!(not_stored > 0, "the loss was not said");
}

#[test]
fn a_budget_of_zero_never_reaches_the_cloud() {
    let engine = engine(offloading(Script::Answer(Some(USAGE))), limited(0));
    let reply = ask(&engine, turn("hello"))
        .expect("it answers")
        .reply
        .expect("a reply");
    assert_eq!(reply.decision.action, Action::Local);
    let refusal = ask(&engine, wishing("hello again", Wish::Cloud)).expect_err("it may not");
    assert_eq!(refusal.trouble, Trouble::OverBudget);
    assert_eq!(engine.world().calls.get(), 0);
}

#[test]
fn private_mode_never_reaches_the_cloud() {
    let private = Preferences {
        private: true,
        ..Preferences::default()
    };
    let engine = engine(offloading(Script::Answer(Some(USAGE))), private);
    ask(&engine, turn("hello")).expect("it answers locally");
    ask(&engine, wishing("hello again", Wish::Cloud)).expect_err("it may not");
    assert_eq!(engine.world().calls.get(), 0);
    assert!(engine.world().permits.borrow().is_empty());
}

#[test]
fn a_budget_is_never_overrun_however_many_turns_are_asked() {
    let limit = 900_000;
    let engine = engine(offloading(Script::Answer(None)), limited(limit));
    for index in 0..20 {
        ask(&engine, turn(&format!("question {index}"))).expect("it answers, here or there");
        let (spent, reserved) = spent(&engine);
        assert!(spent.saturating_add(reserved) <= NanoUsd::new(limit));
    }
    assert!(engine.world().calls.get() > 0, "the budget was never used");
}

#[test]
fn a_call_that_did_not_run_costs_nothing_and_keeps_the_question() {
    let engine = engine(
        offloading(Script::Fail(Trouble::CloudKey, Charged::Nothing)),
        Preferences::default(),
    );
    let refusal = ask(&engine, wishing("hello", Wish::Cloud)).expect_err("it fails");
    assert_eq!(refusal.trouble, Trouble::CloudKey);
    assert_eq!(spent(&engine), (NanoUsd::ZERO, NanoUsd::ZERO));
    let turns = engine.turns();
    assert_eq!((turns.len(), turns[0].user.text.as_str()), (1, "hello"));
    assert_eq!(turns[0].reply, None);
}

#[test]
fn an_answer_cut_off_is_kept_and_charged_in_full() {
    let engine = engine(
        offloading(Script::Fail(Trouble::CloudCutOff, Charged::Unknown)),
        Preferences::default(),
    );
    let refusal = ask(&engine, turn("hello")).expect_err("it breaks off");
    let reply = refusal
        .turn
        .and_then(|turn| turn.reply)
        .expect("what came before");
    assert_eq!(
        (reply.text.as_str(), reply.ending),
        ("half", Ending::CutOff)
    );
    assert!(reply.receipt.worst_case);
    assert_eq!(spent(&engine), (reply.receipt.usd, NanoUsd::ZERO));
}

#[test]
fn stopping_a_cloud_answer_keeps_the_text_and_charges_the_worst_case() {
    let engine = engine(offloading(Script::Hang), Preferences::default());
    let reply = ask_and_stop(&engine, turn("hello"))
        .expect("it is stopped")
        .reply
        .expect("a reply");
    assert_eq!(
        (reply.text.as_str(), reply.ending),
        ("half", Ending::Stopped)
    );
    assert!(reply.receipt.worst_case);
    assert_eq!(spent(&engine).1, NanoUsd::ZERO, "the reservation is closed");
}

#[test]
fn what_cannot_be_answered_as_asked_is_no_failure_of_the_device() {
    let engine = engine(Desk::default(), Preferences::default());
    let mut asked = turn("hello");
    asked.options.json = Some(JsonFormat::Schema("{".to_owned()));
    let refusal = ask(&engine, asked).expect_err("it is refused");
    assert_eq!(refusal.trouble, Trouble::Request);
    assert_eq!(refusal.message, "no such schema");
}

#[test]
fn a_device_that_fails_keeps_what_was_said() {
    let desk = Desk::default();
    desk.local_fails.set(true);
    let engine = engine(desk, Preferences::default());
    let refusal = ask(&engine, turn("hello")).expect_err("it fails");
    assert_eq!(refusal.trouble, Trouble::Device);
    assert_eq!(
        refusal
            .turn
            .and_then(|turn| turn.reply)
            .expect("a reply")
            .text,
        "from "
    );
}

#[test]
fn asking_the_same_again_takes_the_place_of_the_unanswered_question() {
    let engine = engine(
        offloading(Script::Fail(Trouble::CloudFailing, Charged::Nothing)),
        Preferences::default(),
    );
    ask(&engine, wishing("hello", Wish::Cloud)).expect_err("it fails");
    ask(&engine, wishing("hello", Wish::Local)).expect("it answers");
    assert_eq!(engine.turns().len(), 1);
}

#[test]
fn an_empty_prompt_is_refused_and_leaves_no_trace() {
    let engine = engine(Desk::default(), Preferences::default());
    assert_eq!(
        ask(&engine, turn(" \n"))
            .expect_err("nothing to answer")
            .trouble,
        Trouble::EmptyPrompt
    );
    assert!(engine.turns().is_empty());
}

#[test]
fn a_prompt_too_long_for_here_and_there_is_kept_and_explained() {
    let engine = engine(offloading(Script::Answer(Some(USAGE))), limited(1_000));
    let refusal = ask(&engine, turn(&"long ".repeat(10_000))).expect_err("it fits nowhere");
    assert_eq!(refusal.trouble, Trouble::PromptTooLong);
    assert_eq!(engine.turns().len(), 1);
}

#[test]
fn without_a_local_model_and_offline_it_says_so() {
    let desk = Desk::default();
    desk.local_ready.set(false);
    desk.online.set(false);
    let refusal =
        ask(&engine(desk, Preferences::default()), turn("hello")).expect_err("nobody can");
    assert_eq!(refusal.trouble, Trouble::NothingCanAnswer);
    assert!(
        refusal.message.contains("no network"),
        "{}",
        refusal.message
    );
}

#[test]
fn seconds_that_have_run_out_leave_the_local_model_as_last_resort() {
    let budget = Budget {
        millis: Some(10),
        ..Budget::UNLIMITED
    };
    let engine = engine(
        Desk::default(),
        Preferences {
            limits: budget.into(),
            ..Preferences::default()
        },
    );
    let reply = ask(&engine, turn("hello"))
        .expect("it answers")
        .reply
        .expect("a reply");
    assert_eq!(reply.decision.reason, Reason::LastResort);
}

#[test]
fn what_the_provider_does_not_take_is_never_sent() {
    let desk = offloading(Script::Answer(Some(USAGE)));
    desk.deaf.set(true);
    let engine = engine(desk, Preferences::default());
    let mut user = with_picture("what is this, and what do you hear?");
    let clip = Attachment {
        modality: Modality::MicrophoneClip,
        mime: "audio/wav".to_owned(),
        bytes: 3,
        seconds: 1.0,
    };
    user.attachments.insert(0, clip);
    let turn = ask(&engine, user).expect("it answers");
    let decision = turn.reply.expect("a reply").decision;
    let picture_alone = [1].into_iter().collect();
    assert_eq!(decision.action, Action::Cloud(picture_alone));
    let with_sound = |score: &&ActionScore| score.forecast.action.uploads().contains(0);
    let forbidden = decision.scores.iter().filter(with_sound);
    assert!(
        forbidden
            .map(|score| score.forbidden_by)
            .all(|by| by == Some(Constraint::NotTaken))
    );
}

#[test]
fn attachments_go_along_only_when_the_decision_says_so() {
    let engine = engine(
        offloading(Script::Answer(Some(USAGE))),
        Preferences::default(),
    );
    let reply = ask(&engine, with_picture("what is this?"))
        .expect("it answers")
        .reply
        .expect("a reply");
    assert_eq!(engine.world().uploads.borrow().as_slice(), [vec![1, 2, 3]]);
    assert_eq!(reply.receipt.sent.len(), 2);
    let (host, limit) = engine.world().permits.borrow()[0].clone();
    assert_eq!(
        (host.as_str(), limit),
        ("cloud.test", reply.receipt.bytes_sent)
    );

    engine.world().prefers_cloud.set(false);
    ask(&engine, with_picture("and here?")).expect("it answers locally");
    assert_eq!(engine.world().calls.get(), 1);
    let heard = engine.world().heard_locally.borrow();
    let last = heard.last().expect("a message");
    assert_eq!(last.speaker, Speaker::User);
    assert!(last.text.contains("cannot see"), "{}", last.text);
}

#[test]
fn the_reply_becomes_part_of_the_next_conversation() {
    let engine = engine(Desk::default(), Preferences::default());
    ask(&engine, turn("one")).expect("it answers");
    ask(&engine, turn("two")).expect("it answers");
    let heard = engine.world().heard_locally.borrow();
    let texts: Vec<_> = heard
        .iter()
        .skip(1)
        .map(|message| message.text.as_str())
        .collect();
    assert_eq!(texts, ["one", "from here", "two"]);
}

#[test]
fn a_new_dialogue_forgets_turns_and_spending() {
    let engine = engine(
        offloading(Script::Answer(Some(USAGE))),
        Preferences::default(),
    );
    ask(&engine, turn("hello")).expect("it answers");
    block_on(engine.start_anew()).expect("nothing is running");
    assert!(engine.turns().is_empty());
    assert_eq!(spent(&engine), (NanoUsd::ZERO, NanoUsd::ZERO));
    assert_eq!(
        engine
            .world()
            .stored
            .borrow()
            .as_ref()
            .map(|saved| saved.turns.len()),
        Some(0)
    );
}

#[test]
fn one_turn_at_a_time() {
    let engine = engine(offloading(Script::Hang), Preferences::default());
    let mut hear = |_: Event<'_>| {};
    let mut first = Box::pin(engine.ask(turn("one"), &[], future::pending(), &mut hear));
    assert!(
        futures::FutureExt::now_or_never(&mut first).is_none(),
        "it is still being answered"
    );
    let refusal = ask(&engine, turn("two")).expect_err("the first is still running");
    assert_eq!(refusal.trouble, Trouble::Busy);
    drop(first);
    assert_eq!(spent(&engine).0, Spending::ZERO.usd);
    engine
        .world()
        .cloud
        .replace(Some(Script::Answer(Some(USAGE))));
    ask(&engine, turn("three")).expect("it is free again");
}

fn interrupted(decision: weir_core::Decision) -> Interrupted {
    Interrupted {
        decision,
        text: "from ".to_owned(),
        tokens: vec![1],
        first_token_ms: Some(7),
        total_ms: 5_000,
    }
}

#[test]
fn an_interrupted_answer_goes_on_in_its_own_place() {
    let first = engine(Desk::default(), Preferences::default());
    let whole = ask(&first, turn("hello"))
        .expect("it answers")
        .reply
        .expect("a reply");

    // The question was stored, and the engine died in the middle of the answer.
    let after = engine(Desk::default(), Preferences::default());
    let _ = block_on(after.ask(turn("hello"), &[], future::ready(()), &mut |_| {}));
    let mut stored = after.world().stored.take().expect("something was stored");
    stored.turns[0].reply = None;
    after.world().stored.replace(Some(stored));
    block_on(after.restore()).expect("it is readable");

    let mut heard = String::new();
    let went_on = block_on(after.go_on(
        turn("hello"),
        interrupted(whole.decision.clone()),
        future::pending(),
        &mut |event| {
            if let Event::Piece { text, .. } = event {
                heard.push_str(text);
            }
        },
    ))
    .expect("it goes on");
    let reply = went_on.reply.expect("a reply");
    assert_eq!(heard, "here", "what was heard is not heard again");
    assert_eq!(reply.text, whole.text);
    assert_eq!(after.turns().len(), 1);
    assert_eq!(reply.receipt.first_token_ms, 7);
    assert!(reply.receipt.total_ms > 5_000);
    assert_eq!(spent(&after), (NanoUsd::ZERO, NanoUsd::ZERO));
}

#[test]
fn an_answer_that_is_stopped_while_it_waits_keeps_what_was_said() {
    let engine = engine(Desk::default(), Preferences::default());
    let decision = ask(&engine, turn("hello"))
        .expect("it answers")
        .reply
        .expect("a reply")
        .decision;
    engine.world().local_fails.set(true);
    let stopped = block_on(engine.go_on(
        turn("and then?"),
        interrupted(decision),
        future::ready(()),
        &mut |_| {},
    ));
    let reply = stopped
        .expect("stopping is no failure")
        .reply
        .expect("a reply");
    assert_eq!(
        (reply.text.as_str(), reply.ending),
        ("from ", Ending::Stopped)
    );
    assert_eq!(reply.receipt.tokens, 1);
}

#[test]
fn a_cloud_answer_is_never_asked_for_again_by_itself() {
    let engine = engine(
        offloading(Script::Answer(Some(USAGE))),
        Preferences::default(),
    );
    let decision = ask(&engine, turn("hello"))
        .expect("it answers")
        .reply
        .expect("a reply")
        .decision;
    let refused = block_on(engine.go_on(
        turn("more"),
        interrupted(decision),
        future::pending(),
        &mut |_| {},
    ))
    .expect_err("it would be paid for twice");
    assert_eq!(refused.trouble, Trouble::CloudCutOff);
    assert_eq!(engine.world().calls.get(), 1);
}

#[test]
fn what_must_be_heeded_is_answered_here_or_not_at_all() {
    let binding = |wish| UserTurn {
        options: ReplyOptions {
            json: Some(JsonFormat::Any),
            ..ReplyOptions::default()
        },
        wish,
        ..turn("a list, please")
    };
    let engine = engine(
        offloading(Script::Answer(Some(USAGE))),
        Preferences::default(),
    );
    let reply = ask(&engine, binding(None)).expect("it answers").reply;
    assert_eq!(reply.expect("a reply").decision.action, Action::Local);
    let refused =
        ask(&engine, binding(Some(Wish::Cloud))).expect_err("the cloud is not held to it");
    assert_eq!(refused.trouble, Trouble::NothingCanAnswer);
    assert_eq!(engine.world().calls.get(), 0);
}

#[test]
fn the_receipt_says_which_turns_were_not_seen() {
    let engine = engine(Desk::default(), Preferences::default());
    let mut forgotten = |text: &str| {
        let turn = ask(&engine, turn(text)).expect("it answers");
        turn.reply.expect("a reply").receipt.forgotten
    };
    assert_eq!(["one", "two", "three"].map(&mut forgotten), [0, 0, 1]);
}
