use std::fs;

use burn::tensor::Device;
use indicatif::ProgressBar;
use serde_json::Value;
use weir_core::Spending;
use weir_lab::{
    draws::Draws,
    evaluate,
    policies::Chooser,
    tmo::{
        costs::Network,
        evaluation::play,
        oracle::Oracle,
        policies::{Greedy, Policy},
        splits::Splits,
    },
    trace::{Source, TraceRequest, tmo, trace, weir},
    world::Noise,
};
use weir_policy::TrainedPolicy;

use crate::{Folder, scenario, tmo::Made};

/// A policy that nobody trained.
fn policy() -> TrainedPolicy {
    let draws = &mut Draws::new(3);
    TrainedPolicy::new(weir_policy::Network::new(16, &Device::flex(), || {
        draws.uniform(-1.0, 1.0)
    }))
}

#[test]
fn a_trace_adds_up() {
    let (scenario, policy) = (scenario(Noise::Full), policy());
    for seed in 0..12 {
        let told = weir::play(&scenario, &policy, seed);
        let mut spent = Spending::ZERO;
        for turn in &told.turns {
            let seen = &turn.seen;
            assert_eq!(seen.budget_left, told.budget.after(spent), "seed {seed}");
            spent = spent.plus(turn.outcome.spent);
            let sum: f32 = seen.actions.iter().map(|action| action.probability).sum();
            assert_eq!(seen.actions.len(), 1 + (1 << seen.attached.len()));
            let taken = &seen.actions[seen.taken];
            if seen.value.is_some() {
                assert!((sum - 1.0).abs() < 1e-4);
                assert!(taken.forbidden_by.is_none());
                assert!(
                    seen.actions
                        .iter()
                        .all(|other| other.probability <= taken.probability)
                );
            } else {
                assert!(
                    seen.taken == 0
                        && seen
                            .actions
                            .iter()
                            .all(|action| action.forbidden_by.is_some())
                );
            }
            for action in &seen.actions {
                assert!(action.forbidden_by.is_none() || action.probability == 0.0);
                let reward = told.dial.reward(
                    action.quality,
                    action.association,
                    action.seconds,
                    action.usd,
                );
                assert!((reward - action.reward).abs() < 1e-5);
            }
        }
        let mean: f32 = told
            .turns
            .iter()
            .map(|turn| turn.outcome.reward)
            .sum::<f32>()
            / told.turns.len() as f32;
        assert!((mean - told.summary.reward).abs() < 1e-5);
        assert_eq!(told.summary.spent, spent);
        assert_eq!(told.planner.as_planned as usize, told.turns.len());
        let mut chooser = Chooser::Planner(None);
        let played = evaluate::play(
            &scenario,
            &mut chooser,
            [seed].into_iter(),
            &ProgressBar::hidden(),
        );
        assert!(
            (played[0].reward - told.planner.reward).abs() < 1e-5,
            "the planner's own play"
        );
        let mut chooser = Chooser::Trained(&policy);
        let played = evaluate::play(
            &scenario,
            &mut chooser,
            [seed].into_iter(),
            &ProgressBar::hidden(),
        );
        assert!(
            (played[0].reward - told.summary.reward).abs() < 1e-5,
            "the policy's own play"
        );
    }
}

fn shipped(seed: u64) -> TraceRequest {
    TraceRequest {
        source: Source::Weir {
            scenario: "kitchen".into(),
            policy: concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/policy").into(),
        },
        seed,
        json: None,
    }
}

#[test]
fn the_shipped_policy_is_told_in_words_and_as_json_alike() {
    let folder = Folder::new("trace");
    let file = folder.path().join("new").join("trace.json");
    for seed in 0..20 {
        let text = trace(&TraceRequest {
            json: Some(file.clone()),
            ..shipped(seed)
        });
        let text = text.unwrap();
        let told: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let turns = told["turns"].as_array().unwrap();
        assert_eq!(
            (&told["suite"], &told["seed"]),
            (&"weir".into(), &seed.into())
        );
        let parts: Vec<&str> = text.split("\nturn ").skip(1).collect();
        assert_eq!(parts.len(), turns.len());
        for (part, turn) in parts.iter().zip(turns) {
            assert_eq!(
                part.lines().filter(|line| line.starts_with("  > ")).count(),
                1
            );
            let reward = turn["outcome"]["reward"].as_f64().unwrap();
            assert!(part.contains(&format!("reward {reward:+.3}")), "{part}");
            let actions = turn["actions"].as_array().unwrap();
            let forbidden = actions
                .iter()
                .filter(|action| !action["forbidden_by"].is_null())
                .count();
            let listed = part.matches("forbidden: ").count();
            assert!(
                listed == forbidden || actions.len() > 12 && listed < forbidden,
                "{part}"
            );
            assert_eq!(
                part.contains("planner   the same"),
                turn["planner"] == turn["taken"]
            );
            let offline = turn["network"]["online"] == false;
            assert_eq!(part.contains("network   offline"), offline);
            assert!(!offline || turn["taken"] == 0);
        }
        assert!(text.contains("within budget"), "{text}");
    }
}

#[test]
fn a_dialogue_of_tmo_is_told_as_it_is_played() {
    let made = Made::new("trace-tmo");
    let simulator = made.simulator();
    for network in Network::ALL {
        let all = |policy: &mut dyn Policy| play(&simulator, network, policy);
        let (greedy, oracle) = (all(&mut Greedy::Masked), all(&mut Oracle::within_budget()));
        for (place, (greedy, oracle)) in greedy.iter().zip(&oracle).enumerate() {
            let told = tmo::play(&simulator, 1, network, place + 1).unwrap();
            assert!((told.greedy.reward - greedy.reward).abs() < 1e-12);
            assert!((told.oracle.reward - oracle.reward).abs() < 1e-12);
            assert!((told.greedy.usd - greedy.usd).abs() < 1e-12);
            for (turn, taken) in told.turns.iter().zip(&greedy.taken) {
                assert_eq!(turn.taken, taken.place());
                let best = turn.actions.iter().filter(|action| action.allowed);
                let best = best.map(|action| action.reward).fold(f64::MIN, f64::max);
                assert_eq!(turn.actions[turn.taken].reward, best);
            }
        }
    }
    let request = TraceRequest {
        source: Source::Tmo {
            dataset: made.dataset.clone(),
            splits: Splits::read(&made.splits)
                .map(|_| made.splits.clone())
                .unwrap(),
            network: "4g".parse().unwrap(),
            dialogue: 2,
        },
        seed: 7,
        json: None,
    };
    let text = trace(&request).unwrap();
    assert!(
        text.contains("4G, seed 7") && text.contains("oracle within budget"),
        "{text}"
    );
}

#[test]
fn what_cannot_be_told_is_refused_by_name() {
    let folder = Folder::new("trace-bad");
    let refused = |source: Source, part: &str| {
        let json = folder.path().join("out").join("trace.json");
        let request = TraceRequest {
            source,
            seed: 1,
            json: Some(json.clone()),
        };
        let message = trace(&request).unwrap_err().to_string();
        assert!(message.contains(part), "no “{part}” in: {message}");
        assert!(!json.parent().unwrap().exists());
    };
    let weir = |scenario: &str, policy: &std::path::Path| Source::Weir {
        scenario: scenario.into(),
        policy: policy.to_owned(),
    };
    let empty = folder.path().to_owned();
    refused(weir("attic", &empty), "attic");
    refused(weir("kitchen", &empty), "policy.json");
    let other = folder.path().join("other");
    fs::create_dir(&other).unwrap();
    let shipped = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../models/policy/policy.json"
    );
    let spec = fs::read_to_string(shipped).unwrap();
    let mut spec: Value = serde_json::from_str(&spec).unwrap();
    fs::write(other.join("policy.bpk"), "damaged").unwrap();
    fs::write(other.join("policy.json"), spec.to_string()).unwrap();
    refused(weir("kitchen", &other), "policy.bpk is damaged");
    spec["features"] = 4711.into();
    fs::write(other.join("policy.json"), spec.to_string()).unwrap();
    refused(weir("kitchen", &other), "4711");
    let made = Made::new("trace-bad-tmo");
    let tmo = |dialogue| Source::Tmo {
        dataset: made.dataset.clone(),
        splits: made.splits.clone(),
        network: Network::WiFi,
        dialogue,
    };
    refused(tmo(0), "--dialogue");
    refused(tmo(13), "from 1 to 12");
    assert!("6G".parse::<Network>().unwrap_err().contains("Wired"));
}
