//! Domains that a policy was not trained in: trained on two, judged on the third.
//!
//! Beside it stands a policy of the same size trained on all three, so that what is lost is what was
//! never seen, and not what a small training run lacks.

use std::{collections::BTreeMap, sync::Arc};

use indicatif::ProgressBar;
use serde::Serialize;

use super::{
    contest::{Contest, Runs},
    policies::{GREEDY_MASK, PLANNER, Policy},
    rows::difference,
    training::{Size, trained},
};
use crate::{
    checks::LocalQuality,
    draws::Draws,
    planner::Planner,
    policies::Chooser,
    resampling::{mean, nested::Resamples, numbers},
    scenario::{ScenarioError, find},
    train::{School, TrainError},
    world::{Noise, Scenario, World},
};

/// What policies made of a domain that one of them never saw.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeftOut {
    /// The domain.
    pub scenario: String,
    /// By name.
    pub policies: BTreeMap<&'static str, DomainRow>,
}

/// One policy in one domain.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DomainRow {
    /// Mean reward of a turn.
    pub reward: f64,
    /// Its 95 % interval, over training seeds and dialogues.
    pub reward_ci: [f64; 2],
    /// The reward of the policy trained on all domains less this one, dialogue by dialogue.
    pub behind_all: f64,
    /// Its 95 % interval.
    pub behind_all_ci: [f64; 2],
    /// Share of dialogues that end over a limit.
    pub over_budget_rate: f64,
}

/// The domains.
pub const DOMAINS: [&str; 3] = ["kitchen", "workshop", "travel"];
const ON_ALL: &str = "trained_on_all";
const WITHOUT_IT: &str = "trained_without_it";

/// Dialogues of several scenarios, each as likely.
#[derive(Clone, Debug)]
struct Mixture(Vec<Arc<Scenario>>);

/// A school of dialogues of all of `scenarios`, each as likely; there is at least one.
#[must_use]
pub fn mixture(scenarios: Vec<Arc<Scenario>>) -> impl School<World = World> {
    Mixture(scenarios)
}

impl School for Mixture {
    type World = World;
    type Teacher = Planner;

    fn name(&self) -> String {
        let names: Vec<&str> = self.0.iter().map(|one| one.pack.name()).collect();
        names.join(" and ")
    }

    fn world(&self, seed: u64) -> World {
        let place = Draws::of(seed, 33).below(self.0.len());
        World::new(self.0[place].clone(), seed)
    }

    fn teacher(&self, world: &World, seed: u64) -> Planner {
        Planner::new(world, seed)
    }

    fn worths(&self, teacher: &Planner, world: &World) -> Vec<f32> {
        self.0[0].worths(teacher, world)
    }
}

/// The scenarios of [`DOMAINS`], where the world surprises.
///
/// # Errors
/// [`ScenarioError`] if a shipped file is damaged.
pub fn scenarios(local: &LocalQuality) -> Result<Vec<Arc<Scenario>>, ScenarioError> {
    let open = |name: &str| Ok(Arc::new(Scenario::new(find(name)?, local, Noise::Full)));
    DOMAINS.into_iter().map(open).collect()
}

/// Environment steps and dialogues of [`leave_out`].
#[must_use]
pub const fn work(size: Size) -> u64 {
    let domains = DOMAINS.len() as u64;
    let trained = (1 + domains) * size.each();
    size.seeds * (trained + 4 * domains * size.dialogues)
}

/// Trains on all of `scenarios` and without each, and judges each on what was left out.
///
/// # Errors
/// [`TrainError`] if the weights of a run cease to be numbers.
pub fn leave_out(
    scenarios: &[Arc<Scenario>],
    size: Size,
    progress: &ProgressBar,
) -> Result<Vec<LeftOut>, TrainError> {
    let mut played = vec![BTreeMap::<&'static str, Runs>::new(); scenarios.len()];
    for seed in 1..=size.seeds {
        let train = |school: Mixture| {
            progress.set_message(format!("training on {}", school.name()));
            trained(&school, &size.settings(seed), progress)
        };
        let on_all = train(Mixture(scenarios.to_vec()))?;
        for (place, (scenario, played)) in scenarios.iter().zip(&mut played).enumerate() {
            let mut others = scenarios.to_vec();
            others.remove(place);
            let without = train(Mixture(others))?;
            let contest = Contest {
                scenario: scenario.clone(),
                seeds: &[seed],
                dialogues: size.dialogues,
            };
            let policies: [(&'static str, Chooser<'_>); 4] = [
                (ON_ALL, Chooser::Trained(&on_all)),
                (WITHOUT_IT, Chooser::Trained(&without)),
                (GREEDY_MASK, Chooser::Greedy),
                (PLANNER, Chooser::Planner(None)),
            ];
            for (name, mut policy) in policies {
                let policy: &mut dyn Policy = &mut policy;
                let runs = contest.runs(policy, progress, |_| ());
                played.entry(name).or_default().extend(runs);
            }
        }
    }
    let resamples = Resamples::draw(&vec![size.dialogues as usize; size.seeds as usize], 1);
    let tell = |(scenario, played): (&Arc<Scenario>, &BTreeMap<&'static str, Runs>)| {
        let on_all = played.get(ON_ALL)?;
        let row =
            |(name, runs): (&&'static str, &Runs)| (*name, DomainRow::of(runs, on_all, &resamples));
        Some(LeftOut {
            scenario: scenario.pack.name().into(),
            policies: played.iter().map(row).collect(),
        })
    };
    Ok(scenarios.iter().zip(&played).filter_map(tell).collect())
}

impl DomainRow {
    fn of(runs: &Runs, on_all: &Runs, resamples: &Resamples) -> Self {
        let rewards = numbers(runs, |played| played.reward);
        let behind = difference(on_all, runs);
        Self {
            reward: mean(&rewards),
            reward_ci: resamples.interval(&rewards),
            behind_all: mean(&behind),
            behind_all_ci: resamples.interval(&behind),
            over_budget_rate: mean(&numbers(runs, |played| f64::from(played.excess > 0.0))),
        }
    }
}
