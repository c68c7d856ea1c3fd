//! What the files say. JSON knows no NaN and no infinity, so every number here is finite.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::quantities::{Interval, Mean, Share};

/// A file with its name, without folders.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// How it was made.
    pub run: Run,
    /// What it says.
    pub results: Results,
}

/// How a file was made, as far as it tells.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Run {
    /// Seeds that were judged on.
    pub seeds: Vec<u64>,
    /// The command.
    pub command: Option<String>,
    /// The version of the lab.
    pub version: Option<String>,
    /// The day.
    pub date: Option<String>,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub enum Results {
    /// `weir-lab eval --suite tmo`.
    Tmo(Tmo),
    /// `weir-lab eval --suite weir`.
    Weir(Box<Weir>),
    /// `weir-lab eval --suite scaling`.
    Scaling(Scaling),
    /// `weir-lab train`: its `evaluation.json`.
    Training(Training),
}

/// Something by its name in the files.
pub type Named<T> = BTreeMap<String, T>;

/// TMO's simulator.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Tmo {
    /// By network, by policy.
    pub networks: Named<Named<Row>>,
    /// By trained policy.
    #[serde(default)]
    pub training: Named<Curve>,
    /// Values of logged turns, by network, by policy.
    #[serde(default)]
    pub logged: Named<Named<Logged>>,
    /// By budget.
    #[serde(default)]
    pub grid: Vec<Cell>,
    /// By policy, where a larger budget was worth least.
    #[serde(default)]
    pub monotone_violations: Named<Decrease>,
    /// The cost–quality curve of the threshold router, by network.
    #[serde(default)]
    pub threshold_curve: Named<Vec<RouterPoint>>,
}

/// Weir's world.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Weir {
    /// What dialogues were like.
    pub scenario: Option<String>,
    /// How many of them each seed had.
    pub dialogues_per_seed: Option<u64>,
    /// By network, by policy.
    #[serde(default)]
    pub networks: Named<Named<Row>>,
    /// By budget.
    #[serde(default)]
    pub grid: Vec<Cell>,
    /// By policy, where a larger budget was worth least.
    #[serde(default)]
    pub monotone_violations: Named<Decrease>,
    /// By policy, from one setting to the next.
    #[serde(default)]
    pub cost_quality: Named<Vec<Setting>>,
    /// By policy.
    #[serde(default)]
    pub routing: Named<Routing>,
    /// What happens without parts of the method.
    #[serde(default)]
    pub ablations: Vec<Ablation>,
    /// How large the training runs of those were.
    pub ablation_size: Option<Size>,
    /// What happens in a scenario that was not trained on.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
    /// How large the training runs of those were.
    pub left_out_size: Option<Size>,
    /// Over-budget dialogues where the network is noisy.
    pub noise: Option<Noise>,
    /// What is done without a network.
    pub offline: Option<Offline>,
    /// What is done as the uplink falls.
    #[serde(default)]
    pub uplink: Vec<Uplink>,
    /// Where the best is known.
    #[serde(default)]
    pub known_truth: Vec<Known>,
}

/// Scenarios of several sizes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Scaling {
    /// By name.
    pub packs: Named<PackRows>,
}

/// One size.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct PackRows {
    /// Inputs that can be attached.
    pub modalities: u32,
    /// Kinds of turns.
    pub tasks: u32,
    /// Turns of the longest dialogue.
    pub turns: u32,
    /// By policy.
    pub policies: Named<Row>,
}

/// `evaluation.json` of a trained policy.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Training {
    /// In the world that surprises.
    pub noisy: Vec<Judged>,
    /// In the world that does not.
    pub deterministic: Vec<Judged>,
    /// Rewards of validation dialogues.
    pub curve: Vec<Validation>,
}

/// A policy on one network.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Row {
    /// Mean reward of a turn.
    pub reward: f64,
    /// Its 95 % interval.
    pub reward_ci: Interval,
    /// The reward less that of greedy with the mask, paired.
    pub above_greedy_mask: Option<f64>,
    /// Its interval.
    pub above_greedy_mask_ci: Option<Interval>,
    /// The reward of Weir's policy less this one, paired.
    pub behind_weir: Option<f64>,
    /// Its interval.
    pub behind_weir_ci: Option<Interval>,
    /// The reward with 0 from the turn on that breaks the budget.
    pub in_budget_reward: f64,
    /// Share of dialogues that end over their budget.
    pub over_budget_rate: Share,
    /// Mean of how far dialogues end over their budget, as a share of it.
    pub mean_excess: Option<f64>,
    /// Its 95th percentile.
    pub p95_excess: f64,
    /// Mean response score.
    pub response: f64,
    /// Seconds of a dialogue.
    pub latency_s: f64,
    /// Dollars of a dialogue.
    pub usage_usd: f64,
    /// Where the reward stands between always-local (0) and the oracle (1); none where these meet.
    pub gap_share: Option<f64>,
    /// Share of the commonest action.
    pub max_action_share: Share,
    /// Share of turns answered in the cloud.
    pub cloud_share: Option<Share>,
    /// Uploads of a turn.
    pub uploads: Option<f64>,
}

/// A policy's training.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Curve {
    /// Environment steps.
    pub steps: u64,
    /// Of them in a second, learning included.
    pub steps_per_second: f64,
    /// Steps and mean reward.
    pub curve: Vec<[f64; 2]>,
}

/// What one step is worth at logged turns, estimated doubly robustly and by normalised importance.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Logged {
    /// Doubly robust.
    pub dr: f64,
    /// Its interval.
    pub dr_ci: Interval,
    /// Self-normalised importance sampling; none if no turn was answered as the policy would.
    pub snips: Option<f64>,
    /// Its interval.
    pub snips_ci: Option<Interval>,
    /// Doubly robust with scores clipped at 2.
    pub dr_clipped: Option<f64>,
    /// Its interval.
    pub dr_clipped_ci: Option<Interval>,
}

/// A budget of a dialogue with what policies make of it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Cell {
    /// Limit on waiting.
    pub seconds: f64,
    /// Limit on money.
    pub usd: f64,
    /// Share of dialogues that can be finished on the device within both.
    pub feasible_share: Option<Share>,
    /// By policy.
    pub policies: Named<InCell>,
}

/// The step to the next larger limit, the other one kept, that was worth least.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Decrease {
    /// The reward before the step less that after it; negative if even this was worth something.
    pub largest_decrease: f64,
    /// Its interval, paired.
    pub ci: Interval,
    /// Steps in all.
    pub steps: u32,
    /// Steps whose interval lies above 0.
    pub significant: u32,
}

/// A policy under one budget.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct InCell {
    /// Mean reward of a turn.
    pub reward: f64,
    /// Its interval.
    pub reward_ci: Interval,
    /// Share of dialogues that end over their budget, of those that can be kept within it.
    pub over_budget_rate: Share,
    /// What was done.
    pub shares: Option<Mix>,
}

/// Shares of actions.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Mix {
    /// Local.
    pub local: Share,
    /// Cloud with the text alone.
    pub text: Share,
    /// Cloud with some of what is attached.
    pub some: Share,
    /// Cloud with all of it.
    pub all: Share,
}

/// A point of a cost–quality curve.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Setting {
    /// What was set.
    pub setting: Option<f64>,
    /// Share of turns answered in the cloud.
    pub cloud_share: Share,
    /// Mean response score.
    pub response: f64,
    /// Dollars of a dialogue.
    pub usd: f64,
}

/// A point of the threshold router's curve in TMO's simulator.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct RouterPoint {
    /// Mean response score.
    pub response: f64,
    /// Dollars of a dialogue.
    pub usage_usd: f64,
}

/// A cost–quality curve in few numbers (RouteLLM).
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Routing {
    /// Average performance gap recovered.
    pub apgr: Option<f64>,
    /// Share of cloud calls that recovers half of the gap.
    pub cpt_50: Option<f64>,
    /// Share that recovers four fifths.
    pub cpt_80: Option<f64>,
    /// Quality as a share of that of always-cloud.
    pub cloud_quality_share: Option<f64>,
}

/// The method without one part.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Ablation {
    /// Which part; `none` is the whole method.
    pub name: String,
    /// Mean reward of a turn.
    pub reward: f64,
    /// Its interval.
    pub reward_ci: Interval,
    /// The reward less that of the whole method.
    pub change: f64,
    /// Its interval.
    pub change_ci: Interval,
    /// Share of dialogues that end over their budget.
    pub over_budget_rate: Share,
}

/// How large training runs were.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Size {
    /// Runs of each kind, by seeds from 1.
    pub seeds: u64,
    /// Environment steps of reinforcement learning.
    pub steps: u64,
    /// Environment steps of imitation before it.
    pub imitation_steps: u64,
    /// Dialogues that each run was judged on.
    pub dialogues: u64,
}

/// A scenario that a policy was not trained on.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct LeftOut {
    /// The scenario.
    pub scenario: String,
    /// By policy.
    pub policies: Named<Reward>,
}

/// A reward.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Reward {
    /// Mean of a turn.
    pub reward: f64,
    /// Its interval.
    pub reward_ci: Interval,
}

/// Dialogues on noisy networks.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Noise {
    /// Share of them that may end over their budget.
    pub risk: Share,
    /// Share that does.
    pub over_budget_rate: Share,
    /// How many there were.
    pub dialogues: u64,
    /// The share by network.
    #[serde(default)]
    pub by_network: Named<Share>,
}

/// Turns without a network.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Offline {
    /// How many.
    pub turns: u64,
    /// Probability of a local answer.
    pub local_share: Share,
    /// The least of all turns.
    pub least_probability: Option<Share>,
}

/// What is done at one uplink.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Uplink {
    /// Megabits per second.
    pub up_mbps: f64,
    /// Mean probability of an upload in a turn that has something attached.
    pub upload_probability: Option<Share>,
    /// Share of those turns that upload something.
    pub upload_share: Share,
    /// Share of those turns in the cloud.
    pub cloud_share: Share,
    /// The interval of how much more is uploaded than on the next faster uplink, paired.
    pub change_ci: Option<Interval>,
}

/// A policy where the best value is known.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Known {
    /// The policy.
    pub policy: String,
    /// What it earns.
    pub value: f64,
    /// How much less than the best that is.
    pub gap_to_best: f64,
    /// The interval of that.
    pub ci: Option<Interval>,
}

/// A policy in `evaluation.json`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Judged {
    /// Its name.
    pub policy: String,
    /// Reward of a turn.
    pub reward: Mean,
    /// Mean response score.
    pub score: f64,
    /// Seconds of a dialogue.
    pub seconds: f64,
    /// Dollars of a dialogue.
    pub usd: f64,
    /// Share of turns in the cloud.
    pub cloud: Share,
    /// Uploads of a turn.
    pub uploads: f64,
    /// Share of dialogues that end over their budget.
    pub over_budget_rate: Share,
}

/// A validation during training.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Validation {
    /// Environment steps so far.
    pub steps: u64,
    /// Mean reward of a turn.
    pub reward: f64,
}
