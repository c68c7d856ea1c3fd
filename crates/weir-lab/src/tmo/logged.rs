//! What policies are worth at the turns that were logged, by the scores that were logged.
//!
//! In the simulator an estimate from five neighbours is the truth. Here nothing is simulated: a
//! policy is asked what it would do at each logged turn of the test dialogues, after what was really
//! done before it, and is credited with the scores of the turns that were answered so. That the log
//! chose its answers by chance, and with which probabilities, makes this fair to every policy; that
//! there are only some 350 turns makes it coarse. It is the value of one turn: what a choice does to
//! later turns is not counted.
//!
//! - *SNIPS* (Swaminathan and Joachims 2015): the mean reward of the turns that were answered as the
//!   policy would, each weighted by one over the probability of its answer.
//! - *DR*, doubly robust (Dudík, Langford and Li 2011): the reward that the response model of
//!   [`crate::response`], fitted to the training dialogues, expects of the policy's choice, plus, where
//!   it is what was done, the model's error over the probability. Right if either the model or the
//!   probabilities are.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    choice::{ARMS, Choice},
    costs::{Budget, Costs, Device, Network},
    dialogue::Dialogue,
    policies::Policy,
    simulator::{Episode, Simulator, Turn},
};
use crate::{
    resampling::crossed::Crossed,
    response::{Hierarchy, Reply},
    statistics::SCORE_CLIP,
};

/// With which probability each arm was logged, whatever the turn (arm and task are independent,
/// χ² p = 0.94); the choices of an arm were equally likely.
pub const PROPENSITIES: [f64; ARMS] = [0.483, 0.241, 0.054, 0.088, 0.134];

/// With which probability `choice` was logged.
#[must_use]
pub fn propensity(choice: Choice) -> f64 {
    let alike = |other: &&Choice| other.arm() == choice.arm();
    PROPENSITIES[choice.arm()] / Choice::ALL.iter().filter(alike).count() as f64
}

/// The response model of one seed's training dialogues.
#[derive(Clone, Debug)]
pub struct Responses(Hierarchy);

impl Responses {
    /// With scores clipped at `clip`.
    #[must_use]
    pub fn fit(simulator: &Simulator, clip: f64) -> Self {
        let replies: Vec<Reply> = simulator
            .train
            .iter()
            .enumerate()
            .flat_map(|(dialogue, episode)| {
                episode.turns.iter().map(move |turn| Reply {
                    dialogue,
                    task: turn.task,
                    prompt: turn.question,
                    action: turn.answered.choice.action(),
                    score: turn.answered.score,
                })
            })
            .collect();
        Self(Hierarchy::fit(&replies, clip))
    }

    /// The response score expected of answering `turn` by `choice`.
    #[must_use]
    pub fn expect(&self, turn: &Turn, choice: Choice) -> f64 {
        let predicted = self
            .0
            .predict(turn.task, Some(turn.question), choice.action());
        predicted.mean
    }
}

/// The reward with its response score as it was logged, or clipped.
#[derive(Clone, Debug)]
struct Scale {
    clip: f64,
    responses: Responses,
}

/// Judges policies at the logged turns of one seed.
#[derive(Clone, Debug)]
pub struct Judge<'a> {
    simulator: &'a Simulator,
    raw: Scale,
    clipped: Scale,
}

/// What one dialogue says of a policy, summed over its turns.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    /// How many turns there are.
    pub turns: f64,
    /// Doubly robust values.
    pub dr: f64,
    /// The same with scores clipped at [`SCORE_CLIP`].
    pub dr_clipped: f64,
    /// How many of the turns were answered as the policy would.
    pub matched: usize,
    /// Their weights.
    pub weight: f64,
    /// Their weighted rewards.
    pub weighted: f64,
}

impl<'a> Judge<'a> {
    /// Of the test dialogues of `simulator`, by a model of its training dialogues.
    #[must_use]
    pub fn new(simulator: &'a Simulator) -> Self {
        let clip = f64::from(SCORE_CLIP);
        // A model of unclipped scores would be one of their outliers; what it does not know of
        // them, the correction of the doubly robust value brings.
        let scale = |clip, learnt| Scale {
            clip,
            responses: Responses::fit(simulator, learnt),
        };
        Self {
            simulator,
            raw: scale(f64::INFINITY, 2.0 * clip),
            clipped: scale(clip, clip),
        }
    }

    /// Asks `policy` at every logged turn of the test dialogues on `network`, under TMO's test budget,
    /// of which the logged answers before the turn took their part.
    pub fn ask(&self, network: Network, policy: &mut dyn Policy) -> Vec<Sums> {
        let costs = Costs::new(Device::JetsonTx2, network);
        let ask = |episode: &Episode| {
            let estimator = &self.simulator.estimator;
            let mut dialogue = Dialogue::new(estimator, episode, costs, Budget::TEST);
            policy.begin(&dialogue);
            let mut sums = Sums::default();
            for turn in &episode.turns {
                let choice = policy.choose(&dialogue);
                sums.turns += 1.0;
                sums.dr += self.raw.doubly_robust(&costs, turn, choice);
                sums.dr_clipped += self.clipped.doubly_robust(&costs, turn, choice);
                if choice == turn.answered.choice {
                    let weight = 1.0 / propensity(choice);
                    sums.matched += 1;
                    sums.weight += weight;
                    sums.weighted += weight * self.raw.logged(&costs, turn);
                }
                dialogue.step(turn.answered.choice);
            }
            sums
        };
        self.simulator.test.iter().map(ask).collect()
    }
}

impl Scale {
    fn doubly_robust(&self, costs: &Costs, turn: &Turn, choice: Choice) -> f64 {
        let association = turn.association[choice.place()];
        let expected = costs.reward(choice, self.responses.expect(turn, choice), association);
        if choice == turn.answered.choice {
            expected + (self.logged(costs, turn) - expected) / propensity(choice)
        } else {
            expected
        }
    }

    fn logged(&self, costs: &Costs, turn: &Turn) -> f64 {
        let choice = turn.answered.choice;
        let association = turn.association[choice.place()];
        costs.reward(choice, turn.answered.score.min(self.clip), association)
    }
}

/// What is said about one policy on one network: rewards of a turn, with their 95 % intervals.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Doubly robust.
    pub dr: f64,
    /// Its interval.
    pub dr_ci: [f64; 2],
    /// SNIPS; none if no turn was answered as the policy would.
    pub snips: Option<f64>,
    /// Its interval.
    pub snips_ci: Option<[f64; 2]>,
    /// Doubly robust, with scores clipped at [`SCORE_CLIP`].
    pub dr_clipped: f64,
    /// Its interval.
    pub dr_clipped_ci: [f64; 2],
    /// Logged turns that were answered as the policy would, over all seeds.
    pub matched: usize,
}

/// Values by network and policy.
pub type Rows = BTreeMap<Network, BTreeMap<String, Row>>;

/// What was asked: of each policy on each network one [`Sums`] for each dialogue, seed after seed.
#[derive(Clone, Debug, Default)]
pub struct Values {
    dialogues: Vec<Vec<i64>>,
    networks: BTreeMap<Network, BTreeMap<String, Vec<Sums>>>,
}

impl Values {
    /// Begins the next seed, that of `simulator`.
    pub fn begin(&mut self, simulator: &Simulator) {
        let ids = simulator.test.iter().map(|episode| episode.id);
        self.dialogues.push(ids.collect());
    }

    /// Adds what `policy` did in the present seed.
    pub fn add(&mut self, network: Network, policy: &str, sums: Vec<Sums>) {
        let by_policy = self.networks.entry(network).or_default();
        by_policy.entry(policy.to_owned()).or_default().extend(sums);
    }

    /// What to say about it. A policy that was not asked in every seed is left out.
    #[must_use]
    pub fn rows(&self) -> Rows {
        let crossed = Crossed::draw(&self.dialogues, 1);
        let count: usize = self.dialogues.iter().map(Vec::len).sum();
        let rows = |by_policy: &BTreeMap<String, Vec<Sums>>| {
            let rows = by_policy.iter().filter(|(_, sums)| sums.len() == count);
            rows.filter_map(|(name, sums)| Some((name.clone(), Row::of(sums, &crossed)?)))
                .collect()
        };
        let networks = self.networks.iter();
        networks
            .map(|(network, by_policy)| (*network, rows(by_policy)))
            .collect()
    }
}

impl Row {
    fn of(sums: &[Sums], crossed: &Crossed) -> Option<Self> {
        let ratio = |number: fn(&Sums) -> f64, of: fn(&Sums) -> f64| {
            let value = move |weights: &[f64]| {
                let total = |part: fn(&Sums) -> f64| {
                    let weighted = sums.iter().zip(weights);
                    weighted.map(|(sums, weight)| weight * part(sums)).sum()
                };
                let whole: f64 = total(of);
                (whole > 0.0).then(|| total(number) / whole)
            };
            let everything = vec![1.0; sums.len()];
            (value(&everything), crossed.interval(value))
        };
        let (dr, dr_ci) = ratio(|sums| sums.dr, |sums| sums.turns);
        let (dr_clipped, dr_clipped_ci) = ratio(|sums| sums.dr_clipped, |sums| sums.turns);
        let (snips, snips_ci) = ratio(|sums| sums.weighted, |sums| sums.weight);
        Some(Self {
            dr: dr?,
            dr_ci: dr_ci?,
            snips,
            snips_ci,
            dr_clipped: dr_clipped?,
            dr_clipped_ci: dr_clipped_ci?,
            matched: sums.iter().map(|sums| sums.matched).sum(),
        })
    }
}
