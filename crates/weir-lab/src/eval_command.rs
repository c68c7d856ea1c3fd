//! What `weir-lab eval` does.

use std::{
    ffi::OsStr,
    fmt::{self, Display, Formatter},
    path::{Path, PathBuf},
    str::FromStr,
};

use crate::{
    commands::progress,
    output::{Place, WriteError, json},
    shipped,
    suite::{
        report::{self, SuiteError, SuiteRequest},
        table,
        training::Size,
    },
    tmo::{
        command::{self as tmo, TmoError, TmoRequest},
        learned,
    },
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

impl Suite {
    const fn name(self) -> &'static str {
        match self {
            Self::Tmo => "tmo",
            Self::Weir => "weir",
            Self::Scaling => "scaling",
        }
    }

    /// Dialogues that take minutes: of each seed on each network, of each seed in each pack. TMO's
    /// splits say which its are.
    const fn usual_dialogues(self) -> Option<u64> {
        match self {
            Self::Tmo => None,
            Self::Weir => Some(100),
            Self::Scaling => Some(20),
        }
    }
}

/// How long the policies that TMO's suite trains are trained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Learning {
    /// As long as usual.
    #[default]
    Usual,
    /// Each of TMO's for so many environment steps.
    Steps(u64),
    /// Not at all: only what needs no training is judged.
    Nothing,
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
    /// How long policies are trained for TMO's suite.
    pub learning: Learning,
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
    /// A suite does not know a flag.
    #[error("{flag} is not for the suite {suite}; leave it out, or give --suite {suites}")]
    Flag {
        /// The flag.
        flag: &'static str,
        /// The suite.
        suite: &'static str,
        /// Those that know it.
        suites: String,
    },
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
    request.check()?;
    let place = Place::new(&request.json)?;
    let bar = progress();
    let (text, table) = match request.suite {
        Suite::Tmo => {
            let report = tmo::judge(&request.of_tmo()?, &bar)?;
            (json(&report)?, tmo::table(&report))
        }
        Suite::Weir => {
            let report = report::weir(&request.of_the_world(), &bar)?;
            (json(&report)?, table::weir(&report))
        }
        Suite::Scaling => {
            let report = report::scaling(&request.of_the_world(), &bar)?;
            (json(&report)?, table::scaling(&report))
        }
    };
    bar.finish_and_clear();
    place.write(text)?;
    Ok(format!("{table}written to {}\n", request.json.display()))
}

impl EvalRequest {
    /// What the suite would not heed is refused rather than left out in silence.
    fn check(&self) -> Result<(), EvalError> {
        use Suite::{Scaling, Tmo, Weir};
        let steps = matches!(self.learning, Learning::Steps(_));
        let untrained = self.learning == Learning::Nothing;
        let flags: [(_, _, &[Suite]); 9] = [
            ("--dataset", self.dataset.is_some(), &[Tmo]),
            ("--splits", self.splits.is_some(), &[Tmo]),
            ("--budgets", self.budgets.is_some(), &[Tmo, Weir]),
            ("--ablations", self.ablations, &[Weir]),
            ("--left-out", self.left_out, &[Weir]),
            ("--dialogues", self.dialogues.is_some(), &[Weir, Scaling]),
            ("--steps", steps, &[Tmo]),
            ("--untrained", untrained, &[Tmo]),
            ("--agent", self.agent.is_some(), &[Tmo]),
        ];
        let unknown =
            |(_, given, suites): &(_, bool, &[Suite])| *given && !suites.contains(&self.suite);
        flags
            .into_iter()
            .find(unknown)
            .map_or(Ok(()), |(flag, _, suites)| {
                let names: Vec<_> = suites.iter().map(|suite| suite.name()).collect();
                Err(EvalError::Flag {
                    flag,
                    suite: self.suite.name(),
                    suites: names.join(" or "),
                })
            })
    }

    /// The command that asks for this, but for the file to write; files and folders by name alone.
    fn command(&self) -> String {
        let file = |flag: &str, file: &Path| {
            let name = file.file_name().unwrap_or(OsStr::new("."));
            format!("{flag} {}", name.display())
        };
        let given = |flag, path: &Option<PathBuf>| path.as_deref().map(|path| file(flag, path));
        let judges_another = self.suite != Suite::Tmo && self.policy != Path::new(shipped::FOLDER);
        let learning = match self.learning {
            Learning::Usual => None,
            Learning::Steps(steps) => Some(format!("--steps {steps}")),
            Learning::Nothing => Some("--untrained".into()),
        };
        let parts = [
            Some(format!("weir-lab eval --suite {}", self.suite.name())),
            given("--dataset", &self.dataset),
            given("--splits", &self.splits),
            Some(format!("--seeds {}", self.seeds)),
            self.dialogues().map(|count| format!("--dialogues {count}")),
            self.budgets.map(|_| "--budgets grid".into()),
            self.ablations.then(|| "--ablations".into()),
            self.left_out.then(|| "--left-out".into()),
            judges_another.then(|| file("--policy", &self.policy)),
            learning,
            given("--agent", &self.agent),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn dialogues(&self) -> Option<u64> {
        self.dialogues.or(self.suite.usual_dialogues())
    }

    fn of_tmo(&self) -> Result<TmoRequest, EvalError> {
        let given = |file: &Option<PathBuf>, flag| file.clone().ok_or(EvalError::Missing(flag));
        Ok(TmoRequest {
            command: self.command(),
            dataset: given(&self.dataset, "--dataset")?,
            splits: given(&self.splits, "--splits")?,
            seeds: self.seeds.0.clone(),
            training: match self.learning {
                Learning::Usual => Some(learned::STEPS),
                Learning::Steps(steps) => Some(steps),
                Learning::Nothing => None,
            },
            grid: self.budgets.is_some(),
            agent: self.agent.clone(),
        })
    }

    fn of_the_world(&self) -> SuiteRequest {
        SuiteRequest {
            command: self.command(),
            policy: self.policy.clone(),
            seeds: self.seeds.0.clone(),
            dialogues: self.dialogues().unwrap_or_default(),
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

impl Display for Seeds {
    /// As [`Seeds::from_str`] reads them: ranges where there are any.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let ranges = self.0.chunk_by(|one, next| one + 1 == *next);
        let texts = ranges.filter_map(|range| match range {
            [one] => Some(one.to_string()),
            [first, .., last] => Some(format!("{first}-{last}")),
            [] => None,
        });
        formatter.write_str(&texts.collect::<Vec<_>>().join(","))
    }
}
