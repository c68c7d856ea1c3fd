//! What is said about one policy.

use std::collections::BTreeMap;

use serde::Serialize;
use weir_core::Action;

use super::{
    contest::{Played, Runs},
    policies::{LOCAL, PLANNER, WEIR},
};
use crate::resampling::{less, mean, nested::Resamples, numbers, percentile_95};

/// One policy on one kind of dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Mean reward of a turn, over dialogues and then seeds.
    pub reward: f64,
    /// Its 95 % interval, from resampled seeds and dialogues, the same for all policies.
    pub reward_ci: [f64; 2],
    /// The reward of `weir` less this one, dialogue by dialogue.
    pub behind_weir: f64,
    /// Its 95 % interval.
    pub behind_weir_ci: [f64; 2],
    /// The reward, with 0 from the turn on that breaks a limit.
    pub in_budget_reward: f64,
    /// Share of dialogues that end over a limit.
    pub over_budget_rate: f64,
    /// How far dialogues end over a limit, as a share of it: the mean of all.
    pub mean_excess: f64,
    /// The same: the 95th percentile of all.
    pub p95_excess: f64,
    /// Mean response score.
    pub response: f64,
    /// Seconds of a dialogue.
    pub latency_s: f64,
    /// Dollars of a dialogue.
    pub usage_usd: f64,
    /// In-budget reward over that of always-local, as a share of what the planner's is; 1 where
    /// there is nothing to gain.
    pub gap_share: f64,
    /// Share of its commonest action in the seed where that is highest: 1 is a constant policy.
    pub max_action_share: f64,
    /// Share of turns answered in the cloud.
    pub cloud_share: f64,
    /// Uploads per turn.
    pub uploads: f64,
}

/// The runs that every row is compared with.
#[derive(Clone, Copy, Debug)]
struct Yardsticks<'a> {
    weir: &'a Runs,
    local: &'a Runs,
    planner: &'a Runs,
}

/// A row for each policy; none if one that all are compared with is missing.
#[must_use]
pub fn rows(
    runs: &BTreeMap<&'static str, Runs>,
    resamples: &Resamples,
) -> BTreeMap<&'static str, Row> {
    let yardsticks = || {
        Some(Yardsticks {
            weir: runs.get(WEIR)?,
            local: runs.get(LOCAL)?,
            planner: runs.get(PLANNER)?,
        })
    };
    let Some(yardsticks) = yardsticks() else {
        return BTreeMap::new();
    };
    let row = |runs| Row::of(runs, yardsticks, resamples);
    runs.iter().map(|(name, runs)| (*name, row(runs))).collect()
}

impl Row {
    fn of(runs: &Runs, yardsticks: Yardsticks<'_>, resamples: &Resamples) -> Self {
        let of = |number: &dyn Fn(&Played) -> f64| mean(&numbers(runs, number));
        let in_budget = |runs: &Runs| mean(&numbers(runs, |played| played.in_budget_reward));
        let rewards = numbers(runs, |played| played.reward);
        let behind = difference(yardsticks.weir, runs);
        let (low, high) = (in_budget(yardsticks.local), in_budget(yardsticks.planner));
        let excess = numbers(runs, |played| played.excess);
        Self {
            reward: mean(&rewards),
            reward_ci: resamples.interval(&rewards),
            behind_weir: mean(&behind),
            behind_weir_ci: resamples.interval(&behind),
            in_budget_reward: in_budget(runs),
            over_budget_rate: of(&|played| f64::from(played.excess > 0.0)),
            mean_excess: mean(&excess),
            p95_excess: percentile_95(excess.into_iter().flatten().collect()),
            response: of(&|played| played.response),
            latency_s: of(&|played| played.seconds),
            usage_usd: of(&|played| played.usd),
            gap_share: if high > low {
                (in_budget(runs) - low) / (high - low)
            } else {
                1.0
            },
            max_action_share: runs.iter().map(|run| commonest(run)).fold(0.0, f64::max),
            cloud_share: of(&|played| played.share(|taken| taken.action.is_cloud())),
            uploads: of(&|played| {
                let uploads = played
                    .taken
                    .iter()
                    .map(|taken| taken.action.uploads().len());
                uploads.sum::<usize>() as f64 / played.taken.len() as f64
            }),
        }
    }
}

/// The rewards of `runs` less those of `others`, dialogue by dialogue.
pub(super) fn difference(runs: &Runs, others: &Runs) -> Vec<Vec<f64>> {
    let rewards = |runs| numbers(runs, |played: &Played| played.reward);
    less(&rewards(runs), &rewards(others))
}

/// Share of the commonest action.
fn commonest(run: &[Played]) -> f64 {
    let mut counts: BTreeMap<Action, usize> = BTreeMap::new();
    for taken in run.iter().flat_map(|played| &played.taken) {
        *counts.entry(taken.action).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or(0);
    most as f64 / counts.values().sum::<usize>().max(1) as f64
}
