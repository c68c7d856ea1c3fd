//! What the commands `pacing`, `report` and `trace` take.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use weir_lab::{scenario, shipped, tmo::costs::Network};

#[derive(Args)]
pub(crate) struct PacingArgs {
    /// Seed of the days.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Days of 30 dialogues to play under each budget.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) days: u64,
    /// What dialogues are like: a name that `weir-lab scenarios` lists, or a file of one's own.
    #[arg(long, value_name = "NAME|FILE", default_value = scenario::DEFAULT)]
    pub(crate) scenario: String,
    /// Folder of the policy.
    #[arg(long, default_value = shipped::FOLDER)]
    pub(crate) policy: PathBuf,
    /// JSON file to write the results to.
    #[arg(long)]
    pub(crate) json: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct ReportArgs {
    /// Files that `weir-lab eval --json` wrote, and evaluation.json of `weir-lab train`.
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    pub(crate) json: Vec<PathBuf>,
    /// The page to write.
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
pub(crate) struct TraceArgs {
    /// Where the dialogue is from: the weir world, or TMO's simulator.
    #[arg(long, value_enum, default_value_t = World::Weir)]
    pub(crate) suite: World,
    /// Names the dialogue; in TMO's simulator, the split.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// weir: what dialogues are like, a name that `weir-lab scenarios` lists or a file of one's own.
    #[arg(long, value_name = "NAME|FILE", default_value = scenario::DEFAULT)]
    pub(crate) scenario: String,
    /// weir: folder of the policy that decides.
    #[arg(long, value_name = "FOLDER", default_value = shipped::FOLDER)]
    pub(crate) policy: PathBuf,
    /// tmo: its dataset (M4A1.json).
    #[arg(long, required_if_eq("suite", "tmo"))]
    pub(crate) dataset: Option<PathBuf>,
    /// tmo: training and test dialogues of each seed, as `eval` takes them.
    #[arg(long, required_if_eq("suite", "tmo"))]
    pub(crate) splits: Option<PathBuf>,
    /// tmo: the network, Wired, WiFi, 5G or 4G.
    #[arg(long, default_value = "WiFi")]
    pub(crate) network: Network,
    /// tmo: which test dialogue of the seed, from 1.
    #[arg(long, default_value_t = 1)]
    pub(crate) dialogue: usize,
    /// File to write the same content to, as JSON.
    #[arg(long)]
    pub(crate) json: Option<PathBuf>,
}

/// Where a dialogue is from.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum World {
    /// Weir's world: dialogues of a scenario, answered by the policy in a folder.
    Weir,
    /// TMO's simulator: a test dialogue of a split, answered by greedy with the mask and by the oracle.
    Tmo,
}
