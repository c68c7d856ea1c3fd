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

use super::{simulator::Simulator, suite::Named};
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
