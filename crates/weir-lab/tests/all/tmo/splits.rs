use std::fs;

use weir_lab::{
    dataset::Dataset,
    tmo::{simulator::Simulator, splits::Splits},
};

use super::Made;

#[test]
fn what_is_wrong_with_a_list_of_splits_is_named_with_file_entry_and_field() {
    let made = Made::new("tmo-splits");
    let cases = [
        (
            r#"{"1": {"train": [1], "test": []}}"#,
            "seed 1: test: is empty",
        ),
        (
            r#"{"1": {"train": [1, 2], "test": [2]}}"#,
            "seed 1: test: dialogue 2 is listed a second time",
        ),
        (r#"{"1": {"train": [1]}}"#, "missing field `test`"),
        (r#"{"1": {"train": [1], "test": ["#, "entry 1.test"),
        (
            r#"{"1": {"train": [1], "test": [2]}} {}"#,
            "entry after the list: trailing characters",
        ),
        (r#"{"one": {"train": [1], "test": [2]}}"#, "entry “one”"),
    ];
    for (text, expected) in cases {
        fs::write(&made.splits, text).unwrap();
        let message = Splits::read(&made.splits).unwrap_err().to_string();
        assert!(message.contains("splits.json"), "{message}");
        assert!(
            message.contains(expected),
            "“{message}” does not say “{expected}”"
        );
    }
}

#[test]
fn a_split_of_another_dataset_is_refused() {
    let made = Made::new("tmo-other");
    let dataset = Dataset::read(&made.dataset).unwrap();
    let cases = [
        (
            r#"{"1": {"train": [1, 2, 99], "test": [3]}}"#,
            "seed 1: train: ",
        ),
        (
            r#"{"1": {"train": [0], "test": [3]}}"#,
            "fewer than five turns",
        ),
        (
            r#"{"2": {"train": [0], "test": [3]}}"#,
            "no entry for seed 1",
        ),
    ];
    for (text, expected) in cases {
        fs::write(&made.splits, text).unwrap();
        let splits = Splits::read(&made.splits).unwrap();
        let message = Simulator::new(&dataset, &splits, 1)
            .unwrap_err()
            .to_string();
        assert!(message.contains("splits.json"), "{message}");
        assert!(
            message.contains(expected),
            "“{message}” does not say “{expected}”"
        );
    }
}

#[test]
fn a_turn_without_the_similarity_of_its_views_is_named() {
    let made = Made::new("tmo-similarity");
    let splits = Splits::read(&made.splits).unwrap();
    let text = fs::read_to_string(&made.dataset).unwrap();
    let whole: serde_json::Value = serde_json::from_str(&text).unwrap();
    for (rows, expected) in [
        (
            serde_json::json!([[0.2, 0.2, 0.2], [0.2]]),
            "turn 1: association_score: 1 numbers",
        ),
        (
            serde_json::json!([[0.2, 0.2, 0.2]]),
            "turn 1: association_score: 0 numbers",
        ),
        (
            serde_json::json!([[0.0, 0.0, 0.0]]),
            "turn 0: association_score: all are 0",
        ),
    ] {
        let mut cut = whole.clone();
        cut[17]["association_score"] = rows;
        fs::write(&made.dataset, cut.to_string()).unwrap();
        let dataset = Dataset::read(&made.dataset).unwrap();
        let message = Simulator::new(&dataset, &splits, 1)
            .unwrap_err()
            .to_string();
        assert!(message.contains("data.json: dialogue 17"), "{message}");
        assert!(
            message.contains(expected),
            "“{message}” does not say “{expected}”"
        );
    }
}
