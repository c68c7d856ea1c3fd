//! Judging policies: the same dialogues for all, intervals by bootstrap.

use std::sync::Arc;

use indicatif::ProgressBar;
use serde::Serialize;

use crate::{
    draws::Draws,
    environment::Environment,
    policies::Chooser,
    resampling::{RESAMPLES, ends},
    world::{Scenario, World},
};

/// What one policy made of one dialogue.
#[derive(Clone, Copy, Debug, Default)]
pub struct Played {
    /// Reward per turn.
    pub reward: f32,
    /// Mean response score.
    pub score: f32,
    /// Seconds waited.
    pub seconds: f32,
    /// Money spent.
    pub usd: f32,
    /// Share of turns answered in the cloud.
    pub cloud: f32,
    /// Uploads per turn.
    pub uploads: f32,
    /// Whether it ended over its budget.
    pub over_budget: bool,
    /// Which limits the dialogue had.
    pub limits: Limits,
}

/// Which limits a dialogue had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Limits {
    /// Neither money nor time.
    #[default]
    Neither,
    /// Money.
    Money,
    /// Time.
    Time,
    /// Money and time.
    Both,
}

impl Limits {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Neither, Self::Money, Self::Time, Self::Both];
}

/// A mean with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The mean.
    pub mean: f32,
    /// Lower end of the 95 % interval.
    pub low: f32,
    /// Upper end of the 95 % interval.
    pub high: f32,
}

/// What is said about one policy.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its name.
    pub policy: &'static str,
    /// Reward per turn.
    pub reward: Interval,
    /// The first row's reward less this one's, dialogue by dialogue.
    pub behind_first: Interval,
    /// Reward per turn by the limits that a dialogue had.
    pub reward_by_limits: Vec<(Limits, f32)>,
    /// Mean response score.
    pub score: f32,
    /// Seconds per dialogue.
    pub seconds: f32,
    /// USD per dialogue.
    pub usd: f32,
    /// Share of turns answered in the cloud.
    pub cloud: f32,
    /// Uploads per turn.
    pub uploads: f32,
    /// Share of dialogues that ended over their budget.
    pub over_budget_rate: f32,
}

/// Lets `chooser` answer the dialogues that `seeds` name.
pub fn play(
    scenario: &Arc<Scenario>,
    chooser: &mut Chooser<'_>,
    seeds: impl Iterator<Item = u64>,
    progress: &ProgressBar,
) -> Vec<Played> {
    seeds
        .map(|seed| {
            let mut world = World::new(scenario.clone(), seed);
            chooser.begin(&world, seed);
            let mut played = Played {
                limits: limits(&world),
                ..Played::default()
            };
            loop {
                let index = chooser.choose(&world);
                let action = world.observation().forecasts[index].action;
                let outcome = world.step(index);
                played.reward += outcome.reward;
                played.score += outcome.score;
                played.cloud += if action.is_cloud() { 1.0 } else { 0.0 };
                played.uploads += action.uploads().len() as f32;
                if outcome.done {
                    played.over_budget = outcome.over_budget;
                    break;
                }
            }
            let observation = world.observation();
            let turns = observation.turns_done as f32;
            played.reward /= turns;
            played.score /= turns;
            played.cloud /= turns;
            played.uploads /= turns;
            played.seconds = observation.committed.millis as f32 / 1e3;
            played.usd = observation.committed.usd.as_usd() as f32;
            progress.inc(1);
            played
        })
        .collect()
}

/// What to say about each policy; the first is the one that the others are compared with.
#[must_use]
pub fn rows(played: &[(&'static str, Vec<Played>)], seed: u64) -> Vec<Row> {
    let Some((_, first)) = played.first() else {
        return Vec::new();
    };
    played
        .iter()
        .map(|(policy, dialogues)| {
            let mean = |value: fn(&Played) -> f32| mean(dialogues.iter().map(value));
            let rewards: Vec<f32> = dialogues.iter().map(|played| played.reward).collect();
            let behind: Vec<f32> = first
                .iter()
                .zip(&rewards)
                .map(|(first, reward)| first.reward - reward)
                .collect();
            Row {
                policy,
                reward: bootstrap(&rewards, seed),
                behind_first: bootstrap(&behind, seed),
                reward_by_limits: Limits::ALL
                    .into_iter()
                    .map(|limits| (limits, of_limits(dialogues, limits)))
                    .collect(),
                score: mean(|played| played.score),
                seconds: mean(|played| played.seconds),
                usd: mean(|played| played.usd),
                cloud: mean(|played| played.cloud),
                uploads: mean(|played| played.uploads),
                over_budget_rate: mean(|played| if played.over_budget { 1.0 } else { 0.0 }),
            }
        })
        .collect()
}

/// Mean and 95 % percentile interval of `values`.
#[must_use]
pub fn bootstrap(values: &[f32], seed: u64) -> Interval {
    let draws = &mut Draws::of(seed, 3);
    let mut means: Vec<f32> = (0..RESAMPLES)
        .map(|_| mean((0..values.len()).map(|_| values[draws.below(values.len())])))
        .collect();
    means.sort_by(f32::total_cmp);
    let [low, high] = ends(RESAMPLES).map(|place| means[place]);
    Interval {
        mean: mean(values.iter().copied()),
        low,
        high,
    }
}

fn limits(world: &World) -> Limits {
    let budget = world.observation().budget;
    match (budget.usd.is_some(), budget.millis.is_some()) {
        (false, false) => Limits::Neither,
        (true, false) => Limits::Money,
        (false, true) => Limits::Time,
        (true, true) => Limits::Both,
    }
}

fn of_limits(dialogues: &[Played], limits: Limits) -> f32 {
    let chosen = dialogues.iter().filter(|played| played.limits == limits);
    mean(chosen.map(|played| played.reward))
}

fn mean(values: impl Iterator<Item = f32>) -> f32 {
    let (sum, count) = values.fold((0.0_f64, 0_u32), |(sum, count), value| {
        (sum + f64::from(value), count + 1)
    });
    (sum / f64::from(count.max(1))) as f32
}
