use std::fs;

use serde_json::{Value, json};
use weir_lab::report::{ReportRequest, read::read, report, results::Results};

use super::{scaling, tmo, training, weir};
use crate::Folder;

#[test]
fn files_are_told_apart_by_what_they_say() {
    let folder = Folder::new("report-kinds");
    let kind = |value: Value| {
        let file = folder.path().join("file.json");
        fs::write(&file, value.to_string()).unwrap();
        read(&file).unwrap()
    };
    assert!(matches!(kind(tmo()).results, Results::Tmo(_)));
    assert!(matches!(kind(weir()).results, Results::Weir(_)));
    assert!(matches!(kind(scaling()).results, Results::Scaling(_)));
    assert!(matches!(kind(training()).results, Results::Training(_)));
    let file = kind(tmo());
    assert_eq!(
        (file.name.as_str(), file.run.seeds),
        ("file.json", vec![1, 2, 3, 7])
    );
}

#[test]
fn the_shipped_evaluation_is_one_of_them() {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../models/policy/evaluation.json"
    );
    let read = read(file.as_ref()).unwrap();
    let Results::Training(training) = read.results else {
        panic!("{:?}", read.results)
    };
    assert!(training.curve.len() > 1 && !training.noisy.is_empty());
}

#[test]
fn what_is_refused_is_named_by_file_entry_and_field_and_leaves_no_page() {
    let folder = Folder::new("report-bad");
    let (good, file) = (
        folder.path().join("good.json"),
        folder.path().join("bad.json"),
    );
    fs::write(&good, tmo().to_string()).unwrap();
    let out = folder.path().join("out").join("report.html");
    let refused = |text: &str, parts: &[&str]| {
        fs::write(&file, text).unwrap();
        let request = ReportRequest {
            json: vec![good.clone(), file.clone()],
            out: out.clone(),
        };
        let message = report(&request).unwrap_err().to_string();
        for part in ["bad.json"].iter().chain(parts) {
            assert!(message.contains(part), "no “{part}” in: {message}");
        }
        assert!(!out.parent().unwrap().exists());
    };
    let with = |change: &dyn Fn(&mut Value)| {
        let mut value = tmo();
        change(&mut value);
        value.to_string()
    };
    let whole = tmo().to_string();
    refused("", &["breaks off"]);
    refused(&whole[..whole.len() / 2], &["breaks off"]);
    refused(&format!("{whole}]"), &["breaks off or is not JSON"]);
    refused("[1]", &["expected"]);
    refused("{}", &["suite"]);
    refused(
        r#"{"suite": "kitchen", "seeds": []}"#,
        &["suite", "kitchen", "scaling"],
    );
    refused(&whole.replace("1.4375", "NaN"), &["not JSON"]);
    refused(&whole.replace("1.4375", "1e999"), &["out of range"]);
    refused(
        &with(&|value| value["networks"]["4G"]["weir"]["reward"] = Value::Null),
        &["networks.4G.weir.reward", "null", "finite"],
    );
    refused(
        &with(&|value| {
            value["networks"]["Wired"]["a2c"]
                .as_object_mut()
                .unwrap()
                .remove("p95_excess");
        }),
        &["networks.Wired.a2c", "p95_excess"],
    );
    refused(
        &with(&|value| value["networks"]["Wired"]["a2c"]["over_budget_rate"] = json!(1.5)),
        &["networks.Wired.a2c.over_budget_rate", "1.5", "share"],
    );
    refused(
        &with(&|value| value["networks"]["Wired"]["a2c"]["reward_ci"] = json!([2.0, 1.0])),
        &["networks.Wired.a2c.reward_ci", "above its high end"],
    );
    refused(
        &with(&|value| value["training"]["a2c"]["curve"][1] = json!([1.0])),
        &["training.a2c.curve[1]"],
    );
    refused(&with(&|value| value["seeds"] = json!("1-10")), &["seeds"]);
    let missing = ReportRequest {
        json: vec![folder.path().join("missing.json")],
        out: out.clone(),
    };
    assert!(
        report(&missing)
            .unwrap_err()
            .to_string()
            .contains("missing.json")
    );
    let nameless = ReportRequest {
        json: vec![good],
        out: "/".into(),
    };
    let message = report(&nameless).unwrap_err().to_string();
    assert!(message.contains("/ names no file"), "{message}");
}

#[test]
fn the_page_is_written_where_it_was_asked_for() {
    let folder = Folder::new("report-written");
    let (file, out) = (
        folder.path().join("tmo.json"),
        folder.path().join("new").join("page.html"),
    );
    fs::write(&file, tmo().to_string()).unwrap();
    let said = report(&ReportRequest {
        json: vec![file],
        out: out.clone(),
    });
    assert!(said.unwrap().contains("page.html"));
    assert!(
        fs::read_to_string(out)
            .unwrap()
            .starts_with("<!DOCTYPE html>")
    );
}
