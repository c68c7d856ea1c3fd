mod markup;
mod page;
mod pictures;
mod read;
mod targets;

use serde_json::{Value, json};
use weir_lab::report::{
    page as page_of,
    results::{File, Results, Run},
};

/// A row of a policy with this reward, over budget this often.
fn row(reward: f64, over_budget: f64) -> Value {
    json!({
        "reward": reward,
        "reward_ci": [reward - 0.0625, reward + 0.125],
        "above_greedy_mask": reward - 1.25,
        "above_greedy_mask_ci": [reward - 1.375, reward - 1.125],
        "in_budget_reward": reward * (1.0 - over_budget),
        "over_budget_rate": over_budget,
        "p95_excess": 2.0 * over_budget,
        "response": reward + 0.1,
        "latency_s": 10.0 * reward,
        "usage_usd": 0.004 * reward,
        "gap_share": reward - 0.5,
        "max_action_share": 0.5,
    })
}

/// Results of TMO's simulator with everything that a file can have.
fn tmo() -> Value {
    let policies = json!({
        "local": row(0.5, 0.0),
        "weir": row(1.4375, 0.0),
        "greedy_mask": row(1.25, 0.0),
        "oracle_in_budget": row(1.5, 0.0),
        "constant_1": row(0.75, 0.0),
        "constant_8": row(0.625, 0.25),
        "cloud": row(0.875, 0.5),
        "a2c": row(1.0, 0.0),
    });
    let value = json!({
        "dr": 1.125, "dr_ci": [0.9, 1.3], "snips": null, "snips_ci": null,
        "dr_clipped": 1.0, "dr_clipped_ci": [0.9, 1.1],
    });
    json!({
        "suite": "tmo",
        "seeds": [1, 2, 3, 7],
        "command": "weir-lab eval --suite tmo",
        "networks": {"Wired": policies, "4G": policies},
        "training": {"a2c": {"steps": 30000, "steps_per_second": 40000.0, "curve": [[0, 0.5], [15000, 0.8], [30000, 1.0]]}},
        "logged": {"Wired": {"weir": value, "local": value}},
        "threshold_curve": {"Wired": [{"response": 1.0, "usage_usd": 0.001}, {"response": 1.2, "usage_usd": 0.004}]},
        "grid": grid(),
    })
}

/// Two budgets of seconds by three of money.
fn grid() -> Value {
    let cell = |seconds: f64, usd: f64| {
        let reward = 0.5 + seconds / 40.0 + 20.0 * usd;
        json!({"seconds": seconds, "usd": usd, "policies": {"weir": {
            "reward": reward, "reward_ci": [reward - 0.1, reward + 0.1], "over_budget_rate": 0.0,
            "shares": {"local": 0.5, "text": 0.25, "some": 0.125, "all": 0.125},
        }}})
    };
    let cells = [5.0, 10.0].map(|seconds| [0.0005, 0.002, 0.005].map(|usd| cell(seconds, usd)));
    json!(cells.as_flattened())
}

/// Results of the `weir` world with everything that a file can have.
fn weir() -> Value {
    let mut policies = json!({});
    for (name, reward) in [
        ("weir", 0.875),
        ("planner", 0.9),
        ("greedy_mask", 0.8),
        ("local", -0.25),
    ] {
        policies[name] = row(reward, 0.0);
        policies[name]["behind_weir"] = json!(0.875 - reward);
        policies[name]["behind_weir_ci"] = json!([0.85 - reward, 0.9 - reward]);
    }
    policies["local"]["gap_share"] = Value::Null;
    let setting = |share: f64| json!({"setting": share, "cloud_share": share, "response": 0.5 + share / 2.0, "usd": share / 100.0});
    let reward = json!({"reward": 0.75, "reward_ci": [0.5, 1.0]});
    let ablation = |name: &str, change: f64| {
        json!({
            "name": name, "reward": 0.875 + change, "reward_ci": [0.8 + change, 0.9 + change],
            "change": change, "change_ci": [change - 0.01, change + 0.01], "over_budget_rate": 0.0,
        })
    };
    json!({
        "suite": "weir", "seeds": [1, 2], "scenario": "kitchen", "dialogues_per_seed": 50,
        "networks": {"WiFi": policies, "Offline": policies, "Switching": policies},
        "grid": grid(),
        "monotone_violations": {"weir": {"largest_decrease": 0.01, "ci": [-0.01, 0.03], "steps": 7, "significant": 0}},
        "cost_quality": {"weir": [setting(0.0), setting(0.5), setting(1.0)]},
        "routing": {"weir": {"apgr": 0.75, "cpt_50": 0.25, "cpt_80": null, "cloud_quality_share": 1.0}},
        "ablations": [ablation("none", 0.0), ablation("history", -0.025), ablation("network_state", -0.075)],
        "ablation_size": {"seeds": 3, "steps": 45000, "imitation_steps": 15000, "dialogues": 400},
        "left_out": [{"scenario": "travel", "policies": {"trained_without_it": reward, "planner": reward}}],
        "noise": {"risk": 0.01, "over_budget_rate": 0.0, "dialogues": 300, "by_network": {"WiFi": 0.0}},
        "offline": {"turns": 120, "local_share": 1.0, "least_probability": 1.0},
        "uplink": [
            {"up_mbps": 10.0, "upload_probability": 0.4375, "upload_share": 0.5, "cloud_share": 0.75, "change_ci": [0.0, 0.0]},
            {"up_mbps": 0.1, "upload_share": 0.125, "cloud_share": 0.5, "change_ci": [-0.4, -0.3]},
        ],
        "known_truth": [{"policy": "weir", "value": 1.0, "gap_to_best": 0.0625, "ci": [0.05, 0.07]}],
    })
}

fn scaling() -> Value {
    json!({"suite": "scaling", "seeds": [1], "packs": {"large": {
        "modalities": 5, "tasks": 8, "turns": 10, "policies": {"weir": row(0.8, 0.0), "local": row(0.1, 0.0)},
    }}})
}

fn training() -> Value {
    let judged = |policy: &str, mean: f64| {
        json!({
            "policy": policy, "reward": {"mean": mean, "low": mean - 0.02, "high": mean + 0.02},
            "score": 0.9, "seconds": 60.5, "usd": 0.008, "cloud": 0.8, "uploads": 0.7, "over_budget_rate": 0.0,
        })
    };
    let point =
        |steps: u64, reward: f64| json!({"steps": steps, "reward": reward, "entropy": null});
    json!({
        "noisy": [judged("weir", 0.8), judged("planner", 0.81)],
        "deterministic": [judged("weir", 0.85)],
        "curve": [point(0, 0.3), point(1000, 0.7), point(2000, 0.8)],
    })
}

fn tmo_file(value: Value) -> File {
    let run: Run = serde_json::from_value(value.clone()).unwrap();
    File {
        name: "tmo.json".into(),
        run,
        results: Results::Tmo(serde_json::from_value(value).unwrap()),
    }
}

fn weir_file(value: Value) -> File {
    let run: Run = serde_json::from_value(value.clone()).unwrap();
    File {
        name: "weir.json".into(),
        run,
        results: Results::Weir(serde_json::from_value(value).unwrap()),
    }
}

/// A page with every figure there is.
fn everything() -> String {
    let scaling = scaling();
    page_of(&[
        tmo_file(tmo()),
        weir_file(weir()),
        File {
            name: "scaling.json".into(),
            run: serde_json::from_value(scaling.clone()).unwrap(),
            results: Results::Scaling(serde_json::from_value(scaling).unwrap()),
        },
        File {
            name: "evaluation.json".into(),
            run: Run::default(),
            results: Results::Training(serde_json::from_value(training()).unwrap()),
        },
    ])
}
