//! Cloud where it is predicted to be better by more than a threshold.

use serde::Serialize;

use super::{highest, in_budget_reward, on_training};
use crate::tmo::{
    choice::Choice,
    costs::{Costs, Device, Network},
    dialogue::Dialogue,
    evaluation::{Played, play},
    policies::{Policy, best},
    simulator::Simulator,
};

/// After HybridLLM (Ding et al. 2024, arXiv 2404.14618) and RouteLLM (Ong et al. 2024, arXiv
/// 2406.18665): a score of how much better the cloud would answer, and one threshold on it, which is
/// the dial between quality and cost. The score is the estimator's response score of the cloud less
/// that of local. What the routers of two models leave open, which views go along, is decided by the
/// highest reward.
#[derive(Clone, Copy, Debug)]
pub struct Threshold {
    /// The cloud has to be better by more than this.
    pub threshold: f64,
    /// Whether the mask is obeyed. The routers of the literature know no budget of a dialogue.
    pub masked: bool,
}

/// Thresholds, from always cloud to always local. Most response scores lie between 0 and 2.
pub const SWEEP: [f64; 14] = [
    f64::NEG_INFINITY,
    -0.5,
    -0.2,
    0.0,
    0.1,
    0.2,
    0.3,
    0.4,
    0.5,
    0.7,
    1.0,
    1.5,
    2.5,
    f64::INFINITY,
];

impl Policy for Threshold {
    fn choose(&mut self, dialogue: &Dialogue<'_>) -> Choice {
        let cloud = Choice::ALL[1..].iter().copied();
        let cloud = cloud.filter(|choice| !self.masked || dialogue.allows(*choice));
        let cloud = best(cloud, |choice| dialogue.reward(choice));
        let better = dialogue.response(cloud) - dialogue.response(Choice::LOCAL);
        if better > self.threshold {
            cloud
        } else {
            Choice::LOCAL
        }
    }
}

/// The threshold router with a threshold for each network, the one of [`SWEEP`] that brings the
/// highest in-budget reward on the training dialogues.
#[derive(Clone, Debug)]
pub struct Calibrated(Vec<(Costs, Threshold)>);

impl Calibrated {
    /// On the training dialogues of `simulator`.
    #[must_use]
    pub fn fit(simulator: &Simulator, masked: bool) -> Self {
        let training = on_training(simulator);
        let on = |network| {
            let value = |threshold| {
                let mut router = Threshold { threshold, masked };
                in_budget_reward(&training, network, &mut router)
            };
            let threshold = highest(&SWEEP, value).unwrap_or(f64::INFINITY);
            let costs = Costs::new(Device::JetsonTx2, network);
            (costs, Threshold { threshold, masked })
        };
        Self(Network::ALL.map(on).to_vec())
    }

    /// The router for dialogues with these costs, if they are of a network it was calibrated on.
    #[must_use]
    pub fn of(&self, costs: &Costs) -> Option<Threshold> {
        let found = self.0.iter().find(|(known, _)| known == costs);
        found.map(|(_, router)| *router)
    }
}

impl Policy for Calibrated {
    /// Local with costs that it was not calibrated on.
    fn choose(&mut self, dialogue: &Dialogue<'_>) -> Choice {
        let router = self.of(dialogue.costs());
        router.map_or(Choice::LOCAL, |mut router| router.choose(dialogue))
    }
}

/// What one threshold brings on the test dialogues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Point {
    /// The threshold; none where it is infinite.
    pub threshold: Option<f64>,
    /// Share of turns answered in the cloud.
    pub cloud_share: f64,
    /// Mean response score.
    pub response: f64,
    /// Mean reward of a turn.
    pub reward: f64,
    /// Seconds of a dialogue.
    pub latency_s: f64,
    /// Dollars of a dialogue.
    pub usage_usd: f64,
}

/// The cost–quality curve of the masked router over [`SWEEP`] on the test dialogues.
#[must_use]
pub fn curve(simulator: &Simulator, network: Network) -> [Point; SWEEP.len()] {
    SWEEP.map(|threshold| {
        let mut router = Threshold {
            threshold,
            masked: true,
        };
        let played = play(simulator, network, &mut router);
        let cloud = |played: &Played| {
            let taken = &played.taken;
            let cloud = taken.iter().filter(|choice| **choice != Choice::LOCAL);
            cloud.count() as f64 / taken.len() as f64
        };
        Point {
            threshold: threshold.is_finite().then_some(threshold),
            cloud_share: mean(&played, cloud),
            response: mean(&played, |played| played.response),
            reward: mean(&played, |played| played.reward),
            latency_s: mean(&played, |played| played.seconds),
            usage_usd: mean(&played, |played| played.usd),
        }
    })
}

/// The curve of several seeds, point by point.
#[must_use]
pub fn mean_curve(curves: &[[Point; SWEEP.len()]]) -> Vec<Point> {
    let mean = |place: usize, number: fn(&Point) -> f64| {
        let numbers = curves.iter().map(|curve| number(&curve[place]));
        numbers.sum::<f64>() / curves.len() as f64
    };
    let points = curves.first().into_iter().flatten().enumerate();
    points
        .map(|(place, point)| Point {
            threshold: point.threshold,
            cloud_share: mean(place, |point| point.cloud_share),
            response: mean(place, |point| point.response),
            reward: mean(place, |point| point.reward),
            latency_s: mean(place, |point| point.latency_s),
            usage_usd: mean(place, |point| point.usage_usd),
        })
        .collect()
}

fn mean(played: &[Played], number: impl Fn(&Played) -> f64) -> f64 {
    played.iter().map(number).sum::<f64>() / played.len() as f64
}
