//! The network: an encoder of the turn, a scorer of actions, a value head.
//!
//! Every action goes through the same scorer, joined with the same encoded turn, so the number of
//! actions is not in the weights: one set serves any number of attached inputs.

use burn::{
    module::{Module, Param, ParamId},
    nn::Linear,
    tensor::{Device, Int, Tensor, TensorData, activation::relu},
};

use crate::features::{ACTION, STATE};

/// The policy's network. `H` below is its hidden size.
#[derive(Module, Debug)]
pub struct Network {
    pub(crate) turn: Linear,
    pub(crate) context: Linear,
    pub(crate) context_to_score: Linear,
    pub(crate) action_to_score: Linear,
    pub(crate) score: Linear,
    pub(crate) logit: Linear,
    pub(crate) judgement: Linear,
    pub(crate) value: Linear,
}

/// Rewards of a whole dialogue are of this order: the value head counts in this unit.
pub const VALUE_UNIT: f32 = 10.0;

/// What the network says about a batch of turns.
#[derive(Debug)]
pub struct Scores {
    /// One logit for each action, `[actions]`, before any mask.
    pub logits: Tensor<1>,
    /// Estimated reward still to come, `[turns]`.
    pub values: Tensor<1>,
}

impl Network {
    /// A network whose weights are drawn from `draw`, which gives numbers in −1..1, scaled by
    /// `1 / sqrt(inputs)` of each layer; biases are 0. The last layer of the scorer is a hundredth
    /// of that, so that a fresh policy is indifferent.
    pub fn new(hidden: usize, device: &Device, mut draw: impl FnMut() -> f32) -> Self {
        let mut names = 0_u64;
        let mut linear = |inputs: usize, outputs: usize, scale: f32| {
            let gain = scale / (inputs as f32).sqrt();
            let weights = (0..inputs * outputs).map(|_| gain * draw()).collect();
            Linear {
                weight: named(
                    &mut names,
                    Tensor::from_data(TensorData::new(weights, [inputs, outputs]), device),
                ),
                bias: Some(named(&mut names, Tensor::zeros([outputs], device))),
            }
        };
        Self {
            turn: linear(STATE, hidden, 1.7),
            context: linear(hidden, hidden, 1.7),
            context_to_score: linear(hidden, hidden, 1.7),
            action_to_score: linear(ACTION, hidden, 1.7),
            score: linear(hidden, hidden, 1.7),
            logit: linear(hidden, 1, 0.01),
            judgement: linear(hidden, hidden, 1.7),
            value: linear(hidden, 1, 1.0),
        }
    }

    /// Scores actions of several turns: `states` is `[turns, STATE]`, `actions` is
    /// `[actions, ACTION]`, and `of_turn` says for each action which turn it belongs to, `[actions]`.
    #[must_use]
    pub fn forward(
        &self,
        states: Tensor<2>,
        actions: Tensor<2>,
        of_turn: Tensor<1, Int>,
    ) -> Scores {
        let [turns, _] = states.dims();
        let [count, _] = actions.dims();
        let turn = relu(self.turn.forward(states));
        let context = relu(self.context.forward(turn));
        let shared = self.context_to_score.forward(context.clone());
        let own = self.action_to_score.forward(actions);
        let joined = relu(own + shared.select(0, of_turn));
        let score = relu(self.score.forward(joined));
        let logits = self.logit.forward(score).reshape([count]);
        let judgement = relu(self.judgement.forward(context));
        let values = self.value.forward(judgement).reshape([turns]) * VALUE_UNIT;
        Scores { logits, values }
    }
}

/// A parameter whose name is its place, so that equal weights make equal files.
fn named<const D: usize>(names: &mut u64, tensor: Tensor<D>) -> Param<Tensor<D>> {
    *names += 1;
    Param::initialized(ParamId::from(*names), tensor).set_require_grad(true)
}
