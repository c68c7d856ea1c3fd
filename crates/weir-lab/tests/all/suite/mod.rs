mod ablations;
mod contest;
mod cost_quality;
mod domains;
mod grid;
mod known;
mod networks;
mod physics;
mod report;

use std::{path::Path, sync::LazyLock};

use weir_lab::{shipped::load, suite::contest::Contest};
use weir_policy::TrainedPolicy;

/// The policy as it is shipped.
fn weir() -> &'static TrainedPolicy {
    static WEIR: LazyLock<TrainedPolicy> = LazyLock::new(|| load(Path::new(POLICY)).unwrap());
    &WEIR
}

pub(crate) const POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/policy");

/// `dialogues` for each of three seeds.
fn contest(
    scenario: std::sync::Arc<weir_lab::world::Scenario>,
    dialogues: u64,
) -> Contest<'static> {
    Contest {
        scenario,
        seeds: &[1, 2, 3],
        dialogues,
    }
}
