//! Intervals of what is measured on the same dialogues under several seeds.

use super::{RESAMPLES, ends};
use crate::draws::Draws;

/// How often each dialogue of each seed counts in each resampling.
///
/// The test dialogues of different seeds overlap, and a dialogue's logged scores are the same in all
/// of them, so they are not as many independent ones. Seeds and dialogues are therefore drawn with
/// replacement each on their own, and one dialogue under one seed counts as often as both were drawn
/// (the pigeonhole bootstrap, Owen 2007).
#[derive(Clone, Debug)]
pub struct Crossed(Vec<Vec<f64>>);

impl Crossed {
    /// Of these dialogues, by seed, each named by its id.
    #[must_use]
    pub fn draw(dialogues: &[Vec<i64>], seed: u64) -> Self {
        let draws = &mut Draws::of(seed, 27);
        let mut ids: Vec<i64> = dialogues.iter().flatten().copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let mut counts = |of: usize| {
            let mut counts = vec![0.0; of];
            for _ in 0..of {
                counts[draws.below(of)] += 1.0;
            }
            counts
        };
        let mut resample = || {
            let (seeds, drawn) = (counts(dialogues.len()), counts(ids.len()));
            let weight = |id: &i64| drawn[ids.partition_point(|other| other < id)];
            let of_seed = |(count, dialogues): (f64, &Vec<i64>)| -> Vec<f64> {
                dialogues.iter().map(|id| count * weight(id)).collect()
            };
            seeds.into_iter().zip(dialogues).flat_map(of_seed).collect()
        };
        Self((0..RESAMPLES).map(|_| resample()).collect())
    }

    /// The 95 % percentile interval of a statistic, which is given how often each dialogue counts,
    /// seed after seed, and is `None` where it is not defined. `None` if it never is.
    #[must_use]
    pub fn interval(&self, statistic: impl Fn(&[f64]) -> Option<f64>) -> Option<[f64; 2]> {
        let drawn = self.0.iter();
        let mut values: Vec<f64> = drawn.filter_map(|weights| statistic(weights)).collect();
        values.sort_by(f64::total_cmp);
        (!values.is_empty()).then(|| ends(values.len()).map(|place| values[place]))
    }
}
