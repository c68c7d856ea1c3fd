//! Intervals of means over seeds and dialogues.

use super::{RESAMPLES, ends};
use crate::draws::Draws;

/// Which dialogues each resampling draws: seeds with replacement, and from each drawn seed its
/// dialogues with replacement. One set serves all policies and differences of policies, so that
/// they are compared on the same draws.
#[derive(Clone, Debug)]
pub struct Resamples(Vec<Vec<(usize, Vec<usize>)>>);

impl Resamples {
    /// Of as many seeds as `dialogues` has entries, each with that many dialogues.
    #[must_use]
    pub fn draw(dialogues: &[usize], seed: u64) -> Self {
        let draws = &mut Draws::of(seed, 22);
        let mut resample = || {
            (0..dialogues.len())
                .map(|_| {
                    let seed = draws.below(dialogues.len());
                    let count = dialogues[seed];
                    (seed, (0..count).map(|_| draws.below(count)).collect())
                })
                .collect()
        };
        Self((0..RESAMPLES).map(|_| resample()).collect())
    }

    /// The 95 % percentile interval of the mean over seeds of the means over dialogues; `numbers`
    /// are by seed, then by dialogue.
    #[must_use]
    pub fn interval(&self, numbers: &[Vec<f64>]) -> [f64; 2] {
        let mean_of = |(seed, dialogues): &(usize, Vec<usize>)| {
            let drawn = dialogues.iter().map(|dialogue| numbers[*seed][*dialogue]);
            drawn.sum::<f64>() / dialogues.len() as f64
        };
        let mut means: Vec<f64> = self
            .0
            .iter()
            .map(|seeds| seeds.iter().map(mean_of).sum::<f64>() / seeds.len() as f64)
            .collect();
        means.sort_by(f64::total_cmp);
        ends(RESAMPLES).map(|place| means[place])
    }
}
