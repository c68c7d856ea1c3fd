//! What `weir-lab eval` does.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    str::FromStr,
};

use clap::ValueEnum;

use crate::{
    commands::{json, progress},
    dataset::{Dataset, DatasetError},
    output::{self, WriteError},
    tmo::{
        costs::Network,
        learned::{Method, Training},
        simulator::{Simulator, SimulatorError},
        splits::{SplitError, Splits},
        suite::{Report, Results, untrained},
    },
};

/// What policies are judged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Suite {
    /// TMO's simulator, test dialogues and budgets.
    Tmo,
}

/// Seeds in ascending order, at least one, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeds(Vec<u64>);

/// What `weir-lab eval` was asked for.
#[derive(Clone, Debug)]
pub struct EvalRequest {
    /// What policies are judged in.
    pub suite: Suite,
    /// TMO's dataset.
    pub dataset: PathBuf,
    /// Its splits.
    pub splits: PathBuf,
    /// Which of them.
    pub seeds: Seeds,
    /// Environment steps of each policy that is trained for the suite; none to train none.
    pub training: Option<u64>,
    /// File to write.
    pub json: PathBuf,
}

/// Why nothing was judged.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// The dataset was refused.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The splits were refused.
    #[error(transparent)]
    Splits(#[from] SplitError),
    /// The splits are not of this dataset.
    #[error(transparent)]
    Simulator(#[from] SimulatorError),
    /// The result could not be described.
    #[error("a result could not be described: {0}")]
    Json(#[from] serde_json::Error),
    /// There is no file name to write to.
    #[error("{0} names no file; give --json a path like results/tmo.json")]
    NoFile(PathBuf),
    /// The file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Judges policies and writes the file that was asked for; returns what to print.
///
/// # Errors
/// [`EvalError`]; nothing is written then.
pub fn eval(request: &EvalRequest) -> Result<String, EvalError> {
    let Some(name) = request.json.file_name().and_then(|name| name.to_str()) else {
        return Err(EvalError::NoFile(request.json.clone()));
    };
    let report = match request.suite {
        Suite::Tmo => tmo(request)?,
    };
    let folder = request.json.parent().unwrap_or(Path::new(""));
    output::write(folder, &[(name, json(&report)?)])?;
    Ok(format!(
        "{}written to {}\n",
        table(&report),
        request.json.display()
    ))
}

fn tmo(request: &EvalRequest) -> Result<Report, EvalError> {
    let dataset = Dataset::read(&request.dataset)?;
    let splits = Splits::read(&request.splits)?;
    let seeds = &request.seeds.0;
    let simulators = seeds
        .iter()
        .map(|seed| Ok((*seed, Simulator::new(&dataset, &splits, *seed)?)))
        .collect::<Result<Vec<_>, SimulatorError>>()?;
    let bar = progress();
    let mut results = Results::default();
    for (seed, simulator) in &simulators {
        let mut policies = untrained(simulator, *seed);
        bar.set_length((seeds.len() * Network::ALL.len() * policies.len()) as u64);
        bar.set_message(format!("judging on seed {seed}"));
        results.add(*seed, simulator, &mut policies, &bar);
    }
    bar.finish_and_clear();
    if let Some(steps) = request.training {
        learn(&simulators, steps, &mut results);
    }
    Ok(results.report())
}

/// Trains TMO's policies, one for each seed and network, and judges them.
fn learn(simulators: &[(u64, Simulator)], steps: u64, results: &mut Results) {
    let bar = progress();
    bar.set_length((simulators.len() * Network::ALL.len() * Method::ALL.len()) as u64);
    for (seed, simulator) in simulators {
        for network in Network::ALL {
            for method in Method::ALL {
                let name = method.name();
                bar.set_message(format!("training {name}, {}, seed {seed}", network.name()));
                let trained = method.train(simulator, network, *seed, steps);
                results.trained(name, Training::of(&trained));
                let policy = (name.into(), Box::new(trained.policy) as _);
                results.judge(network, simulator, &mut [policy], &bar);
            }
        }
    }
    bar.finish_and_clear();
}

/// The best policies first; then how quickly they were trained.
fn table(report: &Report) -> String {
    let mut text = String::new();
    for (network, rows) in &report.networks {
        let _ = writeln!(
            text,
            "{:18} reward   95 % interval   over budget   of the gap",
            network.name()
        );
        let mut rows: Vec<_> = rows.iter().collect();
        rows.sort_by(|(_, one), (_, other)| other.reward.total_cmp(&one.reward));
        for (policy, row) in rows {
            let [low, high] = row.reward_ci;
            let _ = writeln!(
                text,
                "  {policy:16} {:6.3}   {low:5.3} – {high:5.3}      {:5.1} %      {:5.1} %",
                row.reward,
                100.0 * row.over_budget_rate,
                100.0 * row.gap_share
            );
        }
    }
    if !report.training.is_empty() {
        let _ = writeln!(
            text,
            "training             steps   seconds   steps a second"
        );
    }
    for (policy, training) in &report.training {
        let _ = writeln!(
            text,
            "  {policy:16} {:7} {:9.2} {:16.0}",
            training.steps, training.seconds_per_run, training.steps_per_second
        );
    }
    text
}

/// More seeds than this are taken for a slip of the hand.
const MOST_SEEDS: u64 = 1000;

impl FromStr for Seeds {
    type Err = String;

    /// Reads `3`, `1-10`, and several of them between commas.
    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| {
            let number = text.trim().parse::<u64>();
            number.map_err(|_| format!("“{text}” is not a number; write 1-10 or 1,4,7-9"))
        };
        let mut seeds = Vec::new();
        for part in text.split(',') {
            let (first, last) = match part.split_once('-') {
                Some((first, last)) => (number(first)?, number(last)?),
                None => (number(part)?, number(part)?),
            };
            if last < first || last - first >= MOST_SEEDS {
                return Err(format!(
                    "“{part}” must be an ascending range of at most {MOST_SEEDS} seeds"
                ));
            }
            seeds.extend(first..=last);
        }
        seeds.sort_unstable();
        seeds.dedup();
        Ok(Self(seeds))
    }
}
