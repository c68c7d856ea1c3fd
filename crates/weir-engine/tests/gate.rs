//! Nothing leaves but what the user's rules allow and, where they say so, what the user looked at.

#![allow(
    dead_code,
    reason = "each test file uses its part of the support module"
)]

mod support;

use futures::{channel::oneshot, executor::block_on, future};
use support::{Answer, Desk, Script, ask, engine, offloading, turn, wishing, with_picture};
use weir_core::{
    Action, Approval, ModalitySet, NanoUsd, Passage, PrivacyRules, Redaction, Revision, Rule, Span,
    decision::Reason, mask::Wish, receipt::Sent,
};
use weir_engine::{Engine, Event, Preferences, Trouble};

/// A user who agreed to the provider and kept the first rules.
fn consented() -> Preferences {
    Preferences {
        consented: true,
        ..Preferences::default()
    }
}

fn with_rules(rules: PrivacyRules) -> Preferences {
    Preferences {
        rules,
        ..consented()
    }
}

fn answering(approvals: &[Answer], preferences: Preferences) -> Engine<Desk> {
    let desk = offloading(Script::Echo);
    desk.approvals.borrow_mut().extend(approvals);
    engine(desk, preferences)
}

fn asked(engine: &Engine<Desk>) -> usize {
    engine.world().departures.borrow().len()
}

fn sent(engine: &Engine<Desk>) -> Vec<String> {
    let messages = engine.world().heard_elsewhere.borrow();
    messages
        .iter()
        .map(|message| message.text.clone())
        .collect()
}

fn nothing_left(engine: &Engine<Desk>) -> bool {
    let world = engine.world();
    let spent = engine.read_ledger(|ledger| ledger.committed(Span::Dialogue));
    world.calls.get() == 0
        && world.permits.borrow().is_empty()
        && world.log.borrow().is_empty()
        && (spent.usd, spent.bytes) == (NanoUsd::ZERO, 0)
}

#[test]
fn text_goes_without_a_question_and_a_picture_does_not() {
    let engine = answering(&[], consented());
    ask(&engine, turn("hello")).expect("it answers");
    assert_eq!(asked(&engine), 0);
    ask(&engine, with_picture("what is this")).expect("it answers");
    assert_eq!(asked(&engine), 1);
    assert_eq!(engine.world().calls.get(), 2);
}

#[test]
fn a_stranger_among_the_providers_is_asked_about_whatever_is_sent() {
    let engine = answering(&[], Preferences::default());
    ask(&engine, turn("hello")).expect("it answers");
    let departures = engine.world().departures.borrow();
    assert!(departures.len() == 1 && departures[0].first);
    assert_eq!(departures[0].host, "cloud.test");
}

#[test]
fn what_is_sent_is_what_was_shown() {
    let engine = answering(&[], consented());
    ask(&engine, turn("I am ann@example.com")).expect("it answers");
    ask(&engine, with_picture("and this is bob@example.com")).expect("it answers");
    let world = engine.world();
    let departures = world.departures.borrow();
    let text = |passages: &Vec<Passage>| passages.iter().map(Passage::sent).collect();
    let shown: Vec<String> = departures[0].messages.iter().map(text).collect();
    assert_eq!(shown, sent(&engine));
    assert!(shown[3].contains("[EMAIL_2]") && !shown.concat().contains("@example.com"));
    assert_eq!(*world.uploads.borrow(), [[1, 2, 3]]);
    let logged = &world.log.borrow()[1];
    let heard = world.heard_elsewhere.borrow();
    let heard = heard.iter().map(|it| (it.speaker, it.text.clone()));
    assert_eq!(logged.messages, heard.collect::<Vec<_>>());
    assert_eq!(logged.uploads.len(), 1);
    assert_eq!(logged.uploads[0].thumbnail.as_deref(), Some("data:,small"));
}

#[test]
fn what_the_user_changes_is_shown_again_before_it_is_sent() {
    let change: Answer = |departure| {
        Approval::Look(Revision {
            text: "something else entirely".to_owned(),
            uploads: ModalitySet::EMPTY,
            ..departure.revision.clone()
        })
    };
    let engine = answering(&[change], consented());
    let turn = ask(&engine, with_picture("what is this")).expect("it answers");
    assert_eq!(asked(&engine), 2);
    assert!(engine.world().uploads.borrow().is_empty());
    assert_eq!(turn.user.text, "something else entirely");
    assert_eq!(engine.turns()[0].user.text, turn.user.text);
    let decision = turn.reply.expect("a reply").decision;
    assert_eq!(decision.action, Action::Cloud(ModalitySet::EMPTY));
    assert_eq!(decision.reason, Reason::Approval);
}

#[test]
fn approving_what_was_not_shown_shows_it() {
    let blind: Answer = |departure| {
        Approval::Send(Revision {
            text: "never seen".to_owned(),
            uploads: ModalitySet::first(5),
            ..departure.revision.clone()
        })
    };
    let withhold: Answer = |_| Approval::Withhold;
    let engine = answering(&[blind, withhold], consented());
    ask(&engine, with_picture("what is this")).expect_err("it is withheld");
    let departures = engine.world().departures.borrow();
    assert_eq!(departures[1].revision.text, "never seen");
    assert_eq!(departures[1].revision.uploads, ModalitySet::first(1));
    assert!(nothing_left(&engine));
}

#[test]
fn a_longer_text_may_cost_more_and_as_much_is_set_aside() {
    let lengthen: Answer = |departure| {
        Approval::Look(Revision {
            text: "x".repeat(10_000),
            ..departure.revision.clone()
        })
    };
    let engine = answering(&[lengthen], consented());
    ask(&engine, with_picture("short")).expect("it answers");
    let departures = engine.world().departures.borrow();
    let more = support::PRICE.input.saturating_mul(9_000);
    assert!(departures[1].most > departures[0].most.saturating_add(more));
    let reserved = engine.read_ledger(|ledger| ledger.entries()[0].reserved.worst.usd);
    assert_eq!(reserved, departures[1].most);
}

#[test]
fn what_is_withheld_leaves_nothing_behind() {
    let engine = answering(&[|_| Approval::Withhold], consented());
    let refusal = ask(&engine, with_picture("what is this")).expect_err("it is withheld");
    assert_eq!(refusal.trouble, Trouble::Withheld);
    assert!(nothing_left(&engine));
    assert_eq!(engine.turns()[0].user.text, "what is this");
}

#[test]
fn it_is_answered_here_instead_where_that_can_be() {
    let engine = answering(&[|_| Approval::Here], consented());
    let reply = ask(&engine, with_picture("what is this")).expect("it answers");
    let decision = reply.reply.expect("a reply").decision;
    assert_eq!(
        (decision.action, decision.reason),
        (Action::Local, Reason::Approval)
    );
    assert!(nothing_left(&engine));

    let engine = answering(&[|_| Approval::Here], consented());
    engine.world().local_ready.set(false);
    let refusal = ask(&engine, with_picture("what is this")).expect_err("nobody is here");
    assert_eq!(refusal.trouble, Trouble::Withheld);
    assert!(nothing_left(&engine));
}

#[test]
fn what_changes_while_the_user_looks_counts() {
    let open = PrivacyRules::default();
    let closed = [
        Preferences {
            private: true,
            ..consented()
        },
        with_rules(PrivacyRules {
            text: Rule::Never,
            ..open
        }),
        with_rules(PrivacyRules {
            image: Rule::Never,
            ..open
        }),
    ];
    for preferences in closed {
        let engine = answering(&[], consented());
        let picture = with_picture("what is this");
        let mut hear = |event: Event<'_>| {
            if let Event::Departing(_) = event {
                engine.prefer(preferences);
            }
        };
        let media = [vec![1]];
        block_on(engine.ask(picture, &media, future::pending(), &mut hear))
            .expect_err("it is not sent");
        assert_eq!(asked(&engine), 1);
        assert!(nothing_left(&engine), "{preferences:?}");
    }
}

#[test]
fn a_question_that_nobody_answers_can_be_stopped() {
    let engine = answering(&[], consented());
    engine.world().undecided.set(true);
    let (stop, stopped) = oneshot::channel::<()>();
    let mut stop = Some(stop);
    let cancel = async {
        let _ = stopped.await;
    };
    let picture = with_picture("what is this");
    let mut hear = |event: Event<'_>| {
        if matches!(event, Event::Departing(_)) {
            stop.take().map(|stop| stop.send(()));
        }
    };
    let media = [vec![1]];
    let refusal =
        block_on(engine.ask(picture, &media, cancel, &mut hear)).expect_err("it is stopped");
    assert_eq!(refusal.trouble, Trouble::Withheld);
    assert!(nothing_left(&engine));
}

#[test]
fn never_is_never_whatever_the_user_wishes() {
    let open = PrivacyRules::default();
    let no_text = with_rules(PrivacyRules {
        text: Rule::Never,
        ..open
    });
    let engine = answering(&[], no_text);
    ask(&engine, with_picture("hello")).expect("it answers here");
    ask(&engine, wishing("hello again", Wish::Cloud)).expect_err("it may not");
    assert!(nothing_left(&engine) && asked(&engine) == 0);

    let no_pictures = with_rules(PrivacyRules {
        image: Rule::Never,
        ..open
    });
    let engine = answering(&[], no_pictures);
    ask(&engine, with_picture("hello")).expect("the text is answered");
    assert_eq!((asked(&engine), engine.world().calls.get()), (0, 1));
    assert!(engine.world().uploads.borrow().is_empty());
}

#[test]
fn the_log_is_written_with_the_reservation_and_without_it_nothing_leaves() {
    let engine = answering(&[], consented());
    engine.world().log_fails.set(true);
    let refusal = ask(&engine, turn("hello")).expect_err("it is not sent");
    assert_eq!(refusal.trouble, Trouble::Storage);
    assert!(nothing_left(&engine));
    engine.world().log_fails.set(false);
    ask(&engine, turn("hello")).expect("it answers");
    assert_eq!(engine.world().log.borrow().len(), 1);
}

#[test]
fn details_come_back_in_the_reply_and_stay_out_of_the_rest_of_the_dialogue() {
    let rules = PrivacyRules {
        text: Rule::Ask,
        ..PrivacyRules::default()
    };
    let engine = answering(&[], with_rules(rules));
    let told = "Write to ann@example.com, not to bob@example.com.";
    let first = ask(&engine, turn(told))
        .expect("it answers")
        .reply
        .expect("a reply");
    assert_eq!(sent(&engine)[1], "Write to [EMAIL_1], not to [EMAIL_2].");
    assert_eq!(first.text, told);
    assert!(matches!(
        first.receipt.sent[0],
        Sent::Text { redacted: 2, .. }
    ));

    // From now on text may go unseen, but not what was left out before.
    engine.prefer(consented());
    let second = ask(&engine, turn("Is ann@example.com right?")).expect("it answers");
    assert_eq!(asked(&engine), 1);
    assert_eq!(
        sent(&engine)[1..],
        [
            "Write to [EMAIL_1], not to [EMAIL_2].",
            "Write to [EMAIL_1], not to [EMAIL_2].",
            "Is [EMAIL_1] right?"
        ]
    );
    assert_eq!(
        second.reply.expect("a reply").text,
        "Is ann@example.com right?"
    );
}

#[test]
fn details_are_left_out_when_the_user_says_so() {
    for (redaction, out) in [
        (Redaction::Never, "I am ann@example.com"),
        (Redaction::WhenAsked, "I am ann@example.com"),
        (Redaction::Always, "I am [EMAIL_1]"),
    ] {
        let engine = answering(
            &[],
            Preferences {
                redaction,
                ..consented()
            },
        );
        ask(&engine, turn("I am ann@example.com")).expect("it answers");
        assert_eq!(sent(&engine)[1], out);
    }
    let as_typed: Answer = |departure| {
        Approval::Look(Revision {
            redact: false,
            ..departure.revision.clone()
        })
    };
    let engine = answering(&[as_typed], consented());
    ask(&engine, with_picture("I am ann@example.com")).expect("it answers");
    assert_eq!(sent(&engine)[1], "I am ann@example.com");
}

#[test]
fn a_reply_that_ends_within_a_placeholder_is_kept_whole() {
    let engine = answering(
        &[],
        Preferences {
            redaction: Redaction::Always,
            ..consented()
        },
    );
    let reply = ask(&engine, turn("ann@example.com wrote [EMA")).expect("it answers");
    assert_eq!(
        reply.reply.expect("a reply").text,
        "ann@example.com wrote [EMA"
    );
}

#[test]
fn a_device_that_fails_sends_nothing_that_the_user_did_not_look_at() {
    let failing = |approvals: &[Answer]| {
        let engine = answering(approvals, Preferences::default());
        let world = engine.world();
        world.prefers_cloud.set(false);
        world.local_fails.set(true);
        world.says_nothing_before.set(true);
        engine
    };
    let engine = failing(&[|_| Approval::Withhold]);
    let refusal = ask(&engine, turn("hello")).expect_err("it is withheld");
    assert_eq!(refusal.trouble, Trouble::Withheld);
    assert_eq!(asked(&engine), 1);
    assert!(nothing_left(&engine));

    let engine = failing(&[]);
    ask(&engine, turn("hello")).expect("it is approved");
    assert_eq!((asked(&engine), engine.world().calls.get()), (1, 1));
}

#[test]
fn what_was_kept_here_stays_here_even_where_this_device_fails() {
    let engine = answering(&[|_| Approval::Here], consented());
    engine.world().local_fails.set(true);
    engine.world().says_nothing_before.set(true);
    let refusal = ask(&engine, with_picture("what is this")).expect_err("it fails");
    assert_eq!(refusal.trouble, Trouble::Device);
    assert_eq!(asked(&engine), 1, "it is not asked for again");
    assert!(nothing_left(&engine));
}
