//! How much of the cloud's quality is kept by how few calls.
//!
//! Three routers answer the same dialogues, without limits and on WiFi, where every turn could go
//! either way: by how much likelier the trained policy finds the cloud, by how much better a cloud
//! reply is expected to be (a threshold on a predicted gain, as in RouteLLM and HybridLLM), and by
//! chance. A threshold on each score, swept from “never” to “always”, draws its curve of response
//! score over cloud calls. From a curve follow (RouteLLM, arXiv 2406.18665, section 3.3), with
//!
//! `PGR(c) = (response(c) − response(local)) / (response(cloud) − response(local))`
//!
//! at a share `c` of cloud calls: APGR, the mean of PGR over `c`, and CPT(x), the smallest `c` where
//! PGR is at least x. The ends are those of the router by chance, for all.

use std::{collections::BTreeMap, sync::Arc};

use indicatif::ProgressBar;
use serde::Serialize;
use weir_core::Budget;
use weir_policy::{TrainedPolicy, features::expected_reward};

use super::{
    contest::{Contest, Runs},
    kinds::Kind,
    policies::Policy,
};
use crate::{
    draws::Draws,
    environment::Environment,
    policies::Chooser,
    resampling::{mean, numbers},
    world::{Episode, Scenario, World},
};

/// One router at one threshold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// The threshold on its score.
    pub setting: f64,
    /// Share of turns answered in the cloud.
    pub cloud_share: f64,
    /// Mean response score.
    pub response: f64,
    /// Dollars of a dialogue.
    pub usd: f64,
}

/// What a curve amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Routing {
    /// Share of the gap from local to cloud that is closed, averaged over shares of cloud calls.
    pub apgr: f64,
    /// Smallest share of cloud calls that closes half of the gap.
    pub cpt_50: f64,
    /// The same for four fifths of it.
    pub cpt_80: f64,
    /// Response score at half the calls over that of always-cloud.
    pub cloud_quality_share: f64,
}

/// What is measured of all routers, by name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CostQuality {
    /// The curves, from few cloud calls to many.
    pub cost_quality: BTreeMap<&'static str, Vec<Point>>,
    /// What they amount to.
    pub routing: BTreeMap<&'static str, Routing>,
}

/// Thresholds between “never” and “always”.
const STEPS: usize = 10;

/// Weights of time and money that the dial is turned to, from quality to thrift.
const WEIGHTS: [f32; 6] = [0.03, 0.1, 0.2, 0.33, 0.6, 1.0];

/// How many times each dialogue of a contest is answered.
pub const PASSES: u64 = 3 * (STEPS as u64 + 1) + WEIGHTS.len() as u64;

/// Dialogues of `scenario` that could go either way in every turn.
#[must_use]
pub fn scenario(scenario: &Scenario) -> Arc<Scenario> {
    let mut open = scenario.clone();
    open.pack.device.still_loading = 0.0;
    Kind::WiFi.scenario(&open)
}

/// Draws the curves on the dialogues of `contest`.
pub fn curves(contest: &Contest<'_>, weir: &TrainedPolicy, progress: &ProgressBar) -> CostQuality {
    let routers = [
        ("weir", Score::Preference(weir)),
        ("threshold", Score::Gain),
        ("random_mix", Score::Chance(Draws::new(0))),
    ];
    let mut cost_quality: BTreeMap<_, _> = routers
        .into_iter()
        .map(|(name, score)| {
            progress.set_message(format!("routing by {name}"));
            (name, curve(contest, score, progress))
        })
        .collect();
    let ends = cost_quality
        .get("random_mix")
        .and_then(|curve: &Vec<Point>| Some([curve.first()?.response, curve.last()?.response]));
    let routing =
        |(name, curve): (&&'static str, &Vec<Point>)| Some((*name, Routing::of(curve, ends?)));
    let routing = cost_quality.iter().filter_map(routing).collect();
    progress.set_message("turning the dial");
    cost_quality.insert("weir_dial", dial(contest, weir, progress));
    CostQuality {
        cost_quality,
        routing,
    }
}

/// Thresholds are the scores' own quantiles, so that shares of calls lie about evenly.
fn curve(contest: &Contest<'_>, score: Score<'_>, progress: &ProgressBar) -> Vec<Point> {
    let mut router = Router {
        score,
        threshold: f64::NEG_INFINITY,
        seen: Vec::new(),
    };
    let always = contest.runs(&mut router, progress, unlimited);
    let mut seen = std::mem::take(&mut router.seen);
    seen.sort_by(f64::total_cmp);
    let lowest = seen.first().copied().unwrap_or(0.0);
    let mut points = vec![Point::of(&always, lowest - 1.0)];
    for step in 1..=STEPS {
        let place = (seen.len() * step / STEPS).saturating_sub(1);
        router.threshold = seen.get(place).copied().unwrap_or(f64::INFINITY);
        if step == STEPS {
            // A turn's score depends on what was done before it, so it may be higher than any seen.
            router.threshold += 1e3;
        }
        let runs = contest.runs(&mut router, progress, unlimited);
        points.push(Point::of(&runs, router.threshold));
    }
    points.sort_by(|one, other| one.cloud_share.total_cmp(&other.cloud_share));
    points
}

fn unlimited(episode: &mut Episode) {
    episode.conditions.budget = Budget::UNLIMITED;
}

/// What the shipped policy does as the user turns the dial from quality to speed and cost.
fn dial(contest: &Contest<'_>, weir: &TrainedPolicy, progress: &ProgressBar) -> Vec<Point> {
    let at = |weight: f32| {
        let runs = contest.runs(&mut Chooser::Trained(weir), progress, |episode| {
            unlimited(episode);
            episode.conditions.dial.latency = weight;
            episode.conditions.dial.usage = weight;
        });
        Point::of(&runs, f64::from(weight))
    };
    WEIGHTS.into_iter().rev().map(at).collect()
}

/// By what a router decides.
#[derive(Debug)]
enum Score<'a> {
    /// The logarithm of the odds that the policy gives the cloud.
    Preference(&'a TrainedPolicy),
    /// The expected response score of the best cloud action less that of answering locally.
    Gain,
    /// A uniform draw.
    Chance(Draws),
}

/// Goes to the cloud where the score is above the threshold.
#[derive(Debug)]
struct Router<'a> {
    score: Score<'a>,
    threshold: f64,
    /// The scores so far.
    seen: Vec<f64>,
}

/// No probability counts as less.
const LEAST: f64 = 1e-30;

impl Policy for Router<'_> {
    fn begin(&mut self, _: &World, seed: u64) {
        if let Score::Chance(draws) = &mut self.score {
            *draws = Draws::of(seed, 30);
        }
    }

    fn choose(&mut self, world: &World) -> usize {
        let observation = world.observation();
        let forecasts = &observation.forecasts;
        let cloud = |worth: &dyn Fn(usize) -> f32| {
            (1..forecasts.len())
                .reduce(|best, next| {
                    if worth(next) > worth(best) {
                        next
                    } else {
                        best
                    }
                })
                .unwrap_or(0)
        };
        let by_reward = |place: usize| expected_reward(observation, &forecasts[place]);
        let (score, place) = match &mut self.score {
            Score::Preference(policy) => match policy.decide(observation, world.mask()) {
                Ok(choice) => {
                    let probability = |place: usize| f64::from(choice.probabilities[place]);
                    let offload: f64 = (1..forecasts.len()).map(probability).sum();
                    let odds = offload.max(LEAST).ln() - probability(0).max(LEAST).ln();
                    (odds, cloud(&|place| choice.probabilities[place]))
                }
                Err(_) => (f64::NEG_INFINITY, 0),
            },
            Score::Gain => {
                let place = cloud(&by_reward);
                let gain = forecasts[place].quality - forecasts[0].quality;
                (f64::from(gain), place)
            }
            Score::Chance(draws) => (f64::from(draws.uniform(0.0, 1.0)), cloud(&by_reward)),
        };
        self.seen.push(score);
        if score > self.threshold { place } else { 0 }
    }
}

impl Point {
    fn of(runs: &Runs, setting: f64) -> Self {
        Self {
            setting,
            cloud_share: mean(&numbers(runs, |played| {
                played.share(|taken| taken.action.is_cloud())
            })),
            response: mean(&numbers(runs, |played| played.response)),
            usd: mean(&numbers(runs, |played| played.usd)),
        }
    }
}

/// Shares of cloud calls at which a curve is read.
const READINGS: usize = 100;

impl Routing {
    /// Of a curve in ascending order of cloud calls, `local` and `cloud` being the response scores of
    /// its ends.
    #[must_use]
    pub fn of(curve: &[Point], [local, cloud]: [f64; 2]) -> Self {
        let shares = || (0..=READINGS).map(|reading| reading as f64 / READINGS as f64);
        let recovered = |share| (response(curve, share) - local) / (cloud - local);
        let reaching = |gap: f64| {
            let mut shares = shares().filter(|share| recovered(*share) >= gap);
            shares.next().unwrap_or(1.0)
        };
        Self {
            apgr: shares().map(recovered).sum::<f64>() / (READINGS + 1) as f64,
            cpt_50: reaching(0.5),
            cpt_80: reaching(0.8),
            cloud_quality_share: response(curve, 0.5) / cloud,
        }
    }
}

/// The response score at a share of cloud calls, interpolated.
fn response(curve: &[Point], share: f64) -> f64 {
    let after = curve.partition_point(|point| point.cloud_share < share);
    let at = |place: usize| curve.get(place).or(curve.last());
    let (Some(before), Some(after)) = (at(after.saturating_sub(1)), at(after)) else {
        return 0.0;
    };
    let width = after.cloud_share - before.cloud_share;
    if width <= 0.0 {
        return after.response;
    }
    let along = (share - before.cloud_share) / width;
    before.response + along * (after.response - before.response)
}
