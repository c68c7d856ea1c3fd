//! The network's forward pass for one decision, on burn's CPU backend itself.
//!
//! [`crate::Network`] is for whoever trains: its tensors may lie on any of burn's devices. A module
//! that uses those carries the GPU kernels of every operation, which for these few would be half of
//! the worker. The shapes and the order of operations are the network's; a test holds the two equal.

use burn::{
    backend::ops::{ActivationOps, FloatTensorOps},
    nn::Linear,
    tensor::{Bytes, DType, TensorData},
};
use burn_flex::{Flex, FlexTensor};
use burn_pack::Reader;

use crate::{
    features::{ACTION, STATE},
    network::{Network, VALUE_UNIT},
};

/// Why weights cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WeightsError {
    #[error("{0}")]
    Pack(#[from] burn_pack::Error),
    #[error("there is no `{0}`")]
    Missing(String),
    #[error("`{name}` is {found:?} of {dtype:?} instead of {expected:?} of F32")]
    Shape {
        name: String,
        found: Vec<usize>,
        dtype: DType,
        expected: Vec<usize>,
    },
}

/// The layers of a [`Network`], by its names for them.
#[derive(Debug)]
pub(crate) struct Inference {
    turn: Dense,
    context: Dense,
    context_to_score: Dense,
    action_to_score: Dense,
    score: Dense,
    logit: Dense,
    judgement: Dense,
    value: Dense,
}

impl Inference {
    /// Reads what [`burn::module::Module::into_record`] writes of a network of this hidden size.
    pub(crate) fn read(pack: Vec<u8>, hidden: usize) -> Result<Self, WeightsError> {
        let tensors = Reader::from_bytes(Bytes::from_bytes_vec(pack))?.into_tensors()?;
        let mut pack = Pack(
            tensors
                .into_iter()
                .map(|tensor| {
                    let (name, dtype, shape, _, bytes) = tensor.into_parts()?;
                    Ok((name, TensorData::from_bytes(bytes, shape, dtype)))
                })
                .collect::<Result<_, burn_pack::Error>>()?,
        );
        Ok(Self {
            turn: pack.dense("turn", STATE, hidden)?,
            context: pack.dense("context", hidden, hidden)?,
            context_to_score: pack.dense("context_to_score", hidden, hidden)?,
            action_to_score: pack.dense("action_to_score", ACTION, hidden)?,
            score: pack.dense("score", hidden, hidden)?,
            logit: pack.dense("logit", hidden, 1)?,
            judgement: pack.dense("judgement", hidden, hidden)?,
            value: pack.dense("value", hidden, 1)?,
        })
    }

    /// One logit for each action, `[actions]` of `[actions × ACTION]` features, and the estimated
    /// reward still to come, of one turn's `[STATE]` features.
    pub(crate) fn forward(&self, state: Vec<f32>, actions: Vec<f32>) -> (Vec<f32>, f32) {
        let count = actions.len() / ACTION;
        let turn = relu(self.turn.forward(tensor(state, [1, STATE])));
        let context = relu(self.context.forward(turn));
        let shared = self.context_to_score.forward(context.clone());
        let own = self
            .action_to_score
            .forward(tensor(actions, [count, ACTION]));
        let joined = relu(Flex::float_add(own, shared));
        let score = relu(self.score.forward(joined));
        let logits = self.logit.forward(score).storage::<f32>().to_vec();
        let judgement = relu(self.judgement.forward(context));
        let value = self.value.forward(judgement);
        let value = value.storage::<f32>().first().copied().unwrap_or(0.0);
        (logits, value * VALUE_UNIT)
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "whoever has a network in memory trained it on the CPU, which gives its weights at once"
)]
impl From<&Network> for Inference {
    fn from(network: &Network) -> Self {
        let dense = |linear: &Linear| {
            let [_, outputs] = linear.weight.dims();
            let bias = linear.bias.as_ref().map_or_else(
                || TensorData::zeros::<f32, _>([outputs]),
                |bias| bias.val().into_data(),
            );
            Dense::new(linear.weight.val().into_data(), bias)
        };
        Self {
            turn: dense(&network.turn),
            context: dense(&network.context),
            context_to_score: dense(&network.context_to_score),
            action_to_score: dense(&network.action_to_score),
            score: dense(&network.score),
            logit: dense(&network.logit),
            judgement: dense(&network.judgement),
            value: dense(&network.value),
        }
    }
}

/// Tensors of a file, by name.
struct Pack(std::collections::BTreeMap<String, TensorData>);

impl Pack {
    fn dense(&mut self, name: &str, inputs: usize, outputs: usize) -> Result<Dense, WeightsError> {
        let weight = self.floats(format!("{name}.weight"), &[inputs, outputs])?;
        let bias = self.floats(format!("{name}.bias"), &[outputs])?;
        Ok(Dense::new(weight, bias))
    }

    fn floats(&mut self, name: String, expected: &[usize]) -> Result<TensorData, WeightsError> {
        let Some(data) = self.0.remove(&name) else {
            return Err(WeightsError::Missing(name));
        };
        if data.dtype() != DType::F32 || data.shape().to_vec() != expected {
            return Err(WeightsError::Shape {
                name,
                found: data.shape().to_vec(),
                dtype: data.dtype(),
                expected: expected.to_vec(),
            });
        }
        Ok(data)
    }
}

/// `x · weight + bias`.
#[derive(Debug)]
struct Dense {
    /// `[inputs, outputs]`.
    weight: FlexTensor,
    /// `[1, outputs]`.
    bias: FlexTensor,
}

impl Dense {
    /// Of a weight of `[inputs, outputs]` and a bias of `[outputs]`.
    fn new(weight: TensorData, bias: TensorData) -> Self {
        let (bias, shape, dtype) = bias.into_parts();
        let row = [1, shape.num_elements()];
        Self {
            weight: FlexTensor::from_data(weight),
            bias: FlexTensor::from_data(TensorData::from_bytes(bias, row, dtype)),
        }
    }

    fn forward(&self, x: FlexTensor) -> FlexTensor {
        Flex::float_add(
            Flex::float_matmul(x, self.weight.clone()),
            self.bias.clone(),
        )
    }
}

fn relu(x: FlexTensor) -> FlexTensor {
    <Flex as ActivationOps<Flex>>::relu(x)
}

fn tensor(values: Vec<f32>, shape: [usize; 2]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}
