use std::fs;

use serde_json::{Value, json};
use weir_core::Task;
use weir_lab::{
    checks::{Kind, LocalQuality, Passed, shipped},
    commands::{TrainRequest, train},
};

use crate::Folder;

#[test]
fn replies_are_counted_by_task_and_by_kind() {
    let checks = shipped().unwrap();
    let facts_pass = LocalQuality::count(
        "model",
        "hash",
        135_000_000,
        "greedy",
        checks.iter().map(|check| (check, check.kind == Kind::Fact)),
    );
    for (place, count) in facts_pass.kinds.iter().enumerate() {
        let of_kind = checks.iter().filter(|check| check.kind == count.kind);
        assert_eq!(count.prompts as usize, of_kind.count());
        assert_eq!(count.kind, Kind::ALL[place]);
        let passed = if count.kind == Kind::Fact {
            count.prompts
        } else {
            0
        };
        assert_eq!(count.passed, passed);
    }
    for (task, count) in Task::ALL.iter().zip(&facts_pass.tasks) {
        let of_task = || checks.iter().filter(|check| check.task == *task);
        let facts = of_task().filter(|check| check.kind == Kind::Fact);
        assert_eq!(count.task, *task);
        assert_eq!(count.prompts as usize, of_task().count());
        assert_eq!(count.passed as usize, facts.count());
    }
}

#[test]
fn the_file_shows_shares_with_their_intervals_and_is_read_back() {
    let passed = Passed {
        task: Task::Query,
        passed: 10,
        prompts: 50,
    };
    let entry = serde_json::to_value(passed).unwrap();
    assert_eq!(
        entry,
        json!({
            "task": "query", "passed": 10, "prompts": 50,
            "share": 0.2, "interval": [0.112, 0.33]
        }),
        "Wilson's interval of 10 in 50"
    );
    let checks = shipped().unwrap();
    let quality = LocalQuality::count(
        "m",
        "h",
        135_000_000,
        "greedy",
        checks.iter().map(|check| (check, true)),
    );
    let text = serde_json::to_string(&quality).unwrap();
    assert_eq!(
        serde_json::from_str::<LocalQuality>(&text).unwrap(),
        quality
    );
}

#[test]
fn a_file_of_before_there_were_kinds_is_still_read() {
    let tasks = Task::ALL.map(|task| json!({"task": task, "passed": 1, "prompts": 12}));
    let text =
        json!({"model": "m", "model_sha256": "h", "parameters": 9, "tasks": tasks}).to_string();
    let quality: LocalQuality = serde_json::from_str(&text).unwrap();
    assert_eq!(quality.tasks[2].prompts, 12);
    assert!(quality.kinds.is_empty());
}

#[test]
fn the_shipped_measurement_is_of_the_prompts_that_are_shipped() {
    let (checks, quality) = (shipped().unwrap(), LocalQuality::shipped().unwrap());
    for counted in quality.tasks {
        let of_task = checks.iter().filter(|check| check.task == counted.task);
        assert_eq!(
            counted.prompts as usize,
            of_task.count(),
            "{:?}",
            counted.task
        );
    }
}

#[test]
fn the_share_that_passed_is_drawn_to_the_mean() {
    let tasks = Task::ALL.map(|task| Passed {
        task,
        passed: if task == Task::Query { 12 } else { 0 },
        prompts: 12,
    });
    let quality = LocalQuality {
        tasks,
        ..LocalQuality::shipped().unwrap()
    };
    let (query, other) = (quality.share(Task::Query), quality.share(Task::Other));
    assert!((query.mean - (12.0 + 4.0 * 0.2) / 16.0).abs() < 1e-6);
    assert!((other.mean - 4.0 * 0.2 / 16.0).abs() < 1e-6);
    assert!(query.deviation > 0.0);
}

#[test]
fn a_damaged_measurement_is_refused_with_file_and_field_and_nothing_is_trained() {
    let folder = Folder::new("local-quality");
    let (file, out) = (folder.path().join("mine.json"), folder.path().join("out"));
    let whole = serde_json::to_value(LocalQuality::shipped().unwrap()).unwrap();
    let changed = |place: &str, value: Value| {
        let mut changed = whole.clone();
        *changed.pointer_mut(place).unwrap() = value;
        changed.to_string()
    };
    let cases = [
        (
            changed("/tasks/2/passed", json!("many")),
            "tasks[2].passed: invalid type",
        ),
        (
            changed("/tasks/2/passed", json!(9999)),
            "tasks[2].passed: 9999 is more than",
        ),
        (
            changed("/tasks/4/prompts", json!(0)),
            "tasks[4].prompts: is 0",
        ),
        (
            changed("/kinds/0/passed", json!(9999)),
            "kinds[0].passed: 9999 is more than",
        ),
        (
            changed("/tasks/0/task", json!("query")),
            "tasks[0].task: query in place of assistive",
        ),
        (format!("{whole}]"), "trailing characters"),
    ];
    for (text, expected) in cases {
        fs::write(&file, text).unwrap();
        let request = TrainRequest {
            seed: 1,
            steps: 1,
            imitation_steps: 0,
            hidden: 8,
            dialogues: 1,
            scenario: weir_lab::scenario::DEFAULT.into(),
            dataset: None,
            local: Some(file.clone()),
            out: out.clone(),
        };
        let message = train(&request).unwrap_err().to_string();
        assert!(message.contains("mine.json"), "{message}");
        assert!(
            message.contains(expected),
            "“{message}” does not say “{expected}”"
        );
        assert!(!out.exists());
    }
}
