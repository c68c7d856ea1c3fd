use std::{fs, path::Path};

use serde::Deserialize;
use weir_lab::{
    dataset::Dataset,
    tmo::{
        costs::Network,
        evaluation::{Played, play},
        simulator::Simulator,
        splits::Splits,
        suite::untrained,
    },
};

/// Means over dialogues: reward, response, seconds, dollars, and the share over budget.
pub(super) fn figures(played: &[Played]) -> [f64; 5] {
    let mean =
        |number: fn(&Played) -> f64| played.iter().map(number).sum::<f64>() / played.len() as f64;
    [
        mean(|played| played.reward),
        mean(|played| played.response),
        mean(|played| played.seconds),
        mean(|played| played.usd),
        mean(|played| f64::from(played.excess > 0.0)),
    ]
}

/// One measured row of the reference.
#[derive(Deserialize)]
struct Bound {
    seed: u64,
    net: String,
    policy: String,
    reward: f64,
    response: f64,
    latency: f64,
    usage: f64,
    viol: f64,
}

/// The reference's name of a policy.
fn reference_name(name: &str) -> String {
    match name {
        "local" => "const0".into(),
        "greedy_blind" => "greedy_noassoc".into(),
        "oracle_in_budget" => "oracle_budget".into(),
        name => name.replace("constant_", "const"),
    }
}

#[test]
fn the_figures_are_those_of_the_reference_on_m4a1_for_every_seed_network_and_policy() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let Ok(bounds) = fs::read_to_string(folder.join("tmo_bounds.json")) else {
        eprintln!("skipped: ../shared/data/tmo_bounds.json is not beside this checkout");
        return;
    };
    let bounds: Vec<Bound> = serde_json::from_str(&bounds).unwrap();
    let dataset = Dataset::read(&folder.join("M4A1.json")).unwrap();
    let splits = Splits::read(&folder.join("tmo_splits.json")).unwrap();
    let (mut compared, mut farthest) = (0, 0.0_f64);
    for seed in 1..=10 {
        let simulator = Simulator::new(&dataset, &splits, seed).unwrap();
        for (name, mut policy) in untrained(&simulator, seed) {
            let reference = reference_name(&name);
            let expected = bounds
                .iter()
                .filter(|bound| bound.seed == seed && bound.policy == reference);
            for bound in expected {
                let mut networks = Network::ALL.into_iter();
                let network = networks
                    .find(|network| network.name() == bound.net)
                    .unwrap();
                let found = figures(&play(&simulator, network, policy.as_mut()));
                let expected = [
                    bound.reward,
                    bound.response,
                    bound.latency,
                    bound.usage,
                    bound.viol,
                ];
                for (found, expected) in found.into_iter().zip(expected) {
                    let apart = (found - expected).abs();
                    assert!(
                        apart < 1e-6,
                        "seed {seed}, {}, {name}: {found} is not {expected}",
                        bound.net
                    );
                    farthest = farthest.max(apart);
                }
                compared += 1;
            }
        }
    }
    assert_eq!(compared, bounds.len(), "rows of tmo_bounds.json");
    eprintln!("{compared} rows, at most {farthest:e} apart");
}
