use proptest::prelude::*;
use weir_core::{
    Action, Budget, Dial, Modality, NanoUsd, Observation, PastTurn, Spending, Task, TaskMix,
};
use weir_policy::features::{ACTION, BOUND, STATE, encode};

use crate::{any, forecast::outlook, response::model};

proptest! {
    #[test]
    fn every_feature_is_bounded_and_counted_for_any_observation(observation in any::observation(6)) {
        let features = encode(&observation);
        prop_assert_eq!(features.state.len(), STATE);
        prop_assert_eq!(features.actions.len(), observation.forecasts.len() * ACTION);
        for value in features.state.iter().chain(&features.actions) {
            prop_assert!(value.is_finite() && value.abs() <= BOUND);
        }
    }
}

/// A sensible turn with one picture attached.
pub(crate) fn observation() -> Observation {
    let outlook = outlook();
    Observation {
        history: Vec::new(),
        task: outlook.task,
        attached: vec![Modality::Image],
        relevance: vec![0.8],
        prompt_tokens: outlook.prompt_tokens,
        longest_local_prompt: 1536,
        turns_done: 0,
        turns_left: 3.0,
        budget: Budget::UNLIMITED,
        committed: Spending::ZERO,
        network: outlook.network,
        cloud: outlook.cloud,
        device: outlook.device,
        forecasts: weir_policy::forecasts(&outlook, &model()),
        dial: Dial::default(),
    }
}

#[test]
fn twelve_attached_inputs_make_4097_rows() {
    let mut wide = observation();
    wide.attached = vec![Modality::Image; 12];
    wide.relevance = vec![0.5; 12];
    let forecast = wide.forecasts[0];
    wide.forecasts = Action::enumerate(12)
        .into_iter()
        .map(|action| weir_core::Forecast { action, ..forecast })
        .collect();
    assert_eq!(encode(&wide).actions.len(), 4097 * ACTION);
}

#[test]
fn an_unlimited_budget_is_flagged_and_looks_full() {
    let state = encode(&observation()).state;
    assert_eq!(state[45..48], [0.0, 1.0, BOUND]);
    let mut limited = observation();
    limited.budget.usd = Some(NanoUsd::new(40_000_000));
    limited.committed.usd = NanoUsd::new(30_000_000);
    let state = encode(&limited).state;
    let per_turn = 0.01_f32 / 4.0;
    let expected = [1.0, 0.25, (per_turn / 1e-3).ln_1p() / 2.0];
    for (value, expected) in state[45..48].iter().zip(expected) {
        assert!((value - expected).abs() < 1e-5, "{value} is not {expected}");
    }
}

#[test]
fn history_is_kept_to_the_last_five_turns_and_aligned_to_the_newest() {
    let turn = |action| PastTurn {
        action,
        task: TaskMix::certain(Task::Query),
    };
    let cloud = turn(Action::enumerate(0)[1]);
    let mut short = observation();
    short.history = vec![cloud];
    let state = encode(&short).state;
    assert_eq!(state[5..37], [0.0; 32]);
    assert_eq!(state[37..45], [1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    let mut long = observation();
    long.history = [vec![turn(Action::Local); 3], vec![cloud; 5]].concat();
    let mut recent = observation();
    recent.history = vec![cloud; 5];
    assert_eq!(encode(&long), encode(&recent));
}

#[test]
fn what_went_along_is_told_by_slot_in_the_past_and_now() {
    let mut observation = observation();
    let actions = Action::enumerate(3);
    let with = |slots: [bool; 3]| {
        let same = |action: &&Action| {
            action.is_cloud() && (0..3).all(|slot| action.uploads().contains(slot) == slots[slot])
        };
        *actions.iter().find(same).unwrap()
    };
    observation.history = vec![PastTurn {
        action: with([false, true, true]),
        task: TaskMix::certain(Task::Query),
    }];
    observation.forecasts[2].action = with([true, false, true]);
    let features = encode(&observation);
    assert_eq!(features.state[76..92], [0.0; 16]);
    assert_eq!(features.state[92..96], [0.0, 1.0, 1.0, 0.0]);
    assert_eq!(
        features.actions[2 * ACTION + 23..3 * ACTION],
        [1.0, 0.0, 1.0, 0.0]
    );
}

#[test]
fn the_best_and_the_local_reward_are_told_of_the_turn() {
    let observation = observation();
    let features = encode(&observation);
    let rewards = || features.actions.chunks(ACTION).map(|row| row[14]);
    assert_eq!(features.state[96], rewards().fold(f32::MIN, f32::max));
    assert_eq!(Some(features.state[97]), rewards().next());
}

#[test]
fn the_reward_of_an_action_is_the_dials_and_the_best_one_stands_out() {
    let observation = observation();
    let features = encode(&observation);
    let rows: Vec<_> = features.actions.chunks(ACTION).collect();
    for (row, forecast) in rows.iter().zip(&observation.forecasts) {
        let reward = observation.dial.reward(
            forecast.quality,
            forecast.association,
            forecast.seconds,
            forecast.usd,
        );
        assert!((row[14] - reward).abs() < 1e-5);
        assert!((row[10..14].iter().sum::<f32>() - reward).abs() < 1e-5);
        assert!(row[15] <= 0.0);
    }
    assert_eq!(rows.iter().filter(|row| row[15] == 0.0).count(), 1);
    assert_eq!(rows[0][16], 0.0);
}

#[test]
fn a_worst_case_is_measured_against_what_is_left() {
    let mut tight = observation();
    let worst = tight.forecasts[2].worst;
    tight.budget.bytes = Some(worst.bytes * 2);
    let row = |observation: &Observation| encode(observation).actions[2 * ACTION..].to_vec();
    assert!((row(&tight)[19] - 0.5).abs() < 1e-3);
    tight.committed.bytes = worst.bytes * 2;
    assert_eq!(row(&tight)[19], 2.0);
}
