//! What each part of the method is worth: the method without it, trained and judged the same way. Only
//! the mask is left out where the policy is judged, not where it is trained: that shows what it keeps
//! the same policy from.
//!
//! Every variant is trained from the same seeds for the same number of environment steps, much fewer
//! than the shipped policy; the policy of a seed is judged on that seed's dialogues. What a variant
//! loses is compared with the whole method at that small size, never with the shipped policy.

use std::sync::Arc;

use indicatif::ProgressBar;
use serde::Serialize;
use weir_core::{Budget, Mask, Observation, mask::Rules};
use weir_policy::TrainedPolicy;

use super::{
    contest::{Contest, Runs},
    policies::Policy,
    rows::difference,
    training::{Size, trained},
};
use crate::{
    environment::Environment,
    policies::Chooser,
    resampling::{mean, nested::Resamples, numbers},
    train::{Settings, TrainError},
    world::{Scenario, Sense, World},
};

/// The method without one part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ablation {
    /// What is missing; `none` is the whole method.
    pub name: &'static str,
    /// Mean reward of a turn.
    pub reward: f64,
    /// Its 95 % interval, over training seeds and dialogues.
    pub reward_ci: [f64; 2],
    /// The reward less that of the whole method, dialogue by dialogue.
    pub change: f64,
    /// Its 95 % interval.
    pub change_ci: [f64; 2],
    /// Share of dialogues that end over a limit.
    pub over_budget_rate: f64,
}

/// Environment steps and dialogues of [`ablate`].
#[must_use]
pub const fn work(size: Size) -> u64 {
    let trained = 2 + Sense::ALL.len() as u64;
    size.seeds * (trained * (size.each() + size.dialogues) + size.dialogues)
}

/// Trains and judges the method in `scenario`, whole and without each part.
///
/// # Errors
/// [`TrainError`] if the weights of a run cease to be numbers.
pub fn ablate(
    scenario: &Arc<Scenario>,
    size: Size,
    progress: &ProgressBar,
) -> Result<Vec<Ablation>, TrainError> {
    let mut variants: Vec<(&'static str, Runs)> = Vec::new();
    let mut add = |name, played| match variants.iter_mut().find(|(other, _)| *other == name) {
        Some((_, runs)) => runs.push(played),
        None => variants.push((name, vec![played])),
    };
    for seed in 1..=size.seeds {
        let whole = size.settings(seed);
        let no_imitation = Settings {
            steps: whole.steps + whole.imitation_steps,
            imitation_steps: 0,
            ..whole.clone()
        };
        let train = |name: &str, settings: &Settings, scenario: &Arc<Scenario>| {
            progress.set_message(format!("without {name}, seed {seed}"));
            trained(scenario, settings, progress)
        };
        let judged = |policy: &mut dyn Policy, scenario: &Arc<Scenario>| {
            let contest = Contest {
                scenario: scenario.clone(),
                seeds: &[seed],
                dialogues: size.dialogues,
            };
            let runs = contest.runs(policy, progress, |_| ());
            runs.into_iter().flatten().collect()
        };
        let policy = train("nothing", &whole, scenario)?;
        add(WHOLE, judged(&mut Chooser::Trained(&policy), scenario));
        add("mask", judged(&mut Unmasked(&policy), scenario));
        let policy = train("imitation", &no_imitation, scenario)?;
        add(
            "imitation",
            judged(&mut Chooser::Trained(&policy), scenario),
        );
        for sense in Sense::ALL {
            let blind = Arc::new(scenario.without(sense));
            let policy = train(sense.name(), &whole, &blind)?;
            add(sense.name(), judged(&mut Chooser::Trained(&policy), &blind));
        }
    }
    Ok(compare(&variants, size))
}

/// The name of the whole method.
const WHOLE: &str = "none";

/// Each variant beside the first, which is whole.
fn compare(variants: &[(&'static str, Runs)], size: Size) -> Vec<Ablation> {
    let Some((_, whole)) = variants.first() else {
        return Vec::new();
    };
    let resamples = Resamples::draw(&vec![size.dialogues as usize; size.seeds as usize], 1);
    let tell = |(name, runs): &(&'static str, Runs)| {
        let rewards = numbers(runs, |played| played.reward);
        let changes = difference(runs, whole);
        let over = numbers(runs, |played| f64::from(played.excess > 0.0));
        Ablation {
            name,
            reward: mean(&rewards),
            reward_ci: resamples.interval(&rewards),
            change: mean(&changes),
            change_ci: resamples.interval(&changes),
            over_budget_rate: mean(&over),
        }
    };
    variants.iter().map(tell).collect()
}

/// A trained policy that no budget holds back; what cannot be done at all stays forbidden.
#[derive(Debug)]
struct Unmasked<'a>(&'a TrainedPolicy);

impl Policy for Unmasked<'_> {
    fn choose(&mut self, world: &World) -> usize {
        let observation = world.observation();
        let boundless = Observation {
            budget: Budget::UNLIMITED,
            ..observation.clone()
        };
        let mask = Mask::new(&boundless, &Rules::OPEN);
        let decided = self.0.decide(observation, &mask);
        decided.map_or(0, |choice| choice.index)
    }
}
