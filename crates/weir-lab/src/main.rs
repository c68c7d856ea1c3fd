//! `weir-lab`: trains and evaluates the policy and the task probe.

mod arguments;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use weir_lab::{
    commands, decisions,
    eval_command::{self, Budgets, EvalRequest, Learning, Seeds, Suite},
    pacing::{self, command::PacingRequest},
    report::{self, ReportRequest},
    response, scenario, shipped,
    trace::{self, Source, TraceRequest},
};
use weir_policy::{Pacing, policy::LARGEST_HIDDEN};

use self::arguments::{PacingArgs, ReportArgs, TraceArgs, World};

const EXAMPLES: &str = "\
Examples, with how long they take in a release build:
  weir-lab train                                                  2.5 minutes on one core
  weir-lab eval --suite tmo --dataset M4A1.json \\
      --splits tmo_splits.json --json tmo.json                    minutes
  weir-lab eval --suite weir --json weir.json                     minutes
  weir-lab report --json tmo.json weir.json --out report.html     seconds";

/// Trains and evaluates Weir's offloading policy and its task probe.
///
/// Everything is seeded: the same command on the same build writes the same weights.
#[derive(Parser)]
#[command(version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Train the policy, judge it against simpler ones, and write models/policy.
    ///
    /// The policy first imitates a planner that knows the world's conditions, then improves by
    /// masked PPO on true transitions: its own actions enter its history and its spending. It is
    /// judged on dialogues that it was not trained on, the same ones for every policy. A run that was
    /// interrupted is kept beside the output folder; the same command takes it up again.
    Train(TrainArgs),
    /// Judge policies on dialogues of a suite and write what was measured as JSON.
    ///
    /// All policies answer the same dialogues of the same seeds; intervals are by bootstrap over
    /// seeds and dialogues.
    Eval(EvalArgs),
    /// Play days of dialogues under a day's budget, with and without pacing its spending.
    Pacing(PacingArgs),
    /// Make one self-contained HTML page with pictures of what `eval` and `train` wrote.
    ///
    /// The page has a section for each file, and a table of the numbers to reach with what was
    /// measured. The same files give the same page.
    Report(ReportArgs),
    /// Play one dialogue and tell it turn by turn: what was seen, forecast, forbidden and done.
    Trace(TraceArgs),
    /// The scenarios that come with the lab; or check one's own.
    Scenarios(ScenariosArgs),
    /// How well the scores of replies are predicted, on turns that were held out.
    ///
    /// Prints R² and the share of scores inside the 80 % interval for the response model, for simple
    /// means and for TMO's estimator, where turns, dialogues and prompts are held out.
    Response(ResponseArgs),
    /// What a trained policy decides in 10,000 situations, and how long it takes.
    #[command(subcommand)]
    Decisions(DecisionsCommand),
    /// The local language model: how good its replies are.
    #[command(subcommand)]
    Local(LocalCommand),
    /// The task probe: which kind of turn a prompt is.
    #[command(subcommand)]
    Probe(ProbeCommand),
}

#[derive(Args)]
struct TrainArgs {
    /// Seed of weights, worlds and order; names the run.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Environment steps (turns answered) of reinforcement learning.
    #[arg(long, default_value_t = 1_200_000)]
    steps: u64,
    /// Environment steps of imitating the planner before that; 0 to begin from nothing.
    #[arg(long, default_value_t = 60_000)]
    imitation_steps: u64,
    /// Hidden size of the network.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=LARGEST_HIDDEN as i64))]
    hidden: u16,
    /// Dialogues that the finished policy and the others are judged on.
    #[arg(long, default_value_t = 4000, value_parser = clap::value_parser!(u64).range(1..))]
    dialogues: u64,
    /// What dialogues are like: a name that `weir-lab scenarios` lists, or a file of one's own.
    #[arg(long, value_name = "NAME|FILE", default_value = scenario::DEFAULT)]
    scenario: String,
    /// TMO's dataset (M4A1.json) to take the kitchen's statistics from, instead of its numbers.
    #[arg(long, conflicts_with = "scenario")]
    dataset: Option<PathBuf>,
    /// What `weir-lab local measure` wrote, for another local model than the shipped policy's.
    #[arg(long)]
    local: Option<PathBuf>,
    /// Folder to write policy.bpk, policy.json, response.json, decisions.txt, evaluation.json and
    /// README.md to.
    #[arg(long, default_value = shipped::FOLDER)]
    out: PathBuf,
}

#[derive(Args)]
struct EvalArgs {
    /// What policies are judged in.
    #[arg(long)]
    suite: Suite,
    /// TMO's dataset (M4A1.json); for its suite.
    #[arg(long, required_if_eq("suite", "tmo"))]
    dataset: Option<PathBuf>,
    /// Training and test dialogues of each seed, a JSON object: {"1": {"train": [ids], "test": [ids]}}.
    #[arg(long, required_if_eq("suite", "tmo"))]
    splits: Option<PathBuf>,
    /// Seeds to judge on, as 1-10 or 1,4,7-9.
    #[arg(long, default_value = "1-10")]
    seeds: Seeds,
    /// In the suites tmo and weir: judge limits on time and money too that nobody was trained with.
    #[arg(long)]
    budgets: Option<Budgets>,
    /// In the suite weir: train and judge the method without each of its parts too; takes minutes.
    #[arg(long)]
    ablations: bool,
    /// In the suite weir: train on two of three domains and judge on the third too; takes minutes.
    #[arg(long)]
    left_out: bool,
    /// Folder of the policy that is judged in the suites weir and scaling.
    #[arg(long, default_value = shipped::FOLDER)]
    policy: PathBuf,
    /// Dialogues of each seed on each network (weir: 100) or of each pack (scaling: 20).
    #[arg(long)]
    dialogues: Option<u64>,
    /// In the suite tmo: environment steps of its A2C, PPO and DQN, with and without RC, instead of
    /// 30,000; each is trained for each seed and network.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    steps: Option<u64>,
    /// In the suite tmo: judge only what needs no training.
    #[arg(long, conflicts_with = "steps")]
    untrained: bool,
    /// In the suite tmo: ask this language model, a GGUF file, what to do in each turn, and judge it as
    /// a policy too.
    #[arg(long, value_name = "MODEL")]
    agent: Option<PathBuf>,
    /// File to write.
    #[arg(long)]
    json: PathBuf,
}

#[derive(Args)]
struct ScenariosArgs {
    #[command(subcommand)]
    command: Option<ScenariosCommand>,
}

#[derive(Subcommand)]
enum ScenariosCommand {
    /// Check a scenario file; crates/weir-lab/data/scenarios/README.md says how to write one.
    Check {
        /// The file.
        file: PathBuf,
    },
}

#[derive(Args)]
struct ResponseArgs {
    /// TMO's dataset (M4A1.json), instead of the built-in numbers.
    #[arg(long)]
    dataset: Option<PathBuf>,
    /// How often a fifth is held out.
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(2..))]
    splits: u32,
    /// Seed of the splits.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// JSON file to write the results to.
    #[arg(long)]
    json: Option<PathBuf>,
}

#[derive(Subcommand)]
enum DecisionsCommand {
    /// Write decisions.txt beside the weights, as `weir-lab train` does.
    ///
    /// The worker's tests decide the same situations in WebAssembly and hold it against this file.
    /// Needed without a training run when features, mask or forecasts have changed.
    Write(DecisionsArgs),
    /// Time decisions on one thread, from the mask to the choice, by the number of actions.
    Time {
        #[command(flatten)]
        decisions: DecisionsArgs,
        /// Print one line of JSON instead of a table.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
struct DecisionsArgs {
    /// Folder of the policy, as `weir-lab train` writes it.
    #[arg(long, default_value = shipped::FOLDER)]
    policy: PathBuf,
}

#[derive(Subcommand)]
enum LocalCommand {
    /// Let the model answer prompts whose replies a program can check, and write local.json.
    ///
    /// The likeliest reply each time, so there is no seed. `weir-lab train` takes the share of
    /// replies that pass as the quality of a local reply; LOCAL.md says how.
    Measure(LocalArgs),
}

#[derive(Args)]
struct LocalArgs {
    /// The language model, a GGUF file.
    #[arg(long)]
    model: PathBuf,
    /// Folder to write local.json, local_replies.tsv and LOCAL.md to.
    #[arg(long, default_value = shipped::FOLDER)]
    out: PathBuf,
}

#[derive(Subcommand)]
enum ProbeCommand {
    /// Train the probe on the lab's labelled prompts and write models/probe.
    ///
    /// Runs every prompt through the model up to the deepest layer tried, picks the layer and the
    /// regularisation by cross-validation, and reports accuracy on prompts held out from all of it.
    Train(ProbeArgs),
}

#[derive(Args)]
struct ProbeArgs {
    /// The language model, a GGUF file.
    #[arg(long)]
    model: PathBuf,
    /// Seed of the split.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder to write probe.json and README.md to.
    #[arg(long, default_value = "models/probe")]
    out: PathBuf,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Train(args) => commands::train(&commands::TrainRequest {
            seed: args.seed,
            steps: args.steps,
            imitation_steps: args.imitation_steps,
            hidden: usize::from(args.hidden),
            dialogues: args.dialogues,
            scenario: args.scenario,
            dataset: args.dataset,
            local: args.local,
            out: args.out,
        })
        .map_err(|error| error.to_string()),
        Command::Eval(args) => eval_command::eval(&EvalRequest {
            suite: args.suite,
            dataset: args.dataset,
            splits: args.splits,
            seeds: args.seeds,
            budgets: args.budgets,
            ablations: args.ablations,
            left_out: args.left_out,
            policy: args.policy,
            dialogues: args.dialogues,
            learning: match (args.untrained, args.steps) {
                (true, _) => Learning::Nothing,
                (false, Some(steps)) => Learning::Steps(steps),
                (false, None) => Learning::Usual,
            },
            agent: args.agent,
            json: args.json,
        })
        .map_err(|error| error.to_string()),
        Command::Pacing(args) => pacing::command::pacing(&PacingRequest {
            scenario: args.scenario,
            policy: args.policy,
            seed: args.seed,
            days: args.days,
            pacing: Pacing::default(),
            json: args.json,
        })
        .map_err(|error| error.to_string()),
        Command::Report(args) => report::report(&ReportRequest {
            json: args.json,
            out: args.out,
        })
        .map_err(|error| error.to_string()),
        Command::Trace(args) => {
            let source = match (args.suite, args.dataset, args.splits) {
                (World::Tmo, Some(dataset), Some(splits)) => Source::Tmo {
                    dataset,
                    splits,
                    network: args.network,
                    dialogue: args.dialogue,
                },
                _ => Source::Weir {
                    scenario: args.scenario,
                    policy: args.policy,
                },
            };
            trace::trace(&TraceRequest {
                source,
                seed: args.seed,
                json: args.json,
            })
            .map_err(|error| error.to_string())
        }
        Command::Scenarios(args) => match args.command {
            None => scenario::commands::list(),
            Some(ScenariosCommand::Check { file }) => scenario::commands::check(&file),
        }
        .map_err(|error| error.to_string()),
        Command::Response(args) => response::response(&response::ResponseRequest {
            dataset: args.dataset,
            splits: args.splits,
            seed: args.seed,
            json: args.json,
        })
        .map_err(|error| error.to_string()),
        Command::Decisions(DecisionsCommand::Write(args)) => {
            decisions::write(&args.policy).map_err(|error| error.to_string())
        }
        Command::Decisions(DecisionsCommand::Time { decisions, json }) => {
            decisions::time(&decisions.policy, json).map_err(|error| error.to_string())
        }
        Command::Local(LocalCommand::Measure(args)) => {
            commands::measure_local(&args.model, &args.out).map_err(|error| error.to_string())
        }
        Command::Probe(ProbeCommand::Train(args)) => {
            commands::train_probe(&commands::ProbeRequest {
                model: args.model,
                seed: args.seed,
                out: args.out,
            })
            .map_err(|error| error.to_string())
        }
    };
    match outcome {
        Ok(summary) => {
            print!("{summary}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("weir-lab: {message}");
            ExitCode::FAILURE
        }
    }
}
