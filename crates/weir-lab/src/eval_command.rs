//! What `weir-lab eval` does.

use std::{
    cell::RefCell,
    fmt::Write as _,
    path::{Path, PathBuf},
    rc::Rc,
    str::FromStr,
};

use clap::ValueEnum;

use crate::{
    commands::{json, progress},
    dataset::{Dataset, DatasetError},
    language_model::ModelError,
    output::{self, WriteError},
    tmo::{
        costs::Network,
        logged::Row as Logged,
        routers::{
            agent::{Adviser, Agent},
            routers,
        },
        simulator::{Simulator, SimulatorError},
        splits::{SplitError, Splits},
        suite::{AGENT, Report, Results, untrained},
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
    /// A GGUF file whose language model is judged as a policy too.
    pub agent: Option<PathBuf>,
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
    /// The language model could not be run.
    #[error(transparent)]
    Model(#[from] ModelError),
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
    let adviser = request.agent.as_deref().map(Adviser::open).transpose()?;
    let adviser = adviser.map(|adviser| Rc::new(RefCell::new(adviser)));
    let bar = progress();
    let mut results = Results::default();
    for (seed, simulator) in simulators {
        bar.set_message(format!("learning routers of seed {seed}"));
        let mut policies = untrained(&simulator, seed);
        policies.extend(routers(&simulator, seed));
        if let Some(adviser) = &adviser {
            let agent = Agent::new(adviser.clone(), simulator.questions.clone());
            policies.push((AGENT.into(), Box::new(agent)));
        }
        bar.set_length((seeds.len() * Network::ALL.len() * policies.len()) as u64);
        bar.set_message(format!("judging on seed {seed}"));
        results.add(seed, &simulator, &mut policies, &bar);
    }
    bar.finish_and_clear();
    Ok(Report {
        agent: adviser.map(|adviser| adviser.borrow().summary()),
        ..results.report()
    })
}

/// The best policies first.
fn table(report: &Report) -> String {
    let mut text = String::new();
    for (network, rows) in &report.networks {
        let _ = writeln!(
            text,
            "{:18} reward   95 % interval   over budget   of the gap   at logged turns",
            network.name()
        );
        let logged = report.logged.get(network);
        let mut rows: Vec<_> = rows.iter().collect();
        rows.sort_by(|(_, one), (_, other)| other.reward.total_cmp(&one.reward));
        for (policy, row) in rows {
            let [low, high] = row.reward_ci;
            let _ = write!(
                text,
                "  {policy:16} {:6.3}   {low:5.3} – {high:5.3}      {:5.1} %      {:5.1} %",
                row.reward,
                100.0 * row.over_budget_rate,
                100.0 * row.gap_share
            );
            let _ = match logged.and_then(|rows| rows.get(policy)) {
                Some(Logged { dr, dr_ci, .. }) => {
                    writeln!(text, "   {dr:5.2} ({:.2} – {:.2})", dr_ci[0], dr_ci[1])
                }
                None => writeln!(text),
            };
        }
    }
    if let Some(agent) = &report.agent {
        let _ = writeln!(
            text,
            "{}: {} prompts; {:?} times local, cloud with 0 to 3 views; {} not read",
            agent.model, agent.prompts, agent.answers, agent.failures
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
