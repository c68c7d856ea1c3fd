use std::{fs, path::PathBuf};

use weir_core::Task;
use weir_lab::{
    commands::{TrainRequest, train},
    dataset::Dataset,
};

use crate::Folder;

/// Two dialogues in the layout of M4A1.
const SMALL: &str = r#"[
  {"id": 4, "image_paths": [], "association_score": [], "interactions": [
    {"question": "Is the oven on?", "task_cat": "Query", "action": 1, "image_index": [2, 0],
     "answer": "Yes, it is.", "score": 1.25, "interaction_time": 1.0, "usage_cost": 0.01},
    {"question": "Turn it off.", "task_cat": "Assistive System", "action": 0, "image_index": null,
     "answer": "I'm sorry, I can't do that.", "score": 0.5, "interaction_time": 1.0, "usage_cost": 0.0}
  ]},
  {"id": 9, "image_paths": [], "association_score": [], "interactions": [
    {"question": "What now?", "task_cat": "Query", "action": 1, "image_index": [1, 2],
     "answer": "Peel it.", "score": 4, "interaction_time": 1.0, "usage_cost": 0.01}
  ]}
]"#;

fn written(folder: &Folder, text: &str) -> PathBuf {
    let file = folder.path().join("data.json");
    fs::write(&file, text).unwrap();
    file
}

#[test]
fn scores_are_taken_by_task_and_arm_clipped_and_zero_for_refusals() {
    let folder = Folder::new("dataset");
    let dataset = Dataset::read(&written(&folder, SMALL)).unwrap();
    assert_eq!(dataset.dialogues()[0][1].score, 0.0);
    assert_eq!(dataset.dialogues()[0][0].uploads.bits(), 0b101);
    assert_eq!(dataset.dialogue(9).unwrap().len(), 1);
    assert_eq!(dataset.dialogue(5), None);
    let statistics = dataset.statistics();
    let two_views = statistics.scores[Task::Query.index()][3];
    assert_eq!(
        (two_views.count, two_views.mean),
        (2, f32::midpoint(1.25, 2.0))
    );
    assert_eq!(statistics.lengths, [(1, 1.0), (2, 1.0)]);
    assert_eq!(
        statistics.next[Task::Query.index()][Task::Assistive.index()],
        1.0
    );
    assert_eq!(statistics.first[Task::Query.index()], 2.0);
}

#[test]
fn what_is_wrong_is_named_with_file_entry_and_field() {
    let folder = Folder::new("wrong-dataset");
    let cases = [
        (
            SMALL.replacen("\"score\": 1.25", "\"score\": NaN", 1),
            "[0].interactions[0].score",
        ),
        (
            SMALL.replacen("\"score\": 4,", "\"score\": -1,", 1),
            "dialogue 9, turn 0: score: -1",
        ),
        (
            SMALL.replacen("Assistive System", "Gardening", 1),
            "dialogue 4, turn 1: task_cat: unknown task “Gardening”",
        ),
        (
            SMALL.replacen("\"answer\": \"Peel it.\", ", "", 1),
            "missing field `answer`",
        ),
        (
            SMALL.replacen("[2, 0]", "[0, 1, 2, 3]", 1),
            "dialogue 4, turn 0: image_index",
        ),
        (
            SMALL.replacen("[1, 2]", "[1, 3]", 1),
            "dialogue 9, turn 0: image_index: [1, 3]",
        ),
        (
            SMALL.replacen("[1, 2]", "[1, 1]", 1),
            "dialogue 9, turn 0: image_index: [1, 1]",
        ),
        (
            SMALL.replacen("\"action\": 0", "\"action\": 7", 1),
            "dialogue 4, turn 1: action: 7",
        ),
        (SMALL[..SMALL.len() / 2].to_owned(), "interactions[1]"),
        (
            SMALL.replacen("\"id\": 9", "\"id\": 4", 1),
            "dialogue 4: id: another dialogue has the same one",
        ),
        (
            SMALL.replacen(
                "\"association_score\": []",
                "\"association_score\": [[0.1], [0.2, -0.5]]",
                1,
            ),
            "dialogue 4, turn 1: association_score: -0.5",
        ),
        (
            SMALL.replacen(
                "\"association_score\": []",
                "\"association_score\": [[1e999]]",
                1,
            ),
            "[0].association_score[0]",
        ),
        (
            format!("{SMALL} []"),
            "entry after the list: trailing characters",
        ),
        ("[]".to_owned(), "the list of dialogues is empty"),
    ];
    for (text, expected) in cases {
        let file = written(&folder, &text);
        let message = Dataset::read(&file).unwrap_err().to_string();
        assert!(message.contains("data.json"), "{message}");
        assert!(
            message.contains(expected),
            "“{message}” does not say “{expected}”"
        );
    }
    let missing = Dataset::read(&folder.path().join("none.json"))
        .unwrap_err()
        .to_string();
    assert!(missing.contains("none.json"), "{missing}");
}

#[test]
fn a_bad_dataset_leaves_no_output_behind() {
    let folder = Folder::new("no-output");
    let out = folder.path().join("out");
    let request = TrainRequest {
        seed: 1,
        steps: 1,
        imitation_steps: 0,
        hidden: 8,
        dialogues: 1,
        scenario: weir_lab::scenario::DEFAULT.into(),
        dataset: Some(written(&folder, "[{")),
        local: None,
        out: out.clone(),
    };
    assert!(train(&request).is_err());
    assert!(!out.exists());
}
