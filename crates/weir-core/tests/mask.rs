//! What the mask lets through can be afforded, and it lets through whatever can be.

use proptest::prelude::*;
use weir_core::{
    Action, Budget, CloudEstimate, Constraint, DeviceEstimate, Dial, Forecast, Limits, Mask,
    Modality, ModalitySet, NanoUsd, NetworkEstimate, Observation, Span, Spending, TaskMix,
    mask::{Rules, Wish},
};

fn forecast(action: Action, nanos: u64, millis: u64) -> Forecast {
    Forecast {
        action,
        quality: 1.0,
        quality_deviation: 0.0,
        association: 0.0,
        seconds: millis as f32 / 1e3,
        usd: nanos as f32 * 1e-9,
        worst: Spending {
            usd: NanoUsd::new(nanos),
            millis,
            ..Spending::ZERO
        },
    }
}

/// Local: free, 8 s. Cloud: 10 nano-USD and 1 s, and as much again for each upload.
fn observation() -> Observation {
    let forecasts = Action::enumerate(1)
        .into_iter()
        .map(|action| match action {
            Action::Local => forecast(action, 0, 8_000),
            Action::Cloud(uploads) => {
                let parts = 1 + uploads.len() as u64;
                forecast(action, 10 * parts, 1_000 * parts)
            }
        })
        .collect();
    Observation {
        history: Vec::new(),
        task: TaskMix::UNKNOWN,
        attached: vec![Modality::Image],
        relevance: vec![0.5],
        prompt_tokens: 20,
        longest_local_prompt: 1_000,
        turns_done: 0,
        turns_left: 0.0,
        budget: Budget::UNLIMITED,
        committed: Spending::ZERO,
        network: NetworkEstimate {
            online: true,
            rtt_ms: 20.0,
            jitter_ms: 1.0,
            up_mbps: 10.0,
            down_mbps: 10.0,
            loss: 0.0,
        },
        cloud: CloudEstimate {
            ttft_ms: 300.0,
            tokens_per_second: 50.0,
        },
        device: DeviceEstimate {
            ready: true,
            prefill_tokens_per_second: 100.0,
            decode_tokens_per_second: 20.0,
        },
        forecasts,
        dial: Dial::default(),
    }
}

fn constraints(observation: &Observation, rules: &Rules) -> Vec<Option<Constraint>> {
    Mask::new(observation, rules)
        .verdicts()
        .iter()
        .map(|(_, constraint)| *constraint)
        .collect()
}

proptest! {
    #[test]
    fn after_a_feasible_action_the_rest_can_be_finished(
        limit in 0..200_u64,
        seconds in 0..60_u64,
        turns_left in 0..6_u32,
        spent in 0..100_u64,
    ) {
        let mut seen = observation();
        seen.budget = Budget { usd: Some(NanoUsd::new(limit)), millis: Some(seconds * 1_000), ..Budget::UNLIMITED };
        seen.turns_left = turns_left as f32;
        seen.committed.usd = NanoUsd::new(spent.min(limit));
        let mask = Mask::new(&seen, &Rules::OPEN);
        for (index, forecast) in seen.forecasts.iter().enumerate() {
            let after = seen.committed.plus(forecast.worst);
            let finishes = seen.forecasts.iter().any(|arm| seen.budget.allows(after.plus(arm.worst.times(turns_left))));
            prop_assert_eq!(mask.allows(index), finishes);
        }
    }
}

#[test]
fn a_budget_of_zero_leaves_only_the_local_action() {
    let mut seen = observation();
    seen.budget.usd = Some(NanoUsd::ZERO);
    assert_eq!(
        constraints(&seen, &Rules::OPEN),
        [None, Some(Constraint::Usage), Some(Constraint::Usage)]
    );
}

#[test]
fn private_mode_and_offline_forbid_every_cloud_action() {
    let private = Rules {
        private: true,
        ..Rules::OPEN
    };
    assert_eq!(
        constraints(&observation(), &private),
        [None, Some(Constraint::Private), Some(Constraint::Private)]
    );
    let mut seen = observation();
    seen.network.online = false;
    assert_eq!(
        constraints(&seen, &Rules::OPEN),
        [None, Some(Constraint::Offline), Some(Constraint::Offline)]
    );
}

#[test]
fn a_rule_about_uploads_leaves_the_text_only_call() {
    let rules = Rules {
        uploads: ModalitySet::EMPTY,
        ..Rules::OPEN
    };
    assert_eq!(
        constraints(&observation(), &rules),
        [None, None, Some(Constraint::Rule)]
    );
}

#[test]
fn a_rule_about_text_forbids_every_cloud_action_of_this_turn_and_of_those_to_come() {
    let rules = Rules {
        text: false,
        ..Rules::OPEN
    };
    let mut seen = observation();
    assert_eq!(
        constraints(&seen, &rules),
        [None, Some(Constraint::Rule), Some(Constraint::Rule)]
    );
    // Only here could the turn that is left be answered, and there is no time for that.
    seen.turns_left = 1.0;
    seen.budget.millis = Some(9_000);
    assert_eq!(constraints(&seen, &rules)[0], Some(Constraint::Latency));
}

#[test]
fn what_the_provider_has_no_place_for_leaves_the_text_only_call() {
    let rules = Rules {
        taken: ModalitySet::EMPTY,
        ..Rules::OPEN
    };
    assert_eq!(
        constraints(&observation(), &rules),
        [None, None, Some(Constraint::NotTaken)]
    );
}

#[test]
fn a_wish_is_kept() {
    let local = Rules {
        wish: Some(Wish::Local),
        ..Rules::OPEN
    };
    assert_eq!(
        constraints(&observation(), &local),
        [None, Some(Constraint::Wish), Some(Constraint::Wish)]
    );
    let cloud = Rules {
        wish: Some(Wish::Cloud),
        ..Rules::OPEN
    };
    assert_eq!(
        constraints(&observation(), &cloud),
        [Some(Constraint::Wish), None, None]
    );
}

#[test]
fn a_prompt_beyond_the_context_is_not_local() {
    let mut seen = observation();
    seen.prompt_tokens = seen.longest_local_prompt + 1;
    let mask = Mask::new(&seen, &Rules::OPEN);
    assert_eq!(mask.verdicts()[0].1, Some(Constraint::TooLong));
    assert_eq!(mask.last_resort(&seen), None);
}

#[test]
fn when_seconds_run_out_the_last_resort_is_local() {
    let mut seen = observation();
    seen.budget.millis = Some(500);
    let mask = Mask::new(&seen, &Rules::OPEN);
    assert_eq!(mask.all_feasible().count(), 0);
    assert_eq!(
        mask.last_resort(&seen).map(|action| action.get()),
        Some(Action::Local)
    );
    seen.device.ready = false;
    assert_eq!(Mask::new(&seen, &Rules::OPEN).last_resort(&seen), None);
}

#[test]
fn what_another_limit_leaves_no_room_for_is_forbidden_by_its_span() {
    let within = |day: Budget| {
        let room = Limits {
            day,
            ..Limits::UNLIMITED
        };
        let mask = Mask::within(&observation(), &Rules::OPEN, &room);
        let verdicts = mask.verdicts().iter();
        verdicts
            .map(|(_, constraint)| *constraint)
            .collect::<Vec<_>>()
    };
    // Local takes 8 s, the cloud 1 s for 10 nano-USD, or 2 s for 20 with the picture.
    let money = Budget {
        usd: Some(NanoUsd::new(15)),
        ..Budget::UNLIMITED
    };
    let over = Some(Constraint::Limit(Span::Day));
    assert_eq!(within(money), [None, None, over]);
    let seconds = Budget {
        millis: Some(1_500),
        ..Budget::UNLIMITED
    };
    assert_eq!(within(seconds), [over, None, over]);
    assert_eq!(within(Budget::UNLIMITED), [None, None, None]);
}

#[test]
fn a_limit_on_data_leaves_the_text_only_call() {
    let mut seen = observation();
    for forecast in &mut seen.forecasts {
        forecast.worst.images = forecast.action.uploads().len() as u32;
    }
    let room = Budget {
        images: Some(0),
        ..Budget::UNLIMITED
    };
    let mask = Mask::within(&seen, &Rules::OPEN, &room.into());
    let verdicts: Vec<_> = mask
        .verdicts()
        .iter()
        .map(|(_, constraint)| *constraint)
        .collect();
    assert_eq!(verdicts, [None, None, Some(Constraint::Data)]);
}

#[test]
fn a_place_that_is_shut_is_forbidden_this_turn_and_finishes_the_dialogue_all_the_same() {
    let failed = Rules {
        local_shut: Some(Constraint::Failed),
        ..Rules::OPEN
    };
    assert_eq!(
        constraints(&observation(), &failed),
        [Some(Constraint::Failed), None, None]
    );
    let resting = Rules {
        cloud_shut: Some(Constraint::Resting),
        ..Rules::OPEN
    };
    assert_eq!(
        constraints(&observation(), &resting),
        [None, Some(Constraint::Resting), Some(Constraint::Resting)]
    );
    // One call is affordable and then only local answers are: those of later turns count.
    let mut seen = observation();
    seen.turns_left = 3.0;
    seen.budget.usd = Some(seen.forecasts[2].worst.usd);
    assert_eq!(constraints(&seen, &failed)[2], None);
}
