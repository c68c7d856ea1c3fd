//! How slopes become steps.

use super::network::{Gradients, Network, changed, numbers};

/// A rule of descent, with what it remembers of earlier slopes.
#[derive(Clone, Debug)]
pub struct Optimiser {
    rule: Rule,
    rate: f32,
    /// Slopes together are shortened to at most this length.
    longest: f32,
    steps: i32,
    memory: Vec<Memory>,
}

#[derive(Clone, Copy, Debug)]
enum Rule {
    RmsProp { epsilon: f32 },
    Adam { epsilon: f32 },
}

/// Running means of the slopes of one parameter and of their squares.
#[derive(Clone, Debug)]
struct Memory {
    slopes: Vec<f32>,
    squares: Vec<f32>,
}

/// Weight of the past in the mean square of [`Optimiser::rms_prop`].
const ALPHA: f32 = 0.99;
/// Weights of the past in the means of [`Optimiser::adam`].
const BETAS: [f32; 2] = [0.9, 0.999];

impl Optimiser {
    /// Each slope over the root of its mean square (Hinton 2012).
    #[must_use]
    pub const fn rms_prop(rate: f32, epsilon: f32, longest: f32) -> Self {
        Self::new(Rule::RmsProp { epsilon }, rate, longest)
    }

    /// The mean slope over the root of its mean square (Kingma and Ba 2015).
    #[must_use]
    pub const fn adam(rate: f32, epsilon: f32, longest: f32) -> Self {
        Self::new(Rule::Adam { epsilon }, rate, longest)
    }

    const fn new(rule: Rule, rate: f32, longest: f32) -> Self {
        Self {
            rule,
            rate,
            longest,
            steps: 0,
            memory: Vec::new(),
        }
    }

    /// The `networks` after a step down. `gradients` are those of all of them, one after the other;
    /// they are the same networks in every step.
    #[must_use]
    pub fn step<const N: usize>(
        &mut self,
        networks: [Network; N],
        gradients: &Gradients,
    ) -> [Network; N] {
        self.steps += 1;
        if self.memory.is_empty() {
            self.memory = gradients
                .iter()
                .map(|one| Memory::of(numbers(one)))
                .collect();
        }
        let shorten = (self.longest / (length(gradients) + 1e-6)).min(1.0);
        let [of_slopes, of_squares] = BETAS.map(|beta| 1.0 - beta.powi(self.steps));
        let root = of_squares.sqrt();
        let mut places = gradients.iter().zip(&mut self.memory);
        networks.map(|network| {
            network.map(|parameter| {
                let Some((slopes, memory)) = places.next() else {
                    return parameter;
                };
                let slopes = numbers(slopes).iter().map(|slope| shorten * slope);
                changed(parameter, |weights| match self.rule {
                    Rule::RmsProp { epsilon } => {
                        memory.rms_prop(weights, slopes, self.rate, epsilon);
                    }
                    Rule::Adam { epsilon } => {
                        let rate = self.rate * root / of_slopes;
                        memory.adam(weights, slopes, rate, epsilon * root);
                    }
                })
            })
        })
    }
}

impl Memory {
    fn of(slopes: &[f32]) -> Self {
        Self {
            slopes: vec![0.0; slopes.len()],
            squares: vec![0.0; slopes.len()],
        }
    }

    fn rms_prop(
        &mut self,
        weights: &mut [f32],
        slopes: impl Iterator<Item = f32>,
        rate: f32,
        epsilon: f32,
    ) {
        for ((weight, slope), square) in weights.iter_mut().zip(slopes).zip(&mut self.squares) {
            *square = ALPHA * *square + (1.0 - ALPHA) * slope * slope;
            *weight -= rate * slope / (square.sqrt() + epsilon);
        }
    }

    fn adam(
        &mut self,
        weights: &mut [f32],
        slopes: impl Iterator<Item = f32>,
        rate: f32,
        epsilon: f32,
    ) {
        let memory = self.slopes.iter_mut().zip(&mut self.squares);
        for ((weight, slope), (mean, square)) in weights.iter_mut().zip(slopes).zip(memory) {
            *mean = BETAS[0] * *mean + (1.0 - BETAS[0]) * slope;
            *square = BETAS[1] * *square + (1.0 - BETAS[1]) * slope * slope;
            *weight -= rate * *mean / (square.sqrt() + epsilon);
        }
    }
}

/// The length of all slopes as one vector.
fn length(gradients: &Gradients) -> f32 {
    /// Sums that do not wait for each other.
    const SUMS: usize = 8;
    let mut sums = [0.0; SUMS];
    for slopes in gradients {
        let slopes = numbers(slopes);
        let mut chunks = slopes.chunks_exact(SUMS);
        for chunk in &mut chunks {
            let places = sums.iter_mut().zip(chunk);
            places.for_each(|(sum, slope)| *sum += slope * slope);
        }
        let places = sums.iter_mut().zip(chunks.remainder());
        places.for_each(|(sum, slope)| *sum += slope * slope);
    }
    sums.into_iter().sum::<f32>().sqrt()
}
