//! Means over seeds and dialogues, and their intervals by resampling (the bootstrap, Efron 1979).
//!
//! What is measured is one number of each dialogue, by seed and then by dialogue: `Vec<Vec<f64>>`.
//!
//! - [`nested`]: dialogues belong to their seed. [`crossed`]: seeds share dialogues.

pub mod crossed;
pub mod nested;

/// Resamplings of each interval.
pub(crate) const RESAMPLES: usize = 1000;

/// The places of the ends of the 95 % percentile interval among `count` sorted values, at least one.
pub(crate) const fn ends(count: usize) -> [usize; 2] {
    [count / 40, count - 1 - count / 40]
}

/// One number of each dialogue.
pub(crate) fn numbers<T>(runs: &[Vec<T>], number: impl Fn(&T) -> f64) -> Vec<Vec<f64>> {
    runs.iter()
        .map(|run| run.iter().map(&number).collect())
        .collect()
}

/// `numbers` less `others`, dialogue by dialogue.
pub(crate) fn less(numbers: &[Vec<f64>], others: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let of_seed = |(run, other): (&Vec<f64>, &Vec<f64>)| {
        run.iter()
            .zip(other)
            .map(|(one, other)| one - other)
            .collect()
    };
    numbers.iter().zip(others).map(of_seed).collect()
}

/// The mean over seeds of the means over dialogues.
pub(crate) fn mean(numbers: &[Vec<f64>]) -> f64 {
    let of_seed = |run: &Vec<f64>| run.iter().sum::<f64>() / run.len() as f64;
    numbers.iter().map(of_seed).sum::<f64>() / numbers.len() as f64
}

/// The smallest number that 95 % of them do not exceed.
pub(crate) fn percentile_95(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let place = (numbers.len() * 95).div_ceil(100).saturating_sub(1);
    numbers.get(place).copied().unwrap_or(0.0)
}
