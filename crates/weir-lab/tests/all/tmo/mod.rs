mod bounds;
mod dialogue;
mod estimator;
mod evaluation;
mod learned;
mod logged;
mod planner;
mod policies;
mod practice;
mod routers;
mod splits;
mod world;

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use weir_lab::{
    dataset::Dataset,
    tmo::{choice::Choice, simulator::Simulator, splits::Splits},
};

use crate::Folder;

/// Sixty made-up dialogues in which every view is worth its upload, and where they are.
pub(crate) struct Made {
    pub(crate) folder: Folder,
    pub(crate) dataset: PathBuf,
    pub(crate) splits: PathBuf,
}

impl Made {
    pub(crate) fn new(test: &str) -> Self {
        let folder = Folder::new(test);
        let (dataset, splits) = (
            folder.path().join("data.json"),
            folder.path().join("splits.json"),
        );
        let dialogues: Vec<Value> = (0..60).map(dialogue).collect();
        fs::write(&dataset, json!(dialogues).to_string()).unwrap();
        let order: Vec<usize> = (0..60).map(|place| (23 * place + 11) % 60).collect();
        let (train, test) = order.split_at(48);
        let split = json!({"train": train, "test": test});
        fs::write(&splits, json!({"1": split, "7": split}).to_string()).unwrap();
        Self {
            folder,
            dataset,
            splits,
        }
    }

    pub(crate) fn simulator(&self) -> Simulator {
        let dataset = Dataset::read(&self.dataset).unwrap();
        Simulator::new(&dataset, &Splits::read(&self.splits).unwrap(), 1).unwrap()
    }
}

/// The real dataset's simulators of these seeds, if it lies beside the checkout.
pub(crate) fn real(seeds: &[u64]) -> Option<Vec<Simulator>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if !folder.join("M4A1.json").exists() {
        eprintln!("skipped: ../shared/data/M4A1.json is not beside this checkout");
        return None;
    }
    let dataset = Dataset::read(&folder.join("M4A1.json")).unwrap();
    let splits = Splits::read(&folder.join("tmo_splits.json")).unwrap();
    let simulator = |seed: &u64| Simulator::new(&dataset, &splits, *seed).unwrap();
    Some(seeds.iter().map(simulator).collect())
}

const TASKS: [&str; 4] = [
    "Assistive System",
    "Message Editing",
    "Query",
    "Recommendation",
];

fn dialogue(id: usize) -> Value {
    let turns = 0..2 + id % 4;
    let turn = |turn: usize| {
        let choice = Choice::ALL[(id * id + 3 * id + 5 * turn) % 9];
        let views: Vec<usize> = choice.uploads().slots().collect();
        let luck = (37 * id + 17 * turn + id * turn) % 50;
        json!({
            "question": "What now?",
            "task_cat": TASKS[(7 * id + 3 * turn + id / 5) % 4],
            "action": usize::from(choice != Choice::LOCAL),
            "image_index": if views.is_empty() { Value::Null } else { json!(views) },
            "answer": "Done.",
            "score": luck as f64 / 50.0 + 0.75 * views.len() as f64,
        })
    };
    let similarity = |turn: usize| {
        let view = |view: usize| 0.15 + ((13 * id + 7 * turn + 29 * view) % 97) as f64 / 1000.0;
        json!([view(0), view(1), view(2)])
    };
    json!({
        "id": id,
        "interactions": turns.clone().map(turn).collect::<Vec<_>>(),
        "association_score": turns.map(similarity).collect::<Vec<_>>(),
    })
}
