use std::{fs, path::PathBuf};

use serde_json::Value;
use weir_lab::eval_command::{Budgets, EvalRequest, Learning, Suite, eval};

use super::POLICY;
use crate::Folder;

fn request(folder: &Folder, suite: Suite) -> EvalRequest {
    EvalRequest {
        suite,
        dataset: None,
        splits: None,
        seeds: "1-2".parse().unwrap(),
        budgets: (suite == Suite::Weir).then_some(Budgets::Grid),
        ablations: false,
        left_out: false,
        policy: PathBuf::from(POLICY),
        learning: Learning::Usual,
        agent: None,
        dialogues: Some(2),
        json: folder.path().join("out").join("result.json"),
    }
}

fn judged(suite: Suite) -> Value {
    let folder = Folder::new(&format!("suite-{suite:?}"));
    let request = request(&folder, suite);
    let printed = eval(&request).unwrap();
    assert!(printed.contains("weir"), "{printed}");
    serde_json::from_slice(&fs::read(&request.json).unwrap()).unwrap()
}

fn is_a_row(row: &Value) {
    for number in [
        "reward",
        "behind_weir",
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
        "uploads",
    ] {
        assert!(row[number].is_f64(), "{number}: {row}");
    }
    for interval in ["reward_ci", "behind_weir_ci"] {
        assert!(row[interval][0].is_f64() && row[interval][1].is_f64());
    }
}

#[test]
fn the_file_of_the_world_says_everything() {
    let report = judged(Suite::Weir);
    assert_eq!(report["suite"], "weir");
    let command =
        "weir-lab eval --suite weir --seeds 1-2 --dialogues 2 --budgets grid --policy policy";
    assert_eq!(report["command"], command);
    assert_eq!(report["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(report["seeds"], serde_json::json!([1, 2]));
    assert_eq!(report["scenario"], "kitchen");
    assert_eq!(report["dialogues_per_seed"], 2);
    for network in ["Wired", "WiFi", "5G", "4G", "Offline", "Switching"] {
        for policy in [
            "weir",
            "planner",
            "greedy_mask",
            "local",
            "cloud",
            "cloud_text",
        ] {
            is_a_row(&report["networks"][network][policy]);
        }
        assert!(report["noise"]["by_network"][network].is_f64());
    }
    assert_eq!(report["noise"]["risk"], 0.01);
    assert!(report["offline"]["local_share"].is_f64());
    assert!(report["uplink"][0]["upload_share"].is_f64());
    for router in ["weir", "threshold", "random_mix"] {
        assert!(report["cost_quality"][router][0]["cloud_share"].is_f64());
        assert!(report["routing"][router]["apgr"].is_f64());
    }
    assert!(report["known_truth"][0]["gap_to_best"].is_f64());
    assert_eq!(report["grid"].as_array().unwrap().len(), 30);
    assert_eq!(report["grid"][0]["seconds"], 5.0);
    assert!(report["grid"][0]["policies"]["weir"]["shares"]["local"].is_f64());
    assert!(report["monotone_violations"]["weir"]["largest_decrease"].is_f64());
}

#[test]
fn the_file_of_the_scaling_packs_has_a_row_for_each() {
    let report = judged(Suite::Scaling);
    assert_eq!(report["version"], env!("CARGO_PKG_VERSION"));
    let packs = report["packs"].as_object().unwrap();
    assert_eq!(packs.len(), 7);
    let long = &packs["scaling-long-history"];
    assert_eq!(
        (&long["modalities"], &long["turns"]),
        (&3.into(), &10.into())
    );
    for pack in packs.values() {
        for row in pack["policies"].as_object().unwrap().values() {
            is_a_row(row);
        }
    }
}

#[test]
fn what_cannot_be_judged_leaves_no_file_behind() {
    let folder = Folder::new("suite-bad");
    let mut request = request(&folder, Suite::Weir);
    request.policy = folder.path().to_owned();
    let message = eval(&request).unwrap_err().to_string();
    assert!(message.contains("policy.json"), "{message}");
    request.policy = PathBuf::from(POLICY);
    request.dialogues = Some(0);
    let message = eval(&request).unwrap_err().to_string();
    assert!(message.contains("--dialogues"), "{message}");
    request = EvalRequest {
        suite: Suite::Tmo,
        budgets: None,
        dialogues: None,
        ..request
    };
    let message = eval(&request).unwrap_err().to_string();
    assert!(message.contains("--dataset"), "{message}");
    assert!(!request.json.parent().unwrap().exists());
}
