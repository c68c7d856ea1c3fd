//! Policies after the routing literature, which need no network of their own.
//!
//! - `greedy`, of [`super::policies`], is the kNN router (Li 2025, arXiv 2505.12601): the action of
//!   highest reward by the scores of the five nearest logged turns.
//! - [`question`]: the same by the response model of [`crate::response`], which knows the question.
//! - [`threshold`]: cloud where it is predicted to be better than local by more than a threshold.
//! - [`bandit`]: a linear bandit whose price of spending rises as the budget is used up.
//! - [`agent`]: the local language model is asked what to do. Only where one is given.

pub mod agent;
pub mod bandit;
pub mod question;
pub mod threshold;

use super::{
    costs::Network, evaluation::play, policies::Policy, simulator::Simulator, suite::Named,
};
use bandit::Bandit;
use question::Question;
use threshold::Calibrated;

/// The routers of one seed, learnt from its training dialogues.
#[must_use]
pub fn routers(simulator: &Simulator, seed: u64) -> Vec<Named> {
    vec![
        ("question_greedy".into(), Box::new(Question::fit(simulator))),
        (
            "threshold".into(),
            Box::new(Calibrated::fit(simulator, false)),
        ),
        (
            "threshold_mask".into(),
            Box::new(Calibrated::fit(simulator, true)),
        ),
        ("bandit".into(), Box::new(Bandit::learn(simulator, seed))),
    ]
}

/// The simulator with its training dialogues to judge on, for what is calibrated.
fn on_training(simulator: &Simulator) -> Simulator {
    Simulator {
        test: simulator.train.clone(),
        ..simulator.clone()
    }
}

fn in_budget_reward(simulator: &Simulator, network: Network, policy: &mut dyn Policy) -> f64 {
    let played = play(simulator, network, policy);
    let rewards = played.iter().map(|played| played.in_budget_reward);
    rewards.sum::<f64>() / played.len() as f64
}

/// The first of the candidates that have the highest value.
fn highest(candidates: &[f64], value: impl Fn(f64) -> f64) -> Option<f64> {
    let valued = candidates
        .iter()
        .map(|candidate| (*candidate, value(*candidate)));
    let highest = valued.reduce(|best, next| if next.1 > best.1 { next } else { best });
    highest.map(|(candidate, _)| candidate)
}
