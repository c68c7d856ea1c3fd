//! Every policy on every network, over many seeds.

use std::collections::BTreeMap;

use indicatif::ProgressBar;
use serde::Serialize;

use super::{
    choice::Choice,
    costs::Network,
    evaluation::{Row, Runs, Yardsticks, play},
    learned::{Method, Training},
    logged::{self, Judge, Values},
    oracle::Oracle,
    policies::{Constant, Greedy, Policy, Random},
    routers::{
        agent,
        threshold::{self, Point, SWEEP},
    },
    simulator::Simulator,
};
use crate::resampling::nested::Resamples;
use crate::{output::VERSION, suite::grid::Grid};

/// Always local. The other constant actions are named by their place, `constant_1` to `constant_8`.
pub const LOCAL: &str = "local";
/// One-step greedy within the mask.
pub const GREEDY_MASK: &str = "greedy_mask";
/// The oracle within budget.
pub const ORACLE: &str = "oracle_in_budget";
/// Weir's policy, trained in this simulator.
pub const WEIR: &str = "weir";
/// The planner that teaches it.
pub const PLANNER: &str = "planner";
/// The local language model.
pub const AGENT: &str = "agent";

/// A policy with its name in reports.
pub type Named = (String, Box<dyn Policy>);

/// The policies of one seed that need no training.
#[must_use]
pub fn untrained(simulator: &Simulator, seed: u64) -> Vec<Named> {
    let mut policies: Vec<Named> = vec![
        (LOCAL.into(), Box::new(Constant(Choice::LOCAL))),
        ("cloud".into(), Box::new(Random::cloud(seed))),
        ("random".into(), Box::new(Random::anywhere(seed))),
        ("greedy".into(), Box::new(Greedy::Unmasked)),
        (
            "greedy_blind".into(),
            Box::new(Greedy::Blind(simulator.mean_similarity())),
        ),
        (GREEDY_MASK.into(), Box::new(Greedy::Masked)),
        ("oracle".into(), Box::new(Oracle::unlimited())),
        (ORACLE.into(), Box::new(Oracle::within_budget())),
    ];
    for choice in &Choice::ALL[1..] {
        let name = format!("constant_{}", choice.place());
        policies.push((name, Box::new(Constant(*choice))));
    }
    policies
}

/// Whether a policy is judged under other budgets too: what others are compared with, and what was
/// trained.
#[must_use]
pub fn is_under_budgets(name: &str) -> bool {
    [LOCAL, GREEDY_MASK, ORACLE, PLANNER, WEIR].contains(&name)
        || Method::ALL.iter().any(|method| method.name() == name)
}

/// What was made of the dialogues: by network, by policy, by seed.
#[derive(Clone, Debug, Default)]
pub struct Results {
    seeds: Vec<u64>,
    dialogues: Vec<usize>,
    networks: BTreeMap<Network, BTreeMap<String, Runs>>,
    training: BTreeMap<String, Vec<Training>>,
    logged: Values,
    curves: BTreeMap<Network, Vec<[Point; SWEEP.len()]>>,
}

/// What `weir-lab eval --suite tmo` says.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// `tmo`.
    pub suite: &'static str,
    /// What was asked for.
    pub command: String,
    /// The lab's.
    pub version: &'static str,
    /// The seeds.
    pub seeds: Vec<u64>,
    /// By network, by policy.
    pub networks: BTreeMap<Network, BTreeMap<String, Row>>,
    /// Other budgets, if they were asked for.
    #[serde(flatten)]
    pub grid: Option<Grid>,
    /// How the policies that were trained for it were trained, over networks and seeds.
    pub training: BTreeMap<String, Training>,
    /// What the policies are worth at the logged turns, by the logged scores.
    pub logged: logged::Rows,
    /// The cost–quality curve of the threshold router.
    pub threshold_curve: BTreeMap<Network, Vec<Point>>,
    /// What was asked of the language model, where it took part as [`AGENT`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<agent::Summary>,
}

impl Results {
    /// Lets the policies of one seed answer its test dialogues on every network. Each seed adds
    /// policies of the same names, [`untrained`] ones among them.
    pub fn add(
        &mut self,
        seed: u64,
        simulator: &Simulator,
        policies: &mut [Named],
        progress: &ProgressBar,
    ) {
        self.seeds.push(seed);
        self.dialogues.push(simulator.test.len());
        self.logged.begin(simulator);
        let judge = Judge::new(simulator);
        for network in Network::ALL {
            let curve = threshold::curve(simulator, network);
            self.curves.entry(network).or_default().push(curve);
            let by_policy = self.networks.entry(network).or_default();
            for (name, policy) in &mut *policies {
                let played = play(simulator, network, policy.as_mut());
                by_policy.entry(name.clone()).or_default().push(played);
                let asked = judge.ask(network, policy.as_mut());
                self.logged.add(network, name, asked);
                progress.inc(1);
            }
        }
    }

    /// Takes note of a training run of the policy of this name.
    pub fn trained(&mut self, name: &str, training: Training) {
        let runs = self.training.entry(name.into()).or_default();
        runs.push(training);
    }

    /// What to say about it, and that `command` asked for it.
    #[must_use]
    pub fn report(&self, command: &str) -> Report {
        let resamples = Resamples::draw(&self.dialogues, 1);
        let rows = |by_policy: &BTreeMap<String, Runs>| {
            let yardsticks = Yardsticks {
                local: by_policy.get(LOCAL)?,
                greedy_mask: by_policy.get(GREEDY_MASK)?,
                oracle: by_policy.get(ORACLE)?,
            };
            let row = |runs| Row::of(runs, &yardsticks, &resamples);
            let rows = by_policy.iter();
            Some(rows.map(|(name, runs)| (name.clone(), row(runs))).collect())
        };
        let networks = self.networks.iter();
        let training = self.training.iter();
        Report {
            suite: "tmo",
            command: command.into(),
            version: VERSION,
            seeds: self.seeds.clone(),
            networks: networks
                .filter_map(|(network, by_policy)| Some((*network, rows(by_policy)?)))
                .collect(),
            grid: None,
            training: training
                .filter_map(|(name, runs)| Some((name.clone(), Training::mean(runs)?)))
                .collect(),
            logged: self.logged.rows(),
            threshold_curve: self
                .curves
                .iter()
                .map(|(network, curves)| (*network, threshold::mean_curve(curves)))
                .collect(),
            agent: None,
        }
    }
}
