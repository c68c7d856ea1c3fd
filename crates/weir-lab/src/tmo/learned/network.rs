//! The networks of the reference: two hidden layers of 64.
//!
//! At this size automatic differentiation costs more than the arithmetic, so the way back is written
//! out. Matrices are multiplied by burn; what is done to each number alone is one pass over the
//! tensor's numbers, because the tensors are smaller than the cost of passing over them repeatedly.

use burn::tensor::{Device, Tensor, TensorData};

use crate::draws::Draws;

/// Width of each hidden layer.
const HIDDEN: usize = 64;

/// What a hidden layer does to each of its sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// The hyperbolic tangent.
    Tanh,
    /// The positive part.
    Relu,
}

/// A perceptron with two hidden layers.
#[derive(Clone, Debug)]
pub struct Network {
    unit: Unit,
    layers: [Layer; 3],
}

/// `[inputs, outputs]` and `[1, outputs]`.
#[derive(Clone, Debug)]
struct Layer {
    weight: Tensor<2>,
    bias: Tensor<2>,
}

/// A way through the network, from which [`Network::backward`] can return.
#[derive(Debug)]
pub struct Pass {
    /// What went into each layer, `[rows, inputs]`.
    inputs: [Tensor<2>; 3],
    /// What came out, row by row.
    pub outputs: Vec<f32>,
}

/// A slope for each number of each parameter, in the order of [`Network::parameters`].
pub type Gradients = Vec<TensorData>;

impl Network {
    /// Tanh layers with orthogonal weights (Saxe et al. 2014) times √2, those of the last layer
    /// times `gain`; biases are 0. Stable-Baselines3 begins actors and critics so.
    pub fn orthogonal(inputs: usize, outputs: usize, gain: f32, draws: &mut Draws) -> Self {
        let hidden = std::f32::consts::SQRT_2;
        let mut layer = |inputs, outputs, gain: f32| {
            let weights = orthogonal(inputs, outputs, draws);
            Layer::new(
                weights.into_iter().map(|weight| gain * weight).collect(),
                vec![0.0; outputs],
            )
        };
        Self {
            unit: Unit::Tanh,
            layers: [
                layer(inputs, HIDDEN, hidden),
                layer(HIDDEN, HIDDEN, hidden),
                layer(HIDDEN, outputs, gain),
            ],
        }
    }

    /// Rectified layers with weights and biases evenly within ±1/√inputs. PyTorch begins layers so,
    /// and Stable-Baselines3's DQN leaves it at that.
    pub fn even(inputs: usize, outputs: usize, draws: &mut Draws) -> Self {
        let mut layer = |inputs: usize, outputs: usize| {
            let most = (inputs as f32).sqrt().recip();
            let mut numbers = |count| (0..count).map(|_| draws.uniform(-most, most)).collect();
            Layer::new(numbers(inputs * outputs), numbers(outputs))
        };
        Self {
            unit: Unit::Relu,
            layers: [
                layer(inputs, HIDDEN),
                layer(HIDDEN, HIDDEN),
                layer(HIDDEN, outputs),
            ],
        }
    }

    /// How many numbers it says of each row.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.layers[2].bias.dims()[1]
    }

    /// Weight and bias of each layer, the first layer first.
    pub fn parameters(&self) -> impl Iterator<Item = &Tensor<2>> {
        let Self { layers, .. } = self;
        layers
            .iter()
            .flat_map(|Layer { weight, bias }| [weight, bias])
    }

    /// With each parameter made of the one before.
    pub(super) fn map(self, mut map: impl FnMut(Tensor<2>) -> Tensor<2>) -> Self {
        let layers = self.layers.map(|Layer { weight, bias }| Layer {
            weight: map(weight),
            bias: map(bias),
        });
        Self { layers, ..self }
    }

    /// What it says about rows of inputs that follow each other in `inputs`.
    #[must_use]
    pub fn forward(&self, inputs: Vec<f32>) -> Pass {
        let [first, second, last] = &self.layers;
        let width = first.weight.dims()[0];
        let inputs = rows(inputs, width);
        let one = self.unit.of(first.sums(&inputs));
        let two = self.unit.of(second.sums(&one));
        let outputs = numbers(&last.sums(&two).into_data()).to_vec();
        Pass {
            inputs: [inputs, one, two],
            outputs,
        }
    }

    /// The slopes of a loss by each parameter, given those by each output of `pass`.
    #[must_use]
    pub fn backward(&self, pass: Pass, slopes: Vec<f32>) -> Gradients {
        let mut slopes = rows(slopes, self.outputs());
        let mut gradients = Vec::with_capacity(2 * self.layers.len());
        let places = self.layers.iter().zip(pass.inputs).enumerate().rev();
        for (place, (layer, inputs)) in places {
            gradients.push(slopes.clone().sum_dim(0).into_data());
            let weight = inputs.clone().transpose().matmul(slopes.clone());
            gradients.push(weight.into_data());
            if place > 0 {
                let before = slopes.matmul(layer.weight.clone().transpose());
                slopes = self.unit.slopes(before, inputs);
            }
        }
        gradients.reverse();
        gradients
    }
}

impl Layer {
    fn new(weights: Vec<f32>, bias: Vec<f32>) -> Self {
        let outputs = bias.len();
        Self {
            weight: rows(weights, outputs),
            bias: rows(bias, outputs),
        }
    }

    fn sums(&self, inputs: &Tensor<2>) -> Tensor<2> {
        inputs.clone().matmul(self.weight.clone()) + self.bias.clone()
    }
}

impl Unit {
    fn of(self, sums: Tensor<2>) -> Tensor<2> {
        changed(sums, |sums| match self {
            Self::Tanh => sums.iter_mut().for_each(|sum| *sum = tanh(*sum)),
            Self::Relu => sums.iter_mut().for_each(|sum| *sum = sum.max(0.0)),
        })
    }

    /// Slopes by the sums, given those by what [`Unit::of`] made of them.
    fn slopes(self, slopes: Tensor<2>, made: Tensor<2>) -> Tensor<2> {
        let made = made.into_data();
        changed(slopes, |slopes| {
            let pairs = slopes.iter_mut().zip(numbers(&made));
            match self {
                Self::Tanh => pairs.for_each(|(slope, made)| *slope *= 1.0 - made * made),
                Self::Relu => pairs.for_each(|(slope, made)| *slope *= f32::from(*made > 0.0)),
            }
        })
    }
}

/// The hyperbolic tangent to 1e-5, by the ninth convergent of its continued fraction
/// (Lambert 1768). Without a branch or a call, the compiler does several at once.
#[must_use]
pub fn tanh(number: f32) -> f32 {
    let number = number.clamp(-9.0, 9.0);
    let square = number * number;
    let above =
        34_459_425.0 + square * (4_729_725.0 + square * (135_135.0 + square * (990.0 + square)));
    let below = 34_459_425.0
        + square * (16_216_200.0 + square * (945_945.0 + square * (13_860.0 + square * 45.0)));
    (number * above / below).clamp(-1.0, 1.0)
}

/// `inputs × outputs` numbers of which the rows or the columns, whichever are fewer, are
/// orthonormal, drawn evenly: Gram–Schmidt of normal draws.
fn orthogonal(inputs: usize, outputs: usize, draws: &mut Draws) -> Vec<f32> {
    let (count, length) = (inputs.min(outputs), inputs.max(outputs));
    let mut vectors: Vec<Vec<f32>> = Vec::with_capacity(count);
    while vectors.len() < count {
        let mut next: Vec<f32> = (0..length).map(|_| draws.normal()).collect();
        for vector in &vectors {
            let along = dot(&next, vector);
            let pairs = next.iter_mut().zip(vector);
            pairs.for_each(|(next, vector)| *next -= along * vector);
        }
        let norm = dot(&next, &next).sqrt();
        next.iter_mut().for_each(|number| *number /= norm);
        vectors.push(next);
    }
    let weight = |input: usize, output: usize| {
        if inputs < outputs {
            vectors[input][output]
        } else {
            vectors[output][input]
        }
    };
    (0..inputs * outputs)
        .map(|place| weight(place / outputs, place % outputs))
        .collect()
}

fn dot(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// A tensor of rows that follow each other.
pub(super) fn rows(numbers: Vec<f32>, width: usize) -> Tensor<2> {
    let shape = [numbers.len() / width, width];
    Tensor::from_data(TensorData::new(numbers, shape), &Device::flex())
}

/// A tensor after a change to its numbers, in place where nothing else holds them.
pub(super) fn changed(tensor: Tensor<2>, change: impl FnOnce(&mut [f32])) -> Tensor<2> {
    let mut data = tensor.into_data();
    change(data.as_mut_slice().unwrap_or_default());
    Tensor::from_data(data, &Device::flex())
}

/// The numbers of a tensor, row by row. All tensors here are made by [`rows`] and of `f32`.
pub(super) fn numbers(data: &TensorData) -> &[f32] {
    data.as_slice().unwrap_or_default()
}
