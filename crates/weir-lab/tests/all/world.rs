use std::path::Path;

use indicatif::ProgressBar;
use proptest::prelude::*;
use weir_core::{Action, Dial, NanoUsd};
use weir_lab::{
    draws::Draws,
    environment::{Environment, allowed},
    evaluate::play,
    policies::Chooser,
    shipped::load,
    world::{Conditions, Episode, Noise, Sense, World},
};

use crate::{scenario, suite::POLICY};

/// Plays the dialogue that `seed` names with `choose`, and calls `see` before each step.
fn walk(
    noise: Noise,
    seed: u64,
    mut choose: impl FnMut(&World) -> usize,
    mut see: impl FnMut(&World, usize),
) -> World {
    let mut world = World::new(scenario(noise), seed);
    loop {
        let action = choose(&world);
        see(&world, action);
        if world.step(action).done {
            return world;
        }
    }
}

#[test]
fn without_surprises_no_masked_policy_ends_over_budget() {
    let scenario = scenario(Noise::None);
    let choosers = [
        Chooser::Local,
        Chooser::CloudText,
        Chooser::CloudAll,
        Chooser::Random(Draws::new(1)),
        Chooser::Greedy,
    ];
    for mut chooser in choosers {
        let played = play(&scenario, &mut chooser, 0..600, &ProgressBar::hidden());
        let over = played.iter().filter(|played| played.over_budget).count();
        assert_eq!(over, 0, "{}", chooser.name());
    }
}

#[test]
fn without_the_mask_budgets_are_broken() {
    let played = play(
        &scenario(Noise::None),
        &mut Chooser::UnmaskedCloudAll,
        0..300,
        &ProgressBar::hidden(),
    );
    assert!(played.iter().filter(|played| played.over_budget).count() > 30);
}

#[test]
fn a_dialogue_answered_locally_takes_the_sum_of_its_turns() {
    for seed in 0..200 {
        let mut seconds = 0.0;
        let world = walk(
            Noise::None,
            seed,
            |_| 0,
            |world, _| {
                if world.observation().device.ready {
                    let tokens = world.scenario().response.tokens(
                        &weir_core::TaskMix::certain(
                            world.episode().turns[world.observation().turns_done as usize].task,
                        ),
                        Action::Local,
                    );
                    let observation = world.observation();
                    seconds += observation
                        .device
                        .local_seconds(observation.prompt_tokens, tokens);
                }
            },
        );
        let turns = world.observation().turns_done as f32;
        let spent = world.observation().committed;
        let total = spent.millis as f32 / 1e3;
        assert!(
            (total - seconds).abs() <= turns * 2e-3 + 1e-4 * seconds,
            "{total} is not {seconds}"
        );
        assert_eq!((spent.usd.nanos(), spent.bytes, spent.images), (0, 0, 0));
    }
}

#[test]
fn what_is_spent_is_what_was_billed_and_never_more_than_the_worst_case() {
    for seed in 0..200 {
        let mut before = weir_core::Spending::ZERO;
        let mut worst = weir_core::Spending::ZERO;
        let everything = |world: &World| world.observation().forecasts.len() - 1;
        let world = walk(Noise::None, seed, everything, |world, action| {
            let observation = world.observation();
            assert!(observation.committed.usd >= before.usd);
            before = observation.committed;
            if observation.network.online {
                worst = worst.plus(observation.forecasts[action].worst);
            }
        });
        let spent = world.observation().committed;
        assert!(spent.usd <= worst.usd && spent.millis <= worst.millis);
        assert_eq!((spent.bytes, spent.images), (worst.bytes, worst.images));
    }
}

#[test]
fn the_agents_own_action_enters_its_history_and_its_prompt() {
    let local = walk(Noise::Full, 7, |_| 0, |_, _| ());
    let cloud = walk(
        Noise::Full,
        7,
        |world| world.observation().forecasts.len() - 1,
        |_, _| (),
    );
    assert!(
        local
            .observation()
            .history
            .iter()
            .all(|turn| turn.action == Action::Local)
    );
    assert!(
        cloud
            .observation()
            .history
            .iter()
            .all(|turn| turn.action.is_cloud())
    );
    assert_ne!(
        local.observation().prompt_tokens,
        cloud.observation().prompt_tokens
    );
    assert_eq!(local.observation().task, cloud.observation().task);
    assert_eq!(local.observation().network, cloud.observation().network);
}

#[test]
fn the_same_seed_names_the_same_dialogue_and_another_another() {
    let tasks = |seed| {
        let episode = Episode::draw(&scenario(Noise::Full), seed);
        episode
            .turns
            .iter()
            .map(|turn| (turn.task, turn.tokens))
            .collect::<Vec<_>>()
    };
    assert_eq!(tasks(3), tasks(3));
    assert_ne!(tasks(3), tasks(4));
}

#[test]
fn a_better_local_model_answers_better_and_the_shipped_policy_uses_it_more() {
    let policy = load(Path::new(POLICY)).unwrap();
    // Where money counts and the device is quick: elsewhere even a good local reply is not worth it.
    let thrifty = |conditions: &mut Conditions| {
        conditions.dial = Dial {
            association: 0.03,
            latency: 0.03,
            usage: 1.0,
            ..Dial::default()
        };
        conditions.price.input = NanoUsd::new(5000);
        conditions.price.output = NanoUsd::new(20_000);
        conditions.device.prefill_tokens_per_second = 600.0;
        conditions.device.decode_tokens_per_second = 200.0;
    };
    let share_and_score = |capability: f32| {
        let (mut turns, mut local, mut score) = (0.0, 0.0, 0.0);
        for seed in 0..300 {
            let scenario = scenario(Noise::None);
            let mut episode = Episode::draw(&scenario, seed);
            thrifty(&mut episode.conditions);
            episode.conditions.capability = capability;
            let mut world = World::at(scenario, episode);
            loop {
                let chosen = policy.decide(world.observation(), world.mask());
                let action = chosen.map_or(0, |chosen| chosen.index);
                let forecast = world.observation().forecasts[0];
                assert_eq!(forecast.action, Action::Local);
                turns += 1.0;
                local += if action == 0 { 1.0 } else { 0.0 };
                score += forecast.quality;
                if world.step(action).done {
                    break;
                }
            }
        }
        (local / turns, score / turns)
    };
    let (measured, capable) = (share_and_score(0.0), share_and_score(1.0));
    assert!(capable.1 > 2.0 * measured.1, "{measured:?} {capable:?}");
    assert!(capable.0 > measured.0 + 0.2, "{measured:?} {capable:?}");
}

#[test]
fn the_history_holds_five_turns_and_the_count_goes_on() {
    let long = (0..)
        .find(|seed| Episode::draw(&scenario(Noise::None), *seed).turns.len() > 8)
        .unwrap();
    let world = walk(Noise::None, long, |_| 0, |_, _| ());
    assert_eq!(world.observation().history.len(), 5);
    assert!(world.observation().turns_done > 8);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn something_is_always_allowed_and_nothing_in_the_cloud_while_offline(seed in any::<u64>()) {
        let mut draws = Draws::new(seed);
        let mut failed = None;
        let random = |world: &World| {
            let places: Vec<usize> =
                (0..world.observation().forecasts.len()).filter(|i| world.allows(*i)).collect();
            if places.is_empty() { 0 } else { places[draws.below(places.len())] }
        };
        walk(Noise::Full, seed, random, |world, _| {
            let observation = world.observation();
            let allowed = allowed(world);
            if !allowed.contains(&true) {
                failed = Some("nothing is allowed");
            }
            if !observation.network.online && allowed[1..].contains(&true) {
                failed = Some("the cloud is allowed while offline");
            }
        });
        prop_assert_eq!(failed, None);
    }

    #[test]
    fn networks_on_a_fixed_trace_keep_their_rates(seed in any::<u64>()) {
        let episode = Episode::draw(&scenario(Noise::None), seed);
        let ready: Vec<_> = episode.turns.iter().filter(|turn| turn.device_ready).collect();
        for pair in ready.windows(2) {
            prop_assert_eq!(pair[0].network, pair[1].network);
        }
    }
}

#[test]
fn what_is_hidden_is_not_seen_and_changes_nothing_else() {
    for sense in Sense::ALL {
        let open = scenario(Noise::Full);
        let blind = std::sync::Arc::new(open.without(sense));
        let mut seen = 0;
        for seed in 0..40 {
            let mut worlds =
                [open.clone(), blind.clone()].map(|scenario| World::new(scenario, seed));
            loop {
                let [open, blind] = &worlds;
                seen += usize::from(open.observation() != blind.observation());
                assert_eq!(open.mask(), blind.mask());
                assert_eq!(open.observation().committed, blind.observation().committed);
                let last = open.observation().forecasts.len() - 1;
                let [one, other] = worlds.each_mut().map(|world| world.step(last));
                assert_eq!(one, other, "{sense:?}");
                if one.done {
                    break;
                }
            }
        }
        assert!(seen > 20, "{sense:?} is seen all the same");
    }
}
