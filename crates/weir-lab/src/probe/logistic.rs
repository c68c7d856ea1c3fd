//! Multinomial logistic regression.

/// A linear map from a hidden state to one score per class, for raw (not standardised) inputs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Linear {
    rows: Vec<Vec<f32>>,
    offsets: Vec<f32>,
}

/// Steps of gradient descent.
const STEPS: usize = 400;
/// Significant digits of the weights: as many as accuracy needs, as few as keep the file small.
const DIGITS: usize = 3;

/// Fits `classes` classes to `rows` of (hidden state, class) by Nesterov's accelerated gradient
/// descent on the mean cross-entropy plus `strength / 2` times the squared norm of the weights of
/// standardised inputs; then folds the standardisation into the weights.
pub(super) fn fit(rows: &[(&[f32], usize)], classes: usize, strength: f32) -> Linear {
    let width = rows.first().map_or(0, |(state, _)| state.len());
    let scale = Standard::of(rows, width);
    let inputs: Vec<Vec<f32>> = rows.iter().map(|(state, _)| scale.apply(state)).collect();
    let count = rows.len().max(1) as f32;
    let mut weights = vec![vec![0.0_f32; width + 1]; classes];
    let mut before = weights.clone();
    // The curvature is at most half the largest mean squared norm of an input, plus the strength.
    let curvature = 0.5 * (largest_eigenvalue(&inputs, width) + 1.0) + strength;
    for step in 0..STEPS {
        let momentum = step as f32 / (step as f32 + 3.0);
        let ahead: Vec<Vec<f32>> = weights
            .iter()
            .zip(&before)
            .map(|(now, before)| {
                now.iter()
                    .zip(before)
                    .map(|(n, b)| n + momentum * (n - b))
                    .collect()
            })
            .collect();
        let mut gradient: Vec<Vec<f32>> = ahead
            .iter()
            .map(|row| {
                let mut row: Vec<f32> = row.iter().map(|weight| strength * weight).collect();
                row[width] = 0.0;
                row
            })
            .collect();
        for (input, (_, class)) in inputs.iter().zip(rows) {
            let scores: Vec<f32> = ahead
                .iter()
                .map(|row| dot(row, input) + row[width])
                .collect();
            for (place, probability) in softmax(&scores).into_iter().enumerate() {
                let error = (probability - if place == *class { 1.0 } else { 0.0 }) / count;
                let row = &mut gradient[place];
                for (slope, value) in row.iter_mut().zip(input) {
                    *slope += error * value;
                }
                row[width] += error;
            }
        }
        before = weights;
        weights = ahead;
        for (row, slopes) in weights.iter_mut().zip(&gradient) {
            for (weight, slope) in row.iter_mut().zip(slopes) {
                *weight -= slope / curvature;
            }
        }
    }
    scale.fold(weights)
}

impl Linear {
    /// The class of the highest score.
    pub(super) fn likeliest(&self, state: &[f32]) -> usize {
        let scores = self
            .rows
            .iter()
            .zip(&self.offsets)
            .map(|(row, offset)| dot(row, state) + offset);
        scores
            .enumerate()
            .reduce(|best, next| if next.1 > best.1 { next } else { best })
            .map_or(0, |(class, _)| class)
    }

    /// Of two classes: the score of the second less that of the first.
    pub(super) fn difference(&self) -> (Vec<f32>, f32) {
        let [first, second] = self.rows.as_slice() else {
            return (Vec::new(), 0.0);
        };
        let row = second
            .iter()
            .zip(first)
            .map(|(second, first)| short(second - first))
            .collect();
        (row, short(self.offsets[1] - self.offsets[0]))
    }

    /// The weights, one row per class, and the offsets.
    pub(super) fn into_rows(self) -> (Vec<Vec<f32>>, Vec<f32>) {
        (self.rows, self.offsets)
    }
}

/// Mean and deviation of each input.
struct Standard {
    mean: Vec<f32>,
    deviation: Vec<f32>,
}

impl Standard {
    fn of(rows: &[(&[f32], usize)], width: usize) -> Self {
        let count = rows.len().max(1) as f32;
        let mut mean = vec![0.0; width];
        for (state, _) in rows {
            for (sum, value) in mean.iter_mut().zip(*state) {
                *sum += value / count;
            }
        }
        let mut deviation = vec![0.0; width];
        for (state, _) in rows {
            for ((sum, value), mean) in deviation.iter_mut().zip(*state).zip(&mean) {
                *sum += (value - mean).powi(2) / count;
            }
        }
        for value in &mut deviation {
            *value = value.sqrt().max(1e-6);
        }
        Self { mean, deviation }
    }

    fn apply(&self, state: &[f32]) -> Vec<f32> {
        let scaled = state.iter().zip(&self.mean).zip(&self.deviation);
        scaled
            .map(|((value, mean), deviation)| (value - mean) / deviation)
            .collect()
    }

    /// `w · (x − mean) / deviation + b` as `w' · x + b'`.
    fn fold(&self, weights: Vec<Vec<f32>>) -> Linear {
        let width = self.mean.len();
        let rows: Vec<Vec<f32>> = weights
            .iter()
            .map(|row| {
                row.iter()
                    .zip(&self.deviation)
                    .map(|(weight, d)| short(weight / d))
                    .collect()
            })
            .collect();
        let offsets = weights
            .iter()
            .zip(&rows)
            .map(|(weights, row)| short(weights[width] - dot(row, &self.mean)))
            .collect();
        Linear { rows, offsets }
    }
}

/// The largest eigenvalue of the inputs' second-moment matrix, by power iteration.
fn largest_eigenvalue(inputs: &[Vec<f32>], width: usize) -> f32 {
    let mut direction = vec![1.0 / (width.max(1) as f32).sqrt(); width];
    let mut value = 1.0;
    for _ in 0..20 {
        let mut next = vec![0.0; width];
        for input in inputs {
            let share = dot(&direction, input) / inputs.len() as f32;
            for (sum, number) in next.iter_mut().zip(input) {
                *sum += share * number;
            }
        }
        value = dot(&next, &next).sqrt().max(1e-6);
        direction = next.into_iter().map(|number| number / value).collect();
    }
    value
}

fn softmax(scores: &[f32]) -> Vec<f32> {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weights: Vec<f32> = scores.iter().map(|score| (score - highest).exp()).collect();
    let total: f32 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / total).collect()
}

/// Of the shorter of the two.
fn dot(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// `value` to [`DIGITS`] significant digits.
fn short(value: f32) -> f32 {
    format!("{value:.*e}", DIGITS - 1).parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_separates_what_a_line_separates() {
        let states: Vec<[f32; 2]> = (0..40)
            .map(|i| [100.0 + (i % 10) as f32, if i < 20 { 3.0 } else { -3.0 }])
            .collect();
        let rows: Vec<(&[f32], usize)> = states
            .iter()
            .map(|state| (state.as_slice(), usize::from(state[1] > 0.0)))
            .collect();
        let linear = fit(&rows, 2, 0.01);
        for (state, class) in &rows {
            assert_eq!(linear.likeliest(state), *class);
        }
        let (row, offset) = linear.difference();
        assert!(dot(&row, &[104.0, 3.0]) + offset > 1.0);
        assert!(dot(&row, &[104.0, -3.0]) + offset < -1.0);
    }

    #[test]
    fn regularisation_keeps_weights_of_noise_small() {
        let states: Vec<[f32; 1]> = (0..40).map(|i| [(i % 7) as f32]).collect();
        let rows: Vec<(&[f32], usize)> = states
            .iter()
            .enumerate()
            .map(|(i, state)| (state.as_slice(), i % 2))
            .collect();
        let (weak, _) = fit(&rows, 2, 0.001).difference();
        let (strong, _) = fit(&rows, 2, 10.0).difference();
        assert!(strong[0].abs() < weak[0].abs());
    }

    #[test]
    fn weights_are_rounded_to_three_digits() {
        assert_eq!(short(0.012_345_6), 0.0123);
        assert_eq!(short(-98_765.0), -98_800.0);
        assert_eq!(short(0.0), 0.0);
    }
}
