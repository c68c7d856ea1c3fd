//! `weir-lab trace`: one dialogue, told turn by turn.
//!
//! What the policy saw, what each action was expected to bring and to cost, what the mask forbade and
//! why, what was done, what came of it, and what the planner would have done.
//!
//! - [`weir`]: a dialogue of the `weir` world under a trained policy.
//! - [`tmo`]: a test dialogue of TMO's simulator under one-step greedy with the mask, beside the
//!   oracle within budget.
//! - `text`: both as people read them.

mod text;
pub mod tmo;
pub mod weir;

use std::path::PathBuf;

use weir_core::Constraint;

use crate::{
    checks::{LocalQuality, QualityError},
    output::{Place, WriteError, json},
    scenario::{self, ScenarioError},
    shipped::{self, PolicyError},
    tmo::{
        costs::Network,
        simulator::{Simulator, SimulatorError},
    },
    world::{Noise, Scenario},
};

/// What `weir-lab trace` was asked for.
#[derive(Clone, Debug)]
pub struct TraceRequest {
    /// Where the dialogue is from.
    pub source: Source,
    /// Which dialogue or split.
    pub seed: u64,
    /// File to write the same content to.
    pub json: Option<PathBuf>,
}

/// Where a dialogue is from.
#[derive(Clone, Debug)]
pub enum Source {
    /// The `weir` world.
    Weir {
        /// Name or file of the scenario.
        scenario: String,
        /// Folder of the policy.
        policy: PathBuf,
    },
    /// TMO's simulator.
    Tmo {
        /// TMO's dataset.
        dataset: PathBuf,
        /// Its splits.
        splits: PathBuf,
        /// The network.
        network: Network,
        /// Which test dialogue of the seed, from 1.
        dialogue: usize,
    },
}

/// Why no dialogue was told.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The scenario was refused.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The shipped measurement of the local model is damaged.
    #[error(transparent)]
    Checks(#[from] QualityError),
    /// The policy was refused.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The dataset or the splits were refused.
    #[error(transparent)]
    Simulator(#[from] SimulatorError),
    /// There is no such dialogue.
    #[error("seed {seed} has {count} test dialogues; give --dialogue a number from 1 to {count}")]
    Dialogue {
        /// The seed.
        seed: u64,
        /// How many test dialogues it has.
        count: usize,
    },
    /// The file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Plays the dialogue; returns what to print, and writes the file that was asked for.
///
/// # Errors
/// [`TraceError`]; nothing is written then.
pub fn trace(request: &TraceRequest) -> Result<String, TraceError> {
    let file = request.json.as_deref().map(Place::new).transpose()?;
    let (text, content) = match &request.source {
        Source::Weir { scenario, policy } => {
            let pack = scenario::find(scenario)?;
            let world = Scenario::new(pack, &LocalQuality::shipped()?, Noise::Full);
            let policy = shipped::load(policy)?;
            let told = weir::play(&world.into(), &policy, request.seed);
            (text::weir(&told), json(&told)?)
        }
        Source::Tmo {
            dataset,
            splits,
            network,
            dialogue,
        } => {
            let simulators = Simulator::read(dataset, splits, &[request.seed])?;
            let told = tmo::play(&simulators[0], request.seed, *network, *dialogue)?;
            (text::tmo(&told), json(&told)?)
        }
    };
    let (Some(place), Some(file)) = (file, &request.json) else {
        return Ok(text);
    };
    place.write(content)?;
    Ok(format!("{text}written to {}\n", file.display()))
}

/// What forbids an action, as people read it.
const fn constraint(constraint: Constraint) -> &'static str {
    match constraint {
        Constraint::Usage => "usage",
        Constraint::Latency => "latency",
        Constraint::Data => "data",
        Constraint::Limit(_) => "another limit",
        Constraint::Private => "private mode",
        Constraint::Rule => "a rule",
        Constraint::NotTaken => "the provider",
        Constraint::Wish => "the wish",
        Constraint::Offline => "offline",
        Constraint::NoCloud => "no cloud model",
        Constraint::NoLocalModel => "no local model",
        Constraint::TooLong => "prompt too long",
        Constraint::Failed => "failed",
        Constraint::Resting => "provider rests",
    }
}
