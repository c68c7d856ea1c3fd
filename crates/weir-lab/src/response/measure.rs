//! How well scores are predicted that were not learnt from.

use serde::Serialize;

use super::{
    logged::Logged,
    predictors::{Predicted, Predictor},
    split::{HeldOut, Split},
};
use crate::{evaluate::Interval, statistics::SCORE_CLIP};

/// Which scores are to be predicted.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Target {
    /// Scores are clipped here to learn from: outliers would decide everything.
    learnt: f64,
    /// And here to judge on.
    judged: f64,
}

/// Scores as they were logged.
const RAW: Target = Target {
    learnt: 2.0 * SCORE_CLIP as f64,
    judged: f64::INFINITY,
};
/// Scores clipped as everywhere in the lab.
const CLIPPED: Target = Target {
    learnt: SCORE_CLIP as f64,
    judged: SCORE_CLIP as f64,
};

/// Standard deviations to either side that hold 80 % of a normal distribution.
const EIGHTY: f64 = 1.2816;

/// How well one predictor did.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Row {
    /// Which.
    pub predictor: Predictor,
    /// At scores as they were logged.
    pub raw: Accuracy,
    /// At scores clipped at [`SCORE_CLIP`].
    pub clipped: Accuracy,
}

/// How well scores were predicted.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Accuracy {
    /// R²: one less the squared errors over the squared differences from the held-out mean, in the
    /// mean over splits.
    pub r_squared: Interval,
    /// Share of held-out scores inside the 80 % interval, of predictors that give one.
    pub inside_80: Option<f32>,
}

/// All predictors at the same `splits` splits.
#[must_use]
pub fn measure(logged: &Logged, held_out: HeldOut, splits: u32, seed: u64) -> Vec<Row> {
    let splits: Vec<Split> = (0..u64::from(splits))
        .map(|number| Split::draw(logged, held_out, seed, number))
        .collect();
    Predictor::ALL
        .map(|predictor| Row {
            predictor,
            raw: accuracy(logged, &splits, predictor, RAW),
            clipped: accuracy(logged, &splits, predictor, CLIPPED),
        })
        .into()
}

fn accuracy(logged: &Logged, splits: &[Split], predictor: Predictor, target: Target) -> Accuracy {
    // TMO's estimator is taken as it is: it learns from what it is judged on.
    let clip = match predictor {
        Predictor::Neighbours => target.judged,
        _ => target.learnt,
    };
    let mut shares = Vec::new();
    let mut inside = Vec::new();
    for split in splits {
        let predicted = predictor.predict(logged, split, clip);
        let scores: Vec<f64> = split
            .judged
            .iter()
            .map(|place| logged.replies[*place].score.min(target.judged))
            .collect();
        shares.push(r_squared(&scores, &predicted));
        inside.extend(scores.iter().zip(&predicted).filter_map(|(score, of)| {
            let within = (score - of.mean).abs() <= EIGHTY * of.spread?;
            Some(f64::from(u8::from(within)))
        }));
    }
    let judged: usize = splits.iter().map(|split| split.judged.len()).sum();
    let learnt: usize = splits.iter().map(|split| split.learnt.len()).sum();
    Accuracy {
        r_squared: interval(&shares, judged as f64 / learnt.max(1) as f64),
        inside_80: (!inside.is_empty()).then(|| mean(&inside) as f32),
    }
}

fn r_squared(scores: &[f64], predicted: &[Predicted]) -> f64 {
    let middle = mean(scores);
    let spread: f64 = scores.iter().map(|score| (score - middle).powi(2)).sum();
    let pairs = scores.iter().zip(predicted);
    let errors: f64 = pairs.map(|(score, of)| (score - of.mean).powi(2)).sum();
    1.0 - errors / spread.max(f64::MIN_POSITIVE.sqrt())
}

/// Mean and 95 % interval over random splits. They share turns, so their variance counts more than
/// that of independent ones, by the ratio of what is judged to what is learnt from (Nadeau and
/// Bengio 2003).
fn interval(shares: &[f64], ratio: f64) -> Interval {
    let count = shares.len() as f64;
    let middle = mean(shares);
    let squares: f64 = shares.iter().map(|share| (share - middle).powi(2)).sum();
    let variance = squares / (count - 1.0).max(1.0);
    let half = 1.96 * (variance * (1.0 / count.max(1.0) + ratio)).sqrt();
    Interval {
        mean: middle as f32,
        low: (middle - half) as f32,
        high: (middle + half) as f32,
    }
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / (numbers.len() as f64).max(1.0)
}
