//! TMO's seven scaling configurations: the same policy with more inputs, tasks and turns.

use std::{collections::BTreeMap, sync::Arc};

use indicatif::ProgressBar;
use serde::Serialize;

use super::{contest::Contest, networks::table, policies::Named, rows::Row};
use crate::{
    checks::LocalQuality,
    scenario::{Pack, ScenarioError, schema::Basis, shipped},
    world::{Noise, Scenario},
};

/// What every policy made of one pack.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PackRows {
    /// The most inputs that a turn can have.
    pub modalities: usize,
    /// Tasks.
    pub tasks: usize,
    /// The most turns of a dialogue.
    pub turns: u32,
    /// By policy.
    pub policies: BTreeMap<&'static str, Row>,
}

/// The scaling packs.
///
/// # Errors
/// [`ScenarioError`] if a shipped file is damaged.
pub fn packs() -> Result<Vec<Pack>, ScenarioError> {
    let mut packs = shipped()?;
    packs.retain(|pack| pack.basis() == Basis::Synthetic);
    Ok(packs)
}

/// Lets every policy answer dialogues of each pack.
pub fn judge(
    packs: Vec<Pack>,
    local: &LocalQuality,
    policies: &mut [Named<'_>],
    (seeds, dialogues): (&[u64], u64),
    progress: &ProgressBar,
) -> BTreeMap<String, PackRows> {
    let of = |pack: Pack| {
        let name = pack.name().to_owned();
        progress.set_message(name.clone());
        let (modalities, tasks, turns) = (pack.most_inputs(), pack.tasks(), pack.most_turns());
        let contest = Contest {
            scenario: Arc::new(Scenario::new(pack, local, Noise::Full)),
            seeds,
            dialogues,
        };
        let rows = PackRows {
            modalities,
            tasks,
            turns,
            policies: table(&contest, policies, progress),
        };
        (name, rows)
    };
    packs.into_iter().map(of).collect()
}
