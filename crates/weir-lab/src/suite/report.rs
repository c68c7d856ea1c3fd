//! What the suites say, as their files have it.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use indicatif::ProgressBar;
use serde::Serialize;

use super::{
    ablations::{self, Ablation},
    contest::Contest,
    cost_quality::{self, CostQuality},
    domains::{self, LeftOut},
    grid::{self, Grid},
    kinds::Kind,
    known::{self, Truth},
    networks::{self, Compliance, Networks},
    physics::{self, Offline, Uplink},
    policies,
    scaling::{self, PackRows},
    training::{self, Size},
};
use crate::{
    checks::{LocalQuality, QualityError},
    output::VERSION,
    scenario::{DEFAULT, ScenarioError, find},
    shipped::{self, PolicyError},
    train::TrainError,
    world::{Noise, Scenario},
};

/// What a suite of the world was asked for.
#[derive(Clone, Debug)]
pub struct SuiteRequest {
    /// The command that asks for this, for the file.
    pub command: String,
    /// Folder of the policy.
    pub policy: PathBuf,
    /// Seeds of the dialogues.
    pub seeds: Vec<u64>,
    /// Dialogues of each seed.
    pub dialogues: u64,
    /// Whether to judge the grid of budgets too.
    pub grid: bool,
    /// Whether to train and judge the method without each of its parts, and how large.
    pub ablations: Option<Size>,
    /// Whether to train and judge without each domain, and how large.
    pub left_out: Option<Size>,
}

/// Why nothing was judged.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// The policy was refused.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A scenario was refused.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The measurement of the local model is damaged.
    #[error(transparent)]
    Local(#[from] QualityError),
    /// A training run failed.
    #[error(transparent)]
    Training(#[from] TrainError),
    /// Nothing to judge on.
    #[error("--dialogues is 0; each seed needs at least one")]
    NoDialogues,
}

/// What `weir-lab eval --suite weir` says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WeirReport {
    /// `weir`.
    pub suite: &'static str,
    /// What was asked for.
    pub command: String,
    /// The lab's.
    pub version: &'static str,
    /// The seeds.
    pub seeds: Vec<u64>,
    /// What dialogues are like.
    pub scenario: String,
    /// Dialogues of each seed and network.
    pub dialogues_per_seed: u64,
    /// By network, by policy.
    pub networks: Networks,
    /// How often limits are broken where the world surprises.
    pub noise: Compliance,
    /// What is done without a network.
    pub offline: Offline,
    /// What is done as the uplink gets worse.
    pub uplink: Vec<Uplink>,
    /// Quality over cloud calls.
    #[serde(flatten)]
    pub cost_quality: CostQuality,
    /// Values that are known exactly.
    pub known_truth: Vec<Truth>,
    /// Limits that nobody was trained with.
    #[serde(flatten)]
    pub grid: Option<Grid>,
    /// The method without each of its parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ablations: Option<Vec<Ablation>>,
    /// How large their training runs were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ablation_size: Option<Size>,
    /// Domains that a policy was not trained in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<Vec<LeftOut>>,
    /// How large those training runs were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out_size: Option<Size>,
}

/// What `weir-lab eval --suite scaling` says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScalingReport {
    /// `scaling`.
    pub suite: &'static str,
    /// What was asked for.
    pub command: String,
    /// The lab's.
    pub version: &'static str,
    /// The seeds.
    pub seeds: Vec<u64>,
    /// Dialogues of each seed and pack.
    pub dialogues_per_seed: u64,
    /// By pack.
    pub packs: BTreeMap<String, PackRows>,
}

/// Judges the policy in the world that it was trained for.
///
/// # Errors
/// [`SuiteError`] if the policy or a shipped file is refused.
pub fn weir(request: &SuiteRequest, progress: &ProgressBar) -> Result<WeirReport, SuiteError> {
    let (policy, local) = open(request)?;
    let noisy = Scenario::new(find(DEFAULT)?, &local, Noise::Full);
    let SuiteRequest {
        seeds, dialogues, ..
    } = request;
    let Contests {
        offline,
        uplink,
        routed,
        budgets,
    } = &Contests::of(&noisy, request);
    let mut named = policies::all(&policy);
    let played = (Kind::ALL.len() * named.len() + 1) as u64 * offline.size()
        + physics::UPLINKS.len() as u64 * uplink.size()
        + cost_quality::PASSES * routed.size()
        + known::PLAYED;
    let under_budgets = grid::PASSES * budgets.size();
    progress.set_length(
        played
            + if request.grid { under_budgets } else { 0 }
            + request
                .ablations
                .map_or(0, |size| ablations::work(size) + size.each())
            + request.left_out.map_or(0, domains::work),
    );
    let practise = |size: Size| {
        progress.set_message("training in the known world");
        training::trained(&known::school(), &size.settings(1), progress)
    };
    let practised = request.ablations.map(practise).transpose()?;
    let networks = networks::judge(&noisy, &mut named, (seeds, *dialogues), progress);
    Ok(WeirReport {
        suite: "weir",
        command: request.command.clone(),
        version: VERSION,
        seeds: seeds.clone(),
        scenario: DEFAULT.into(),
        dialogues_per_seed: *dialogues,
        noise: Compliance::of(&networks, offline.size()),
        networks,
        offline: physics::offline(offline, &policy, progress),
        uplink: physics::uplink(uplink, &policy, progress),
        cost_quality: cost_quality::curves(routed, &policy, progress),
        known_truth: known::truth(&policy, practised.as_ref(), progress),
        grid: request
            .grid
            .then(|| grid::budgets(budgets, &mut policies::of_budgets(&policy), progress)),
        ablations: request
            .ablations
            .map(|size| ablations::ablate(&Arc::new(noisy), size, progress))
            .transpose()?,
        ablation_size: request.ablations,
        left_out: match request.left_out {
            Some(size) => {
                let domains = domains::scenarios(&local)?;
                Some(domains::leave_out(&domains, size, progress)?)
            }
            None => None,
        },
        left_out_size: request.left_out,
    })
}

/// The dialogues of the parts of the suite `weir`.
struct Contests<'a> {
    offline: Contest<'a>,
    uplink: Contest<'a>,
    routed: Contest<'a>,
    budgets: Contest<'a>,
}

impl<'a> Contests<'a> {
    /// Half as many where each dialogue is answered many times.
    fn of(scenario: &Scenario, request: &'a SuiteRequest) -> Self {
        let of = |scenario, dialogues| Contest {
            scenario,
            seeds: &request.seeds,
            dialogues,
        };
        let (all, half) = (request.dialogues, request.dialogues.div_ceil(2));
        Self {
            offline: of(Kind::Offline.scenario(scenario), all),
            uplink: of(Kind::WiFi.scenario(scenario), all),
            routed: of(cost_quality::scenario(scenario), half),
            budgets: of(grid::scenario(scenario), half),
        }
    }
}

/// Judges the policy on TMO's scaling configurations.
///
/// # Errors
/// [`SuiteError`] if the policy or a shipped file is refused.
pub fn scaling(
    request: &SuiteRequest,
    progress: &ProgressBar,
) -> Result<ScalingReport, SuiteError> {
    let (policy, local) = open(request)?;
    let SuiteRequest {
        seeds, dialogues, ..
    } = request;
    let mut named = policies::all(&policy);
    let packs = scaling::packs()?;
    progress.set_length((packs.len() * named.len() * seeds.len()) as u64 * dialogues);
    Ok(ScalingReport {
        suite: "scaling",
        command: request.command.clone(),
        version: VERSION,
        seeds: seeds.clone(),
        dialogues_per_seed: *dialogues,
        packs: scaling::judge(packs, &local, &mut named, (seeds, *dialogues), progress),
    })
}

fn open(request: &SuiteRequest) -> Result<(weir_policy::TrainedPolicy, LocalQuality), SuiteError> {
    if request.dialogues == 0 {
        return Err(SuiteError::NoDialogues);
    }
    Ok((shipped::load(&request.policy)?, LocalQuality::shipped()?))
}
