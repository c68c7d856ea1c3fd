//! What users think of replies shifts what is expected of the next ones, within bounds.

#![allow(
    dead_code,
    reason = "each test file uses its part of the support module"
)]

mod support;

use futures::executor::block_on;
use proptest::prelude::*;
use support::{Desk, Script, USAGE, ask, engine, offloading, turn, wishing};
use weir_core::{Opinion, Reply, TurnId, mask::Wish};
use weir_engine::{Engine, Preferences};

fn here() -> Engine<Desk> {
    engine(Desk::default(), Preferences::default())
}

/// Asks, and gives the reply and its turn.
fn asked(engine: &Engine<Desk>) -> (TurnId, Reply) {
    let turn = ask(engine, turn("hello")).expect("it answers");
    (turn.id, turn.reply.expect("a reply"))
}

/// Asks and judges so often, in a dialogue that stays short.
fn judged(engine: &Engine<Desk>, opinion: Opinion, times: usize) {
    for _ in 0..times {
        if engine.turns().len() > 5 {
            block_on(engine.start_anew()).expect("nothing is running");
        }
        let (turn, _) = asked(engine);
        block_on(engine.judge(turn, Some(opinion))).expect("it is stored");
    }
}

/// Expected quality here and in the cloud, with what was learned of each.
fn expected(engine: &Engine<Desk>) -> [(f32, f32); 2] {
    let (_, reply) = asked(engine);
    let scores = &reply.decision.scores;
    [0, 1].map(|place| (scores[place].forecast.quality, scores[place].learned))
}

/// What the test's policy expects, and its deviation.
const HERE: f32 = 0.5;
const THERE: f32 = 1.0;
const DEVIATION: f32 = 0.1;

#[test]
fn without_opinions_nothing_is_shifted_by_a_single_bit() {
    let engine = here();
    asked(&engine);
    let expected =
        expected(&engine).map(|(quality, learned)| (quality.to_bits(), learned.to_bits()));
    assert_eq!(expected, [(HERE.to_bits(), 0), (THERE.to_bits(), 0)]);
}

#[test]
fn good_replies_are_expected_again_and_bad_ones_too() {
    for (opinion, is_better) in [(Opinion::Good, true), (Opinion::Bad, false)] {
        let engine = here();
        judged(&engine, opinion, 1);
        let [(quality, learned), there] = expected(&engine);
        assert_eq!(quality > HERE, is_better);
        assert_eq!(quality, HERE + learned);
        assert_eq!(there, (THERE, 0.0), "the other place was not judged");
        let seen = engine.world().seen.take().expect("an observation");
        assert_eq!(seen.forecasts[0].quality, quality, "the policy sees it");
    }
}

#[test]
fn one_opinion_moves_little_and_many_move_no_more_than_a_deviation() {
    let engine = here();
    judged(&engine, Opinion::Good, 1);
    let [(_, one), _] = expected(&engine);
    assert!(one < 0.05, "{one}");
    judged(&engine, Opinion::Good, 300);
    let [(_, many), _] = expected(&engine);
    assert_eq!(many, DEVIATION);
    judged(&engine, Opinion::Bad, 300);
    let [(_, other), _] = expected(&engine);
    assert_eq!(other, -DEVIATION, "a taste may change");
}

#[test]
fn what_agrees_with_what_was_expected_changes_nothing() {
    let engine = here();
    for _ in 0..20 {
        judged(&engine, Opinion::Good, 1);
        judged(&engine, Opinion::Bad, 1);
    }
    let [(_, learned), _] = expected(&engine);
    assert!(learned.abs() < 0.01, "{learned}");
}

#[test]
fn an_opinion_that_is_taken_back_or_changed_counts_once() {
    let (once, twice) = (here(), here());
    for (engine, opinions) in [
        (&once, &[Some(Opinion::Bad)][..]),
        (
            &twice,
            &[
                Some(Opinion::Good),
                None,
                Some(Opinion::Good),
                Some(Opinion::Bad),
            ][..],
        ),
    ] {
        let (turn, _) = asked(engine);
        for opinion in opinions {
            block_on(engine.judge(turn, *opinion)).expect("it is stored");
        }
    }
    assert_eq!(expected(&once), expected(&twice));
    assert!(expected(&once)[0].1 < 0.0);
}

#[test]
fn an_opinion_is_stored_with_its_reply_and_comes_back() {
    let first = here();
    judged(&first, Opinion::Good, 1);
    let second = here();
    second.world().stored.replace(first.world().stored.take());
    second.world().lessons.replace(first.world().lessons.take());
    block_on(second.restore()).expect("it is readable");
    let reply = second.turns()[0].reply.clone().expect("a reply");
    assert_eq!(reply.opinion, Some(Opinion::Good));
    assert!(expected(&second)[0].1 > 0.0);
    block_on(second.forget_lessons());
    assert_eq!(expected(&second)[0], (HERE, 0.0));
}

#[test]
fn an_unwanted_reply_counts_and_makes_room_for_another_from_elsewhere() {
    let engine = engine(
        offloading(Script::Answer(Some(USAGE))),
        Preferences::default(),
    );
    let (turn, reply) = asked(&engine);
    assert_eq!(reply.text, "from there");
    block_on(engine.judge(turn, Some(Opinion::Unwanted))).expect("it is stored");
    let redone = ask(&engine, wishing("hello", Wish::Local)).expect("it answers");
    assert_eq!(redone.id, turn);
    assert_eq!(redone.reply.expect("a reply").text, "from here");
    assert_eq!(engine.turns().len(), 1);
    let [_, (quality, learned)] = expected(&engine);
    assert!(learned < 0.0 && quality < THERE);
}

#[test]
fn a_reply_that_is_not_the_last_stays_where_it_is() {
    let engine = here();
    let (first, _) = asked(&engine);
    asked(&engine);
    block_on(engine.judge(first, Some(Opinion::Unwanted))).expect("it is stored");
    assert!(engine.turns().iter().all(|turn| turn.reply.is_some()));
}

#[test]
fn nothing_happens_to_what_was_never_answered() {
    let engine = here();
    block_on(engine.judge(TurnId(7), Some(Opinion::Bad))).expect("it is harmless");
    assert_eq!(expected(&engine)[0], (HERE, 0.0));
}

fn opinions() -> impl Strategy<Value = Option<Opinion>> {
    prop_oneof![
        Just(None),
        Just(Some(Opinion::Good)),
        Just(Some(Opinion::Bad)),
        Just(Some(Opinion::Unwanted)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn whatever_is_said_expectations_move_no_more_than_their_deviation(
        said in proptest::collection::vec((opinions(), any::<bool>()), 0..60),
    ) {
        let engine = here();
        for (opinion, in_the_cloud) in said {
            engine.world().prefers_cloud.set(in_the_cloud);
            let (turn, _) = asked(&engine);
            block_on(engine.judge(turn, opinion)).expect("it is stored");
        }
        for ((quality, learned), before) in expected(&engine).into_iter().zip([HERE, THERE]) {
            prop_assert!(learned.abs() <= DEVIATION);
            prop_assert_eq!(quality, before + learned);
        }
    }
}
