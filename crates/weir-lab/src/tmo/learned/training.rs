//! What is said about training.

use serde::Serialize;

use super::{Trained, lanes::Curve};

/// The training of a policy, over its runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Training {
    /// Environment steps of a run.
    pub steps: u64,
    /// Seconds of a run, learning included: of the clock on the wall, so work beside it counts.
    pub seconds_per_run: f64,
    /// Steps of all runs by seconds of all runs.
    pub steps_per_second: f64,
    /// The learning curve, averaged point by point.
    pub curve: Curve,
}

impl Training {
    /// Of one run.
    #[must_use]
    pub fn of(trained: &Trained) -> Self {
        Self {
            steps: trained.steps,
            seconds_per_run: trained.seconds,
            steps_per_second: trained.steps as f64 / trained.seconds,
            curve: trained.curve.clone(),
        }
    }

    /// The mean of runs of the same method, none of none.
    #[must_use]
    pub fn mean(runs: &[Self]) -> Option<Self> {
        let first = runs.first()?;
        let count = runs.len() as f64;
        let mean = |number: &dyn Fn(&Self) -> f64| runs.iter().map(number).sum::<f64>() / count;
        let seconds_per_run = mean(&|run| run.seconds_per_run);
        let point = |(place, (steps, _)): (usize, &(u64, f64))| {
            let reward = |run: &Self| run.curve.get(place).map_or(0.0, |point| point.1);
            (*steps, mean(&reward))
        };
        Some(Self {
            steps: first.steps,
            seconds_per_run,
            steps_per_second: mean(&|run| run.steps as f64) / seconds_per_run,
            curve: first.curve.iter().enumerate().map(point).collect(),
        })
    }
}
