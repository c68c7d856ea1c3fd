//! `weir-lab eval --suite tmo`: trains what is to be trained, then judges everything on the same
//! dialogues.

use std::{
    fmt::Write as _,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use indicatif::ProgressBar;
use weir_policy::TrainedPolicy;

use super::{
    costs::Network,
    grid::Played,
    learned::{Method, OnNetworks, Training},
    logged::Row as Logged,
    planner::Planner,
    practice::{AHEAD, Practice},
    routers::{
        agent::{Adviser, Agent},
        routers,
    },
    simulator::{Simulator, SimulatorError},
    suite::{AGENT, Named, PLANNER, Report, Results, WEIR, untrained},
    world::Trained,
};
use crate::{language_model::ModelError, train::TrainError};

/// What is to be judged.
#[derive(Clone, Debug)]
pub struct TmoRequest {
    /// The command that asks for this, for the file.
    pub command: String,
    /// TMO's dataset.
    pub dataset: PathBuf,
    /// Its splits.
    pub splits: PathBuf,
    /// Which of them.
    pub seeds: Vec<u64>,
    /// Environment steps of each of TMO's policies; none to train none, nor Weir's.
    pub training: Option<u64>,
    /// Whether to judge other budgets too.
    pub grid: bool,
    /// A GGUF file whose language model is judged as a policy too.
    pub agent: Option<PathBuf>,
}

/// Why nothing was judged.
#[derive(Debug, thiserror::Error)]
pub enum TmoError {
    /// The dataset or the splits were refused.
    #[error(transparent)]
    Simulator(#[from] SimulatorError),
    /// The language model could not be run.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// Weir's policy could not be trained.
    #[error(transparent)]
    Training(#[from] TrainError),
}

/// The policies of one seed, and how those that were trained were.
#[derive(Debug, Default)]
struct Contestants {
    policies: Vec<Named>,
    training: Vec<(&'static str, Training)>,
}

/// Trains and judges.
///
/// # Errors
/// [`TmoError`].
pub fn judge(request: &TmoRequest, bar: &ProgressBar) -> Result<Report, TmoError> {
    let simulators = Simulator::read(&request.dataset, &request.splits, &request.seeds)?;
    let simulators: Vec<_> = request.seeds.iter().copied().zip(simulators).collect();
    let adviser = request.agent.as_deref().map(Adviser::open).transpose()?;
    let adviser = adviser.map(|adviser| Arc::new(Mutex::new(adviser)));
    let contestants = contestants(&simulators, request.training, bar)?;
    let mut results = Results::default();
    let mut grid = request.grid.then(Played::default);
    for ((seed, simulator), mut contestants) in simulators.iter().zip(contestants) {
        if let Some(adviser) = &adviser {
            let agent = Agent::new(adviser.clone(), simulator.questions.clone());
            contestants.policies.push((AGENT.into(), Box::new(agent)));
        }
        for (name, training) in contestants.training {
            results.trained(name, training);
        }
        let mut policies = contestants.policies;
        let under_budgets = grid.as_ref().map_or(0, |_| Played::plays(&policies));
        let plays = Network::ALL.len() * policies.len() + under_budgets;
        bar.set_length((simulators.len() * plays) as u64);
        bar.set_message(format!("judging on seed {seed}"));
        results.add(*seed, simulator, &mut policies, bar);
        if let Some(grid) = &mut grid {
            bar.set_message(format!("budgets, seed {seed}"));
            grid.add(simulator, &mut policies, bar);
        }
    }
    let summary = |adviser: Arc<Mutex<Adviser>>| {
        let adviser = adviser.lock().unwrap_or_else(PoisonError::into_inner);
        adviser.summary()
    };
    Ok(Report {
        agent: adviser.map(summary),
        grid: grid.map(|played| played.grid()),
        ..results.report(&request.command)
    })
}

/// The policies of all seeds. Seeds have nothing to do with one another, so as many are worked on at
/// a time as there are cores.
fn contestants(
    simulators: &[(u64, Simulator)],
    training: Option<u64>,
    bar: &ProgressBar,
) -> Result<Vec<Contestants>, TmoError> {
    let learned = Network::ALL.len() as u64 * Method::ALL.len() as u64;
    let steps = training.map_or(0, |steps| learned * steps + Practice::PROGRESS);
    bar.set_length(simulators.len() as u64 * steps);
    bar.set_message("training");
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some((seed, simulator)) = simulators.get(place) else {
                return done;
            };
            done.push((place, seed_contestants(simulator, *seed, training, bar)));
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut done: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for worker in workers {
            match worker.join() {
                Ok(others) => done.extend(others),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    bar.reset();
    done.sort_by_key(|(place, _)| *place);
    done.into_iter()
        .map(|(_, contestants)| contestants)
        .collect()
}

fn seed_contestants(
    simulator: &Simulator,
    seed: u64,
    training: Option<u64>,
    bar: &ProgressBar,
) -> Result<Contestants, TmoError> {
    let mut all = Contestants {
        policies: untrained(simulator, seed),
        training: Vec::new(),
    };
    all.policies.extend(routers(simulator, seed));
    let planner = Planner::new(simulator, AHEAD);
    all.policies.push((PLANNER.into(), Box::new(planner)));
    let Some(steps) = training else {
        return Ok(all);
    };
    for method in Method::ALL {
        let name = method.name();
        let mut policies = OnNetworks::default();
        for network in Network::ALL {
            let trained = method.train(simulator, network, seed, steps);
            all.training.push((name, Training::of(&trained)));
            policies.add(network, trained.policy);
            bar.inc(steps);
        }
        all.policies.push((name.into(), Box::new(policies)));
    }
    let practice = Practice::new(simulator, seed);
    let (trained, training) = practice.train(bar)?;
    all.training.push((WEIR, training));
    let policy = Trained(TrainedPolicy::new(trained));
    all.policies.push((WEIR.into(), Box::new(policy)));
    Ok(all)
}

/// What is printed of a report: the best policies first, then how quickly they were trained.
#[must_use]
pub fn table(report: &Report) -> String {
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
    if !report.training.is_empty() {
        let heads = ("training", "steps", "seconds", "steps a second");
        let _ = writeln!(
            text,
            "{:18} {:>7} {:>9} {:>16}",
            heads.0, heads.1, heads.2, heads.3
        );
    }
    for (policy, training) in &report.training {
        let _ = writeln!(
            text,
            "  {policy:16} {:7} {:9.2} {:16.0}",
            training.steps, training.seconds_per_run, training.steps_per_second
        );
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
