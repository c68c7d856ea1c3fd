//! `weir-lab`: trains and evaluates the policy and the task probe.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use weir_lab::commands;

/// Trains and evaluates Weir's offloading policy and its task probe.
///
/// Everything is seeded: the same command on the same build writes the same weights.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
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
    /// judged on dialogues that it was not trained on, the same ones for every policy.
    Train(TrainArgs),
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
    #[arg(long, default_value_t = 64)]
    hidden: usize,
    /// Dialogues that the finished policy and the others are judged on.
    #[arg(long, default_value_t = 4000)]
    dialogues: u64,
    /// TMO's dataset (M4A1.json) to take statistics from, instead of the built-in numbers.
    #[arg(long)]
    dataset: Option<PathBuf>,
    /// What `weir-lab local measure` wrote, for another local model than the shipped policy's.
    #[arg(long)]
    local: Option<PathBuf>,
    /// Folder to write policy.bpk, policy.json, response.json, evaluation.json and README.md to.
    #[arg(long, default_value = "models/policy")]
    out: PathBuf,
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
    #[arg(long, default_value = "models/policy")]
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
            hidden: args.hidden,
            dialogues: args.dialogues,
            dataset: args.dataset,
            local: args.local,
            out: args.out,
        })
        .map_err(|error| error.to_string()),
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
