//! What `weir-lab eval` does.

use std::{path::PathBuf, str::FromStr};

use crate::{
    commands::progress,
    output::{Place, WriteError, json},
    suite::{
        report::{self, SuiteError, SuiteRequest},
        table,
        training::Size,
    },
    tmo::command::{self as tmo, TmoError, TmoRequest},
};
use clap::ValueEnum;

/// What policies are judged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Suite {
    /// TMO's simulator, test dialogues and budgets.
    Tmo,
    /// Weir's world: the shipped policy on every network, with budgets and uplinks of all sizes.
    Weir,
    /// The shipped policy on TMO's seven scaling configurations.
    Scaling,
}

/// What is judged beside a suite's own budgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Budgets {
    /// 5 to 60 seconds by 0.0005 to 0.05 USD for a dialogue, none of them seen in training.
    Grid,
}

/// Seeds in ascending order, at least one, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeds(Vec<u64>);

/// What `weir-lab eval` was asked for.
#[derive(Clone, Debug)]
pub struct EvalRequest {
    /// What policies are judged in.
    pub suite: Suite,
    /// TMO's dataset; for its suite.
    pub dataset: Option<PathBuf>,
    /// Its splits.
    pub splits: Option<PathBuf>,
    /// Which of them; and the seeds of the world's dialogues.
    pub seeds: Seeds,
    /// Whether to judge other budgets too.
    pub budgets: Option<Budgets>,
    /// Whether to train and judge the method without each of its parts, in the world.
    pub ablations: bool,
    /// Whether to train and judge without each domain.
    pub left_out: bool,
    /// Folder of the policy that is judged in the world.
    pub policy: PathBuf,
    /// Dialogues of the world for each seed and network, if not as many as usual.
    pub dialogues: Option<u64>,
    /// Environment steps of each of TMO's policies that is trained for its suite; none to train none.
    pub training: Option<u64>,
    /// A GGUF file whose language model is judged in TMO's suite too.
    pub agent: Option<PathBuf>,
    /// File to write.
    pub json: PathBuf,
}

/// Why nothing was judged.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// TMO's suite could not be judged.
    #[error(transparent)]
    Tmo(#[from] TmoError),
    /// A file of TMO's is missing.
    #[error("the suite tmo needs {0}; give the file")]
    Missing(&'static str),
    /// A suite of the world could not be judged.
    #[error(transparent)]
    Suite(#[from] SuiteError),
    /// The file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Judges policies and writes the file that was asked for; returns what to print.
///
/// # Errors
/// [`EvalError`]; nothing is written then.
pub fn eval(request: &EvalRequest) -> Result<String, EvalError> {
    let place = Place::new(&request.json)?;
    let bar = progress();
    let (text, table) = match request.suite {
        Suite::Tmo => {
            let report = tmo::judge(&request.of_tmo()?, &bar)?;
            (json(&report)?, tmo::table(&report))
        }
        Suite::Weir => {
            let report = report::weir(&request.of_the_world(100), &bar)?;
            (json(&report)?, table::weir(&report))
        }
        Suite::Scaling => {
            let report = report::scaling(&request.of_the_world(20), &bar)?;
            (json(&report)?, table::scaling(&report))
        }
    };
    bar.finish_and_clear();
    place.write(text)?;
    Ok(format!("{table}written to {}\n", request.json.display()))
}

impl EvalRequest {
    fn of_tmo(&self) -> Result<TmoRequest, EvalError> {
        let given = |file: &Option<PathBuf>, flag| file.clone().ok_or(EvalError::Missing(flag));
        Ok(TmoRequest {
            dataset: given(&self.dataset, "--dataset")?,
            splits: given(&self.splits, "--splits")?,
            seeds: self.seeds.0.clone(),
            training: self.training,
            grid: self.budgets.is_some(),
            agent: self.agent.clone(),
        })
    }

    /// What the suites of the world are asked for; `usual` dialogues of each seed take minutes.
    fn of_the_world(&self, usual: u64) -> SuiteRequest {
        SuiteRequest {
            policy: self.policy.clone(),
            seeds: self.seeds.0.clone(),
            dialogues: self.dialogues.unwrap_or(usual),
            grid: self.budgets.is_some(),
            ablations: self.ablations.then_some(Size::SMALL),
            left_out: self.left_out.then_some(Size::SMALL),
        }
    }
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
