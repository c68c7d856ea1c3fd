//! What the command line does: read everything, work, and write everything at the end.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use burn::module::Module;
use indicatif::{ProgressBar, ProgressStyle};
use weir_core::Task;
use weir_policy::{
    DecideError, Decisions, PolicySpec, TrainedPolicy,
    features::{self, ACTION, STATE},
    policy::BURN,
};

use crate::{
    card,
    checks::{self, CheckError, LocalQuality, QualityError},
    dataset::{Dataset, DatasetError},
    decisions,
    draws::Draws,
    evaluate::{self, Row},
    language_model::{LanguageModel, ModelError},
    output::{self, Place, WriteError, json},
    policies::Chooser,
    probe::{self, TrainError},
    scenario::{self, Pack, ScenarioError},
    train::{self, Settings, Trained},
    world::{Noise, Scenario},
};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The dataset was refused.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The scenario was refused.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// Training failed.
    #[error(transparent)]
    Training(#[from] train::TrainError),
    /// The probe could not be trained.
    #[error(transparent)]
    Probe(#[from] TrainError),
    /// The language model could not be run.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The checks are damaged.
    #[error(transparent)]
    Checks(#[from] CheckError),
    /// The measurement of the local model cannot be read.
    #[error(transparent)]
    Local(#[from] QualityError),
    /// The trained policy cannot decide.
    #[error(transparent)]
    Decide(#[from] DecideError),
    /// The weights could not be put into a file.
    #[error("the weights could not be packed: {0}")]
    Weights(#[from] burn::store::RecordError),
    /// A description could not be put into a file.
    #[error("a result could not be described: {0}")]
    Json(#[from] serde_json::Error),
    /// A file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// What `weir-lab train` was asked for.
#[derive(Clone, Debug)]
pub struct TrainRequest {
    /// Seed of the run.
    pub seed: u64,
    /// Environment steps of reinforcement learning.
    pub steps: u64,
    /// Environment steps of imitation.
    pub imitation_steps: u64,
    /// Hidden size of the network.
    pub hidden: usize,
    /// Dialogues that policies are judged on.
    pub dialogues: u64,
    /// Name or file of the scenario.
    pub scenario: String,
    /// Dataset to take the kitchen's statistics from; in place of `scenario`.
    pub dataset: Option<PathBuf>,
    /// Measurement of the local model; the shipped one if none is given.
    pub local: Option<PathBuf>,
    /// Folder to write to.
    pub out: PathBuf,
}

/// What `weir-lab probe train` was asked for.
#[derive(Clone, Debug)]
pub struct ProbeRequest {
    /// The language model.
    pub model: PathBuf,
    /// Seed of the split.
    pub seed: u64,
    /// Folder to write to.
    pub out: PathBuf,
}

/// Trains a policy, judges it, writes `out`; returns what to print.
///
/// # Errors
/// [`CommandError`]; nothing is written then.
pub fn train(request: &TrainRequest) -> Result<String, CommandError> {
    let pack = pack(request)?;
    let local = match &request.local {
        Some(file) => LocalQuality::read(file)?,
        None => LocalQuality::shipped()?,
    };
    let noisy = Arc::new(Scenario::new(pack, &local, Noise::Full));
    let calm = Arc::new(noisy.with_noise(Noise::None));
    let settings = Settings {
        seed: request.seed,
        steps: request.steps,
        imitation_steps: request.imitation_steps,
        hidden: request.hidden,
        validation: (request.dialogues / 4).clamp(20, 1000),
    };
    let began = Instant::now();
    let unfinished = Place::new(&request.out)?.beside(".training");
    let bar = progress();
    bar.set_length(settings.progress());
    let (Trained { network, curve }, kept) =
        train::train_kept(&settings, &noisy, &bar, &unfinished)?;
    let training_seconds = began.elapsed().as_secs();
    let policy = TrainedPolicy::new(network.clone());
    let judged = Judged {
        noisy: judge(&policy, &noisy, request),
        deterministic: judge(&policy, &calm, request),
        curve,
        training_seconds,
    };
    let spec = PolicySpec {
        features: features::VERSION,
        state: STATE,
        action: ACTION,
        hidden: request.hidden,
        burn: BURN.into(),
        scenario: noisy.pack.name().into(),
        seed: request.seed,
        steps: request.steps,
    };
    let table = card::table(&judged.noisy);
    let decided = Decisions::of(&policy, &noisy.response)?;
    output::write(
        &request.out,
        &[
            ("policy.bpk", network.into_record().into_bytes()?.to_vec()),
            ("policy.json", json(&spec)?),
            ("response.json", json(&noisy.response)?),
            (decisions::FILE, decided.to_string().into_bytes()),
            ("evaluation.json", json(&judged)?),
            (
                "README.md",
                card::policy(request, &spec, &noisy, &local, &judged).into_bytes(),
            ),
        ],
    )?;
    kept.remove();
    Ok(format!("{table}\nwritten to {}\n", request.out.display()))
}

/// Trains a probe, writes `out`; returns what to print.
///
/// # Errors
/// [`CommandError`]; nothing is written then.
pub fn train_probe(request: &ProbeRequest) -> Result<String, CommandError> {
    let trained = probe::train(&request.model, request.seed, &progress())?;
    let probe = serde_json::to_vec(&trained.probe)?;
    let card = card::probe(request, &trained, probe.len());
    output::write(
        &request.out,
        &[("probe.json", probe), ("README.md", card.into_bytes())],
    )?;
    Ok(format!(
        "{} of {} held-out prompts right (layer {})\nwritten to {}\n",
        trained.report.right(),
        trained.report.total(),
        trained.probe.layer,
        request.out.display()
    ))
}

/// Lets the model in `file` answer the checks, writes what that shows to `out`; returns what to
/// print.
///
/// # Errors
/// [`CommandError`]; nothing is written then.
pub fn measure_local(file: &Path, out: &Path) -> Result<String, CommandError> {
    let checks = checks::shipped()?;
    let mut model = LanguageModel::open(file)?;
    let measured = checks::measure(&checks, &mut model, &progress())?;
    let quality = &measured.quality;
    let kitchen = Scenario::new(scenario::find(scenario::DEFAULT)?, quality, Noise::None);
    let response = kitchen.response;
    output::write(
        out,
        &[
            ("local.json", json(quality)?),
            ("local_replies.tsv", measured.table(&checks).into_bytes()),
            ("LOCAL.md", checks::card(quality, &response).into_bytes()),
        ],
    )?;
    let tables = checks::tables(quality, &response);
    Ok(format!("{tables}\nwritten to {}\n", out.display()))
}

/// The scenario that was asked for; a dataset takes the place of the kitchen's statistics.
fn pack(request: &TrainRequest) -> Result<Pack, CommandError> {
    let Some(file) = &request.dataset else {
        return Ok(scenario::find(&request.scenario)?);
    };
    let statistics = Dataset::read(file)?.statistics();
    Ok(scenario::find(scenario::DEFAULT)?.with_statistics(&statistics))
}

/// What is known of a trained policy.
#[derive(Debug, serde::Serialize)]
pub struct Judged {
    /// Rewards in the world that surprises.
    pub noisy: Vec<Row>,
    /// Rewards in the world that does not.
    pub deterministic: Vec<Row>,
    /// The learning curve.
    pub curve: Vec<train::Point>,
    /// Seconds that training took.
    #[serde(skip)]
    pub training_seconds: u64,
}

fn judge(policy: &TrainedPolicy, scenario: &Arc<Scenario>, request: &TrainRequest) -> Vec<Row> {
    let choosers = [
        Chooser::Trained(policy),
        Chooser::Planner(None),
        Chooser::Greedy,
        Chooser::Local,
        Chooser::CloudText,
        Chooser::CloudAll,
        Chooser::Random(Draws::new(request.seed)),
        Chooser::UnmaskedCloudAll,
    ];
    let bar = progress();
    bar.set_length(request.dialogues * choosers.len() as u64);
    let played: Vec<_> = choosers
        .into_iter()
        .map(|mut chooser| {
            bar.set_message(format!("judging {}", chooser.name()));
            let seeds = train::test_dialogues(request.seed, request.dialogues);
            (
                chooser.name(),
                evaluate::play(scenario, &mut chooser, seeds, &bar),
            )
        })
        .collect();
    bar.finish_and_clear();
    evaluate::rows(&played, request.seed)
}

/// Names of the tasks, as people read them.
#[must_use]
pub const fn task_name(task: Task) -> &'static str {
    match task {
        Task::Assistive => "assistive",
        Task::Recommendation => "recommendation",
        Task::Query => "query",
        Task::MessageEditing => "message editing",
        Task::Other => "other",
    }
}

pub(crate) fn progress() -> ProgressBar {
    let template = "{msg:24} {bar:30} {percent:>3}%  {per_sec}, {eta} left  {prefix}";
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}
