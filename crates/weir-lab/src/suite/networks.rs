//! Every policy on every network, and how often budgets were broken there.

use std::collections::BTreeMap;

use indicatif::ProgressBar;
use serde::Serialize;

use super::{
    contest::{Contest, Runs},
    kinds::Kind,
    policies::{Named, WEIR},
    rows::{Row, rows},
};
use crate::{resampling::nested::Resamples, world::Scenario};

/// By network, by policy.
pub type Networks = BTreeMap<Kind, BTreeMap<&'static str, Row>>;

/// How often `weir` ends over a limit where replies vary and round trips are late.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compliance {
    /// The rate that is promised.
    pub risk: f64,
    /// The rate that was measured, over all networks.
    pub over_budget_rate: f64,
    /// How far dialogues end over a limit, as a share of it: the mean of all.
    pub mean_excess: f64,
    /// Dialogues that were judged.
    pub dialogues: u64,
    /// The rate on each network.
    pub by_network: BTreeMap<Kind, f64>,
}

/// The share of dialogues that may end over a limit where the world surprises.
const RISK: f64 = 0.01;

/// Lets every policy answer the dialogues of `scenario` on each network.
pub fn judge(
    scenario: &Scenario,
    policies: &mut [Named<'_>],
    (seeds, dialogues): (&[u64], u64),
    progress: &ProgressBar,
) -> Networks {
    let on = |kind: Kind| {
        let contest = Contest {
            scenario: kind.scenario(scenario),
            seeds,
            dialogues,
        };
        progress.set_message(format!("judging on {}", kind.name()));
        (kind, table(&contest, policies, progress))
    };
    Kind::ALL.into_iter().map(on).collect()
}

/// A row for each policy on the dialogues of `contest`.
pub fn table(
    contest: &Contest<'_>,
    policies: &mut [Named<'_>],
    progress: &ProgressBar,
) -> BTreeMap<&'static str, Row> {
    let runs: BTreeMap<&'static str, Runs> = policies
        .iter_mut()
        .map(|(name, policy)| (*name, contest.runs(policy.as_mut(), progress, |_| ())))
        .collect();
    rows(&runs, &Resamples::draw(&contest.counts(), 1))
}

impl Compliance {
    /// Of rows that were each made of `dialogues` dialogues.
    #[must_use]
    pub fn of(networks: &Networks, dialogues: u64) -> Self {
        let weir = || {
            let rows = networks.iter();
            rows.filter_map(|(kind, rows)| Some((*kind, rows.get(WEIR)?)))
        };
        let count = weir().count() as u64;
        let mean = |number: fn(&Row) -> f64| {
            weir().map(|(_, row)| number(row)).sum::<f64>() / count.max(1) as f64
        };
        Self {
            risk: RISK,
            over_budget_rate: mean(|row| row.over_budget_rate),
            mean_excess: mean(|row| row.mean_excess),
            dialogues: count * dialogues,
            by_network: weir()
                .map(|(kind, row)| (kind, row.over_budget_rate))
                .collect(),
        }
    }
}
