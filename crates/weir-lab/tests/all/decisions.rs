use std::{fs, path::Path};

use burn::{module::Module, tensor::Device};
use weir_lab::{decisions, draws::Draws, shipped};
use weir_policy::{
    Decisions, Network, PolicySpec, TrainedPolicy,
    decisions::Timings,
    features::{self, ACTION, STATE},
    policy::BURN,
};

use crate::Folder;

const HIDDEN: usize = 8;
const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/policy");

/// A folder like the one that training writes, with weights that nobody trained.
fn untrained(test: &str) -> (Folder, Network) {
    let folder = Folder::new(test);
    let mut draws = Draws::new(1);
    let network = Network::new(HIDDEN, &Device::flex(), || draws.uniform(-1.0, 1.0));
    let spec = PolicySpec {
        features: features::VERSION,
        state: STATE,
        action: ACTION,
        hidden: HIDDEN,
        burn: BURN.into(),
        scenario: "test".into(),
        seed: 1,
        steps: 0,
    };
    let file = |name: &str| folder.path().join(name);
    let weights = network.clone().into_record().into_bytes().unwrap();
    fs::write(file("policy.bpk"), weights.to_vec()).unwrap();
    fs::write(file("policy.json"), serde_json::to_vec(&spec).unwrap()).unwrap();
    let response = Path::new(MODELS).join("response.json");
    fs::copy(response, file("response.json")).unwrap();
    (folder, network)
}

#[test]
fn the_shipped_decisions_are_those_of_the_shipped_weights() {
    let folder = Path::new(MODELS);
    let policy = shipped::load(folder).unwrap();
    let response = shipped::response(folder).unwrap();
    let written = fs::read_to_string(folder.join(decisions::FILE)).unwrap();
    let decided = Decisions::of(&policy, &response).unwrap();
    assert_eq!(written.parse(), Ok(decided), "`weir-lab decisions write`");
}

#[test]
fn decisions_are_written_beside_the_weights() {
    let (folder, network) = untrained("decisions-write");
    decisions::write(folder.path()).unwrap();
    let response = shipped::response(folder.path()).unwrap();
    let decided = Decisions::of(&TrainedPolicy::new(network), &response).unwrap();
    let written = fs::read_to_string(folder.path().join(decisions::FILE)).unwrap();
    assert_eq!(written.parse(), Ok(decided));
}

#[test]
fn decisions_are_timed_as_a_table_or_as_json() {
    let (folder, _) = untrained("decisions-time");
    let json = decisions::time(folder.path(), true).unwrap();
    let timings: Timings = serde_json::from_str(&json).unwrap();
    assert!(timings.all.median_us > 0.0);
    let table = decisions::time(folder.path(), false).unwrap();
    assert_eq!(table.lines().count(), timings.by_actions.len() + 2);
}

#[test]
fn a_policy_that_cannot_be_used_is_named() {
    let empty = Folder::new("decisions-empty");
    let message = decisions::write(empty.path()).unwrap_err().to_string();
    assert!(message.contains("policy.json"), "{message}");

    let (folder, _) = untrained("decisions-damaged");
    fs::write(folder.path().join("policy.json"), "{}").unwrap();
    let message = decisions::write(folder.path()).unwrap_err().to_string();
    assert!(
        message.contains("decisions-damaged") && message.contains("policy.json"),
        "{message}"
    );
    assert!(!folder.path().join(decisions::FILE).exists());
}
