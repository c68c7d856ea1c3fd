//! Tabs that share a ledger: the day and the month are common to them, turns and dialogues are not.

#![allow(
    dead_code,
    reason = "each test file uses its part of the support module"
)]

mod support;

use futures::{executor::block_on, future, poll};
use support::{Desk, Script, ask, engine, offloading, turn, wishing};
use weir_core::{Basis, Budget, Ledger, Limits, NanoUsd, Opinion, Span, mask::Wish};
use weir_engine::{Engine, Preferences, Trouble};

/// Enough for one call at its worst case, and not for two.
fn one_call() -> Budget {
    Budget {
        usd: Some(NanoUsd::new(350_000)),
        ..Budget::UNLIMITED
    }
}

fn preferences(limits: Limits) -> Preferences {
    Preferences {
        limits,
        ..Preferences::default()
    }
}

/// Two tabs of one browser; the dialogue is kept for the first.
fn two(script: Script, limits: Limits) -> [Engine<Desk>; 2] {
    let first = offloading(script.clone());
    let second = first.beside(script);
    let both = [first, second].map(|desk| engine(desk, preferences(limits)));
    for tab in &both {
        block_on(tab.restore()).expect("it restores");
    }
    both
}

/// Asks the cloud, which reports nothing: each answer costs its worst case.
fn offload(tab: &Engine<Desk>) -> Option<Trouble> {
    ask(tab, wishing("hello", Wish::Cloud))
        .err()
        .map(|refusal| refusal.trouble)
}

fn stored(tab: &Engine<Desk>) -> Ledger {
    let stored = tab.world().stored.borrow();
    stored.as_ref().expect("something is stored").ledger.clone()
}

#[test]
fn what_one_tab_spends_the_other_cannot() {
    let limits = Limits {
        day: one_call(),
        ..Limits::UNLIMITED
    };
    let [first, second] = two(Script::Answer(None), limits);
    assert_eq!(offload(&second), None);
    assert_eq!(offload(&first), Some(Trouble::OverBudget));
    assert_eq!(first.world().calls.get(), 0);
}

#[test]
fn what_one_tab_has_set_aside_the_other_cannot_spend() {
    let limits = Limits {
        month: one_call(),
        ..Limits::UNLIMITED
    };
    let [first, second] = two(Script::Hang, limits);
    block_on(async {
        let hear = &mut |_: weir_engine::Event<'_>| {};
        let hangs = first.ask(wishing("hello", Wish::Cloud), &[], future::pending(), hear);
        let mut hangs = Box::pin(hangs);
        assert!(poll!(&mut hangs).is_pending());
        assert_eq!(first.world().calls.get(), 1);

        let hear = &mut |_: weir_engine::Event<'_>| {};
        let refused = second.ask(wishing("hello", Wish::Cloud), &[], future::pending(), hear);
        let refused = refused.await.expect_err("the month is set aside");
        assert_eq!(refused.trouble, Trouble::OverBudget);
        assert!(refused.message.contains("for this month"), "{refused}");
    });
}

#[test]
fn each_tab_has_a_dialogue_and_its_limit_of_its_own() {
    let limits = Limits {
        dialogue: one_call(),
        ..Limits::UNLIMITED
    };
    let [first, second] = two(Script::Answer(None), limits);
    assert_eq!(offload(&first), None);
    assert_eq!(offload(&second), None);
    assert_eq!(offload(&first), Some(Trouble::OverBudget));
    assert_eq!(offload(&second), Some(Trouble::OverBudget));
    block_on(second.start_anew()).expect("nothing is running");
    assert_eq!(offload(&first), Some(Trouble::OverBudget));
    assert_eq!(offload(&second), None);
}

#[test]
fn only_the_dialogue_of_the_first_tab_is_kept() {
    let [first, second] = two(Script::Answer(None), Limits::UNLIMITED);
    ask(&first, turn("kept")).expect("it answers");
    ask(&second, turn("lost")).expect("it answers");
    ask(&second, turn("lost too")).expect("it answers");
    assert_eq!(second.turns().len(), 2);
    let stored = first.world().stored.borrow().clone();
    let turns = stored.expect("something is stored").turns;
    let texts: Vec<_> = turns.iter().map(|turn| turn.user.text.as_str()).collect();
    assert_eq!(texts, ["kept"]);
}

#[test]
fn a_call_counts_as_interrupted_once_its_tab_is_gone_and_not_before() {
    let [first, second] = two(Script::Hang, Limits::UNLIMITED);
    {
        let hear = &mut |_: weir_engine::Event<'_>| {};
        let hangs = second.ask(wishing("hello", Wish::Cloud), &[], future::pending(), hear);
        let mut hangs = Box::pin(hangs);
        block_on(async { assert!(poll!(&mut hangs).is_pending()) });
        first.world().prefers_cloud.set(false);
        ask(&first, turn("here")).expect("it answers");
        assert_eq!(stored(&first).open().len(), 1, "it is running");
    }
    second.world().close();
    ask(&first, turn("here again")).expect("it answers");
    let ledger = stored(&first);
    assert!(ledger.open().is_empty());
    let interrupted = ledger.entries().iter();
    let interrupted: Vec<_> = interrupted
        .filter(|entry| entry.basis == Basis::Interrupted)
        .collect();
    assert_eq!(interrupted.len(), 1);
    assert_eq!(ledger.spent(Span::Day).usd, interrupted[0].charged.usd);
    assert_eq!(
        ledger.spent(Span::Dialogue).usd,
        NanoUsd::ZERO,
        "it was not this dialogue's"
    );
}

#[test]
fn a_charge_that_could_not_be_stored_is_stored_with_the_next_and_once() {
    let desk = offloading(Script::Hang);
    let tab = engine(desk, Preferences::default());
    block_on(async {
        let (stop, stopped) = futures::channel::oneshot::channel::<()>();
        let cancel = async {
            let _ = stopped.await;
        };
        let hear = &mut |_: weir_engine::Event<'_>| {};
        let mut asked = Box::pin(tab.ask(wishing("hello", Wish::Cloud), &[], cancel, hear));
        assert!(poll!(&mut asked).is_pending());
        tab.world().store_fails.set(true);
        stop.send(()).expect("it is being answered");
        asked.await.expect("what was heard is kept");
    });
    let charged = tab.read_ledger(|ledger| ledger.spent(Span::Day));
    assert_ne!(charged.usd, NanoUsd::ZERO);
    assert_eq!(stored(&tab).open().len(), 1, "it could not be closed");

    tab.world().store_fails.set(false);
    tab.world().prefers_cloud.set(false);
    ask(&tab, turn("here")).expect("it answers");
    let ledger = stored(&tab);
    assert!(ledger.open().is_empty());
    assert_eq!(ledger.spent(Span::Day).usd, charged.usd);
    let bases: Vec<_> = ledger.entries().iter().map(|entry| entry.basis).collect();
    assert_eq!(bases, [Basis::Unreported, Basis::Free]);
}

#[test]
fn what_happens_while_the_store_is_written_is_stored_once_and_not_lost() {
    let [tab, _] = two(Script::Answer(None), Limits::UNLIMITED);
    tab.world().prefers_cloud.set(false);
    let first = ask(&tab, turn("one")).expect("it answers");
    tab.world().store_waits.set(true);
    block_on(async {
        let hear = &mut |_: weir_engine::Event<'_>| {};
        let asked = tab.ask(turn("two"), &[], future::pending(), hear);
        let judged = tab.judge(first.id, Some(Opinion::Good));
        let (asked, judged) = futures::join!(asked, judged);
        asked.expect("it answers");
        judged.expect("it is stored");
    });
    let turns = tab.turns();
    let opinions: Vec<_> = turns
        .iter()
        .filter_map(|turn| turn.reply.as_ref())
        .map(|reply| reply.opinion)
        .collect();
    assert_eq!(opinions, [Some(Opinion::Good), None]);
    let ledger = stored(&tab);
    assert_eq!(ledger.entries().len(), 2, "one line for each answer");
    assert_eq!(ledger, tab.read_ledger(Clone::clone));
}
