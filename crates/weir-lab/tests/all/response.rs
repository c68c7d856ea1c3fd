use std::{fs, path::Path};

use proptest::prelude::*;
use weir_core::{Action, ModalitySet, Task};
use weir_lab::{
    dataset::Dataset,
    draws::Draws,
    response::{
        Hierarchy, Logged, Reply, ResponseRequest,
        measure::{Row, measure},
        mixed::{Group, Level, Mixed},
        predictors::Predictor,
        response,
        split::{HeldOut, Split},
    },
    scenario::{DEFAULT, find},
};

use crate::Folder;

const M4A1: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/data/M4A1.json"
);

/// Scores whose parts are known: 15 prompts for each task, 24 replies to each.
struct Made {
    replies: Vec<Reply>,
    /// True means by prompt and side.
    means: Vec<[f64; 2]>,
}

const PROMPT: f64 = 0.4;
const PROMPT_SIDE: f64 = 0.25;
const NOISE: f64 = 0.5;

fn made(seed: u64) -> Made {
    let mut draws = Draws::new(seed);
    let mut normal = |deviation: f64| deviation * f64::from(draws.normal());
    let means: Vec<[f64; 2]> = (0..60)
        .map(|_| {
            let prompt = normal(PROMPT);
            [5.0, 6.0].map(|side| side + prompt + normal(PROMPT_SIDE))
        })
        .collect();
    let replies = (0..60 * 24).map(|number| {
        let (dialogue, prompt) = (number / 60, number % 60);
        let action = if dialogue % 2 == 0 {
            Action::Local
        } else {
            Action::Cloud(ModalitySet::from_bits((dialogue / 2 % 8) as u16))
        };
        Reply {
            dialogue,
            task: Task::ALL[prompt % 4],
            prompt,
            action,
            score: means[prompt][dialogue % 2] + normal(NOISE),
        }
    });
    Made {
        replies: replies.collect(),
        means,
    }
}

#[test]
fn the_parts_of_made_up_scores_are_found_again() {
    let Made { replies, means } = made(7);
    let model = Hierarchy::fit(&replies, f64::INFINITY);
    let [
        _,
        arm,
        task,
        task_side,
        task_arm,
        views,
        prompt,
        prompt_side,
    ] = model.deviations();
    for (found, true_one) in [
        (prompt, PROMPT),
        (prompt_side, PROMPT_SIDE),
        (model.noise(), NOISE),
    ] {
        assert!(
            (found / true_one - 1.0).abs() < 0.3,
            "{found} for {true_one}"
        );
    }
    for nothing in [arm, task, task_side, task_arm, views] {
        assert!(nothing < 0.15, "{nothing} where there is nothing");
    }
    let text = Action::Cloud(ModalitySet::EMPTY);
    let errors = means.iter().enumerate().flat_map(|(number, means)| {
        let sides = [Action::Local, text].into_iter().zip(means);
        let model = &model;
        sides.map(move |(action, mean)| {
            let task = Task::ALL[number % 4];
            (model.predict(task, Some(number), action), *mean)
        })
    });
    let inside = errors
        .filter(|(of, mean)| (of.mean - mean).abs() <= 1.96 * of.deviation)
        .count();
    assert!((105..=120).contains(&inside), "{inside} of 120 inside 95 %");
}

#[test]
fn a_prompt_is_drawn_to_its_task_the_more_the_fewer_scores_it_has() {
    let with = |count: usize| {
        let Made { mut replies, .. } = made(7);
        let reply = |dialogue| Reply {
            dialogue,
            task: Task::Query,
            prompt: 60,
            action: Action::Local,
            score: 9.0,
        };
        replies.extend((0..count).map(|place| reply(24 + place)));
        let model = Hierarchy::fit(&replies, f64::INFINITY);
        model.predict(Task::Query, Some(60), Action::Local)
    };
    let predicted = [0, 1, 3, 12, 60].map(with);
    let model = Hierarchy::fit(&made(7).replies, f64::INFINITY);
    let task = model.expected(Task::Query, 0);
    assert!((predicted[0].mean - f64::from(task.mean)).abs() < 0.1);
    for pair in predicted.windows(2) {
        assert!(
            pair[0].mean < pair[1].mean && pair[1].mean < 9.0,
            "{pair:?}"
        );
        assert!(pair[0].deviation > pair[1].deviation, "{pair:?}");
    }
    assert!(predicted[4].mean > 8.8);
    let other = model.expected(Task::Other, 0);
    assert!(other.deviation >= task.deviation);
}

proptest! {
    #[test]
    fn one_balanced_factor_is_shrunk_by_the_ratio_of_its_variances(
        means in prop::collection::vec(0.0..3.0_f64, 2..12),
        count in 1_u32..30,
        spread in 0.05..1.0_f64,
    ) {
        let count = f64::from(count);
        let groups: Vec<Group> = means.iter().enumerate().map(|(level, mean)| Group {
            levels: vec![Level::Known(level)],
            count,
            sum: count * mean,
            squares: count * (mean * mean + spread * spread),
        }).collect();
        let model = Mixed::fit(&[means.len()], &groups);
        let middle = means.iter().sum::<f64>() / means.len() as f64;
        let between = model.variances()[0];
        let kept = between / (between + model.noise() / count);
        for (level, mean) in means.iter().enumerate() {
            let expected = middle + kept * (mean - middle);
            let found = model.expect(&[Level::Known(level)]);
            prop_assert!((found.mean - expected).abs() < 1e-4, "{} for {expected}", found.mean);
            prop_assert!(found.variance <= model.expect(&[Level::New]).variance + 1e-9);
        }
    }

    #[test]
    fn what_is_judged_on_is_never_learnt_from(seed in any::<u64>(), number in 0_u64..50) {
        let logged = Logged::kitchen();
        for held_out in HeldOut::ALL {
            let Split { learnt, judged } = Split::draw(&logged, held_out, seed, number);
            prop_assert_eq!(learnt.len() + judged.len(), logged.replies.len());
            prop_assert!(!learnt.is_empty() && !judged.is_empty());
            let unit = |place: &usize| {
                let reply = logged.replies[*place];
                match held_out {
                    HeldOut::Turns => *place,
                    HeldOut::Dialogues => reply.dialogue,
                    HeldOut::Prompts => reply.prompt,
                }
            };
            prop_assert!(judged.iter().all(|place| !learnt.iter().any(|other| unit(other) == unit(place))));
        }
    }
}

fn row(rows: &[Row], predictor: Predictor) -> &Row {
    rows.iter().find(|row| row.predictor == predictor).unwrap()
}

fn reaches_the_bars(logged: &Logged) {
    for held_out in [HeldOut::Turns, HeldOut::Dialogues] {
        let rows = measure(logged, held_out, 20, 1);
        let model = row(&rows, Predictor::Hierarchy);
        let (raw, clipped) = (model.raw.r_squared.mean, model.clipped.r_squared.mean);
        assert!(raw > 0.30, "{held_out:?}: raw {raw}");
        assert!(clipped > 0.40, "{held_out:?}: clipped {clipped}");
        let inside = model.clipped.inside_80.unwrap();
        assert!(
            (0.75..0.87).contains(&inside),
            "{held_out:?}: {inside} inside"
        );
        for simpler in Predictor::ALL
            .into_iter()
            .filter(|one| *one != Predictor::Hierarchy)
        {
            let simpler = row(&rows, simpler);
            assert!(simpler.raw.r_squared.mean < raw, "{simpler:?}");
            assert!(simpler.clipped.r_squared.mean < clipped, "{simpler:?}");
        }
        let neighbours = row(&rows, Predictor::Neighbours);
        assert!(neighbours.raw.r_squared.mean < 0.0, "{neighbours:?}");
    }
}

#[test]
fn held_out_scores_of_the_built_in_numbers_are_predicted() {
    reaches_the_bars(&Logged::kitchen());
}

#[test]
fn held_out_scores_of_the_dataset_are_predicted_and_the_built_in_numbers_are_its() {
    if !Path::new(M4A1).exists() {
        eprintln!("skipped: {M4A1} is not here");
        return;
    }
    let dataset = Dataset::read(Path::new(M4A1)).unwrap();
    let logged = Logged::of(&dataset);
    reaches_the_bars(&logged);
    let built_in = Logged::kitchen();
    assert_eq!(logged.replies.len(), built_in.replies.len());
    let mut number_of = [None; 20];
    for (one, other) in logged.replies.iter().zip(&built_in.replies) {
        assert_eq!(
            (one.dialogue, one.task, one.action),
            (other.dialogue, other.task, other.action)
        );
        assert!((one.score - other.score).abs() < 1e-4);
        assert_eq!(
            number_of[one.prompt].get_or_insert(other.prompt),
            &other.prompt
        );
    }
    assert!(Logged::behind(&dataset.statistics()).is_some());
    let kitchen = find(DEFAULT).unwrap().statistics().unwrap();
    let statistics = dataset.statistics();
    assert_eq!(kitchen.lengths, statistics.lengths);
    assert_eq!(
        (kitchen.first, kitchen.next),
        (statistics.first, statistics.next)
    );
}

fn request(folder: &Folder, text: &str) -> ResponseRequest {
    let file = folder.path().join("data.json");
    fs::write(&file, text).unwrap();
    ResponseRequest {
        dataset: Some(file),
        splits: 2,
        seed: 1,
        json: Some(folder.path().join("out/response.json")),
    }
}

#[test]
fn a_dataset_that_is_wrong_or_too_small_leaves_no_results() {
    let folder = Folder::new("response-wrong");
    let turn = |score: &str| {
        format!(
            r#"[{{"id": 3, "interactions": [{{"question": "Is it on?", "task_cat": "Query",
            "action": 0, "image_index": null, "answer": "Yes.", "score": {score}}}]}}]"#
        )
    };
    for (score, expected) in [
        ("NaN", "[0].interactions[0].score"),
        ("-0.5", "dialogue 3, turn 0: score: -0.5"),
        ("1.0", "1 turns in 1 dialogues are too few"),
    ] {
        let error = response(&request(&folder, &turn(score))).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("data.json"), "{message}");
        assert!(message.contains(expected), "{message}");
        assert!(!folder.path().join("out").exists());
    }
}

#[test]
fn the_results_are_printed_and_written() {
    let folder = Folder::new("response");
    let json = folder.path().join("response.json");
    let printed = response(&ResponseRequest {
        dataset: None,
        splits: 2,
        seed: 1,
        json: Some(json.clone()),
    })
    .unwrap();
    assert!(printed.contains("| response model |"), "{printed}");
    let written: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(json).unwrap()).unwrap();
    assert_eq!(written["turns"], 352);
    let predictors = &written["held_out"][0]["predictors"];
    assert_eq!(predictors.as_array().unwrap().len(), Predictor::ALL.len());
    assert!(predictors[5]["clipped"]["r_squared"]["mean"].is_number());
}
