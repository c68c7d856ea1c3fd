use std::fs;

use serde_json::Value;
use weir_lab::eval_command::{Budgets, EvalRequest, Learning, Seeds, Suite, eval};

use crate::tmo::Made;

fn request(made: &Made, seeds: &str) -> EvalRequest {
    EvalRequest {
        suite: Suite::Tmo,
        dataset: Some(made.dataset.clone()),
        splits: Some(made.splits.clone()),
        seeds: seeds.parse().unwrap(),
        budgets: None,
        ablations: false,
        left_out: false,
        policy: "../../models/policy".into(),
        dialogues: None,
        learning: Learning::Nothing,
        agent: None,
        json: made.folder.path().join("out").join("tmo.json"),
    }
}

#[test]
fn the_file_says_everything_of_every_policy_on_every_network() {
    let made = Made::new("eval");
    let request = request(&made, "1,7");
    let printed = eval(&request).unwrap();
    assert!(printed.contains("greedy_mask"), "{printed}");
    let text = fs::read_to_string(&request.json).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["suite"], "tmo");
    let command = "weir-lab eval --suite tmo --dataset data.json --splits splits.json --seeds 1,7 \
                   --untrained";
    assert_eq!(report["command"], command);
    assert_eq!(report["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(report["seeds"], serde_json::json!([1, 7]));
    assert_eq!(report["training"], serde_json::json!({}));
    for network in ["Wired", "WiFi", "5G", "4G"] {
        for policy in [
            "local",
            "cloud",
            "random",
            "constant_1",
            "constant_8",
            "greedy",
            "greedy_mask",
            "oracle_in_budget",
            "question_greedy",
            "threshold",
            "threshold_mask",
            "bandit",
        ] {
            let row = &report["networks"][network][policy];
            for number in [
                "reward",
                "in_budget_reward",
                "over_budget_rate",
                "mean_excess",
                "p95_excess",
                "response",
                "latency_s",
                "usage_usd",
                "gap_share",
                "max_action_share",
                "cloud_share",
            ] {
                assert!(row[number].is_f64(), "{network}, {policy}, {number}: {row}");
            }
            let ends = row["reward_ci"].as_array().unwrap();
            assert!(ends[0].as_f64() <= row["reward"].as_f64());
            assert!(row["reward"].as_f64() <= ends[1].as_f64());
            let logged = &report["logged"][network][policy];
            for value in ["dr", "dr_clipped"] {
                let ends = logged[format!("{value}_ci")].as_array().unwrap();
                assert!(
                    logged[value].is_f64() && ends.len() == 2,
                    "{policy}: {logged}"
                );
            }
            assert_eq!(logged["snips"].is_null(), logged["matched"] == 0);
        }
        for policy in ["greedy_mask", "threshold_mask", "bandit"] {
            let row = &report["networks"][network][policy];
            assert_eq!(row["over_budget_rate"], 0.0, "{policy}");
        }
        let curve = report["threshold_curve"][network].as_array().unwrap();
        assert_eq!(curve.last().unwrap()["cloud_share"], 0.0);
        assert_eq!(
            report["networks"][network]["constant_8"]["max_action_share"],
            1.0
        );
        for (policy, share) in [("local", 0.0), ("cloud", 1.0)] {
            let row = &report["networks"][network][policy];
            assert_eq!(row["cloud_share"], share, "{policy}");
        }
    }
}

#[test]
fn the_policies_of_tmo_are_trained_and_judged_and_their_learning_is_told() {
    let made = Made::new("eval-learned");
    let request = EvalRequest {
        learning: Learning::Steps(200),
        ..request(&made, "7")
    };
    let printed = eval(&request).unwrap();
    assert!(printed.contains("steps a second"), "{printed}");
    let text = fs::read_to_string(&request.json).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    for policy in ["a2c", "ppo", "dqn", "rc_a2c", "rc_ppo", "rc_dqn"] {
        for network in ["Wired", "WiFi", "5G", "4G"] {
            let row = &report["networks"][network][policy];
            assert!(row["reward"].is_f64(), "{network}, {policy}: {row}");
        }
        let training = &report["training"][policy];
        assert!(training["steps"].as_u64() >= Some(200), "{training}");
        assert!(training["seconds_per_run"].as_f64() > Some(0.0));
        assert!(training["steps_per_second"].as_f64() > Some(0.0));
        let curve = training["curve"].as_array().unwrap();
        assert!(!curve.is_empty());
        assert!(curve.iter().all(|point| point[1].is_f64()), "{training}");
    }
}

#[test]
fn what_cannot_be_judged_leaves_no_file_behind() {
    let made = Made::new("eval-bad");
    let request = request(&made, "1-2");
    let message = eval(&request).unwrap_err().to_string();
    assert!(message.contains("no entry for seed 2"), "{message}");
    fs::write(&made.dataset, "[{").unwrap();
    let message = eval(&request).unwrap_err().to_string();
    assert!(message.contains("data.json"), "{message}");
    assert!(!request.json.parent().unwrap().exists());
}

#[test]
fn a_flag_that_a_suite_would_not_heed_is_refused_and_where_it_belongs_is_told() {
    let made = Made::new("eval-flags");
    let tmo = request(&made, "1");
    let world = |suite| EvalRequest {
        suite,
        dataset: None,
        splits: None,
        learning: Learning::Usual,
        dialogues: Some(1),
        ..tmo.clone()
    };
    let (weir, scaling) = (world(Suite::Weir), world(Suite::Scaling));
    let set = |request: &EvalRequest, change: &dyn Fn(&mut EvalRequest)| {
        let mut request = request.clone();
        change(&mut request);
        request
    };
    let cases = [
        (
            set(&tmo, &|asked| asked.ablations = true),
            "--ablations",
            "tmo",
            "weir",
        ),
        (
            set(&tmo, &|asked| asked.left_out = true),
            "--left-out",
            "tmo",
            "weir",
        ),
        (
            set(&tmo, &|asked| asked.dialogues = Some(5)),
            "--dialogues",
            "tmo",
            "weir or scaling",
        ),
        (
            set(&scaling, &|asked| asked.budgets = Some(Budgets::Grid)),
            "--budgets",
            "scaling",
            "tmo or weir",
        ),
        (
            set(&scaling, &|asked| asked.ablations = true),
            "--ablations",
            "scaling",
            "weir",
        ),
        (
            set(&scaling, &|asked| asked.left_out = true),
            "--left-out",
            "scaling",
            "weir",
        ),
        (
            set(&scaling, &|asked| asked.learning = Learning::Nothing),
            "--untrained",
            "scaling",
            "tmo",
        ),
        (
            set(&weir, &|asked| asked.learning = Learning::Steps(9)),
            "--steps",
            "weir",
            "tmo",
        ),
        (
            set(&weir, &|asked| asked.agent = Some("model.gguf".into())),
            "--agent",
            "weir",
            "tmo",
        ),
        (
            set(&weir, &|asked| asked.dataset = Some(made.dataset.clone())),
            "--dataset",
            "weir",
            "tmo",
        ),
        (
            set(&weir, &|asked| asked.splits = Some(made.splits.clone())),
            "--splits",
            "weir",
            "tmo",
        ),
    ];
    for (request, flag, suite, suites) in cases {
        let message = eval(&request).unwrap_err().to_string();
        let expected =
            format!("{flag} is not for the suite {suite}; leave it out, or give --suite {suites}");
        assert_eq!(message, expected);
        assert!(!request.json.parent().unwrap().exists());
    }
}

#[test]
fn seeds_are_numbers_and_ranges() {
    let same = |one: &str, other: &str| {
        assert_eq!(one.parse::<Seeds>().unwrap(), other.parse().unwrap());
    };
    same("1-3", "1,2,3");
    same("7, 2-3,2", "2,3,7");
    for text in ["3", "1-10", "1,4,7-9"] {
        assert_eq!(text.parse::<Seeds>().unwrap().to_string(), text);
    }
    for wrong in ["", "a", "3-1", "1-", "1-99999999", "-1"] {
        assert!(wrong.parse::<Seeds>().is_err(), "“{wrong}”");
    }
}
