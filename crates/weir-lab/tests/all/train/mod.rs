mod checkpoint;

use std::fs;

use burn::module::Module;
use indicatif::ProgressBar;
use weir_core::{Mask, mask::Rules};
use weir_lab::{
    commands::{self, TrainRequest},
    environment::Environment,
    evaluate::play,
    policies::Chooser,
    train::{Settings, Trained, train},
    world::{Noise, World},
};
use weir_policy::{ResponseModel, TrainedPolicy};

use crate::{Folder, scenario};

fn settings(seed: u64) -> Settings {
    Settings {
        seed,
        steps: 4096,
        imitation_steps: 0,
        hidden: 16,
        validation: 150,
    }
}

fn run(settings: &Settings) -> Trained {
    train(settings, &scenario(Noise::Full), &ProgressBar::hidden()).unwrap()
}

#[test]
fn reinforcement_learning_alone_improves_on_its_start() {
    let curve = run(&Settings {
        steps: 20_000,
        ..settings(3)
    })
    .curve;
    let (start, best) = (
        curve[0].reward,
        curve
            .iter()
            .map(|point| point.reward)
            .fold(f32::MIN, f32::max),
    );
    assert!(best > start + 0.1, "from {start} to {best}");
    let last = curve.last().unwrap();
    assert!(
        last.entropy
            .is_some_and(|entropy| entropy > 0.02 && entropy < 1.0)
    );
}

#[test]
fn the_same_seed_makes_the_same_weights_and_another_seed_others() {
    let weights = |seed| {
        let settings = Settings {
            imitation_steps: 500,
            ..settings(seed)
        };
        run(&settings)
            .network
            .into_record()
            .into_bytes()
            .unwrap()
            .to_vec()
    };
    let first = weights(1);
    assert_eq!(first, weights(1));
    assert_ne!(first, weights(2));
}

#[test]
fn a_short_run_writes_a_policy_that_beats_the_simple_ones() {
    let folder = Folder::new("train");
    let request = TrainRequest {
        seed: 1,
        steps: 4096,
        imitation_steps: 8000,
        hidden: 32,
        dialogues: 300,
        scenario: weir_lab::scenario::DEFAULT.into(),
        dataset: None,
        local: None,
        out: folder.path().to_owned(),
    };
    let summary = commands::train(&request).unwrap();
    assert!(summary.contains("always local"));
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    let text = |name: &str| String::from_utf8(read(name)).unwrap();
    let policy = TrainedPolicy::load(read("policy.bpk"), &text("policy.json")).unwrap();
    ResponseModel::from_json(&text("response.json")).unwrap();
    assert!(text("README.md").contains("--seed 1 --steps 4096"));

    let scenario = scenario(Noise::Full);
    let reward = |chooser: &mut Chooser<'_>| {
        let played = play(&scenario, chooser, 9000..9300, &ProgressBar::hidden());
        played.iter().map(|played| played.reward).sum::<f32>() / 300.0
    };
    let trained = reward(&mut Chooser::Trained(&policy));
    let random = Chooser::Random(weir_lab::draws::Draws::new(1));
    for mut simple in [
        Chooser::Local,
        Chooser::CloudText,
        Chooser::CloudAll,
        random,
    ] {
        let other = reward(&mut simple);
        assert!(
            trained > other,
            "{trained} is not above {other} of {}",
            simple.name()
        );
    }
}

#[test]
fn the_shipped_policy_keeps_to_the_mask_and_chooses_by_circumstances() {
    let models = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/policy/");
    let policy = TrainedPolicy::load(
        fs::read(format!("{models}policy.bpk")).unwrap(),
        &fs::read_to_string(format!("{models}policy.json")).unwrap(),
    )
    .unwrap();
    let mut places = std::collections::BTreeMap::<usize, u32>::new();
    for seed in 0..200 {
        let mut world = World::new(scenario(Noise::Full), seed);
        loop {
            let mask = Mask::new(world.observation(), &Rules::OPEN);
            let index = match policy.decide(world.observation(), &mask) {
                Ok(choice) => {
                    assert!(mask.allows(choice.index));
                    choice.index
                }
                Err(_) => 0,
            };
            *places.entry(index.min(2)).or_default() += 1;
            if world.step(index).done {
                break;
            }
        }
    }
    let total: u32 = places.values().sum();
    for (place, count) in &places {
        assert!(
            *count < total * 95 / 100,
            "place {place} takes {count} of {total} turns"
        );
    }
    assert_eq!(places.len(), 3, "local, text and uploads all occur");
}
