//! Turns as tensors.

use burn::tensor::{Device, Int, Tensor, TensorData, activation::log_softmax};
use weir_policy::{
    Network,
    features::{ACTION, Features, STATE, encode},
    network::VALUE_UNIT,
};

use crate::environment::{Environment, allowed};

/// A turn as the network sees it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) features: Features,
    pub(super) allowed: Vec<bool>,
}

impl Seen {
    pub(super) fn of(environment: &impl Environment) -> Self {
        Self {
            features: encode(environment.observation()),
            allowed: allowed(environment),
        }
    }

    /// Whether there is more than one thing to do.
    pub(super) fn has_choice(&self) -> bool {
        self.allowed.iter().filter(|allowed| **allowed).count() > 1
    }
}

/// What the network says about a batch of turns, masked.
pub(super) struct Judged {
    /// Logarithm of each action's probability, `[turns, actions]`; very low where forbidden.
    pub(super) log_probabilities: Tensor<2>,
    /// `[turns]`.
    pub(super) values: Tensor<1>,
}

/// Added to the logits of what is forbidden.
const FORBIDDEN: f32 = -1e9;

/// Runs the network on a batch. Turns with fewer actions than others are filled up with forbidden
/// ones.
pub(super) fn judge(network: &Network, seen: &[&Seen], device: &Device) -> Judged {
    let turns = seen.len();
    let width = seen
        .iter()
        .map(|seen| seen.allowed.len())
        .max()
        .unwrap_or(0);
    let mut states = Vec::with_capacity(turns * STATE);
    let mut actions = Vec::with_capacity(turns * width * ACTION);
    let mut mask = Vec::with_capacity(turns * width);
    for (row, seen) in seen.iter().enumerate() {
        states.extend_from_slice(&seen.features.state);
        actions.extend_from_slice(&seen.features.actions);
        actions.resize((row + 1) * width * ACTION, 0.0);
        mask.extend(
            seen.allowed
                .iter()
                .map(|allowed| if *allowed { 0.0 } else { FORBIDDEN }),
        );
        mask.resize((row + 1) * width, FORBIDDEN);
    }
    let scores = network.forward(
        Tensor::from_data(TensorData::new(states, [turns, STATE]), device),
        Tensor::from_data(TensorData::new(actions, [turns, width, ACTION]), device),
    );
    let mask: Tensor<2> = Tensor::from_data(TensorData::new(mask, [turns, width]), device);
    Judged {
        log_probabilities: log_softmax(scores.logits + mask, 1),
        values: scores.values,
    }
}

impl Judged {
    /// Logarithm of the probability of one action of each turn, `[turns]`.
    pub(super) fn of_actions(&self, chosen: &[usize], device: &Device) -> Tensor<1> {
        let places: Vec<i32> = chosen.iter().map(|place| *place as i32).collect();
        let places: Tensor<2, Int> =
            Tensor::from_data(TensorData::new(places, [chosen.len(), 1]), device);
        self.log_probabilities
            .clone()
            .gather(1, places)
            .reshape([chosen.len()])
    }

    /// Half the mean squared distance of the values from `returns`, in the value head's unit.
    pub(super) fn value_loss(&self, returns: Vec<f32>, device: &Device) -> Tensor<1> {
        let returns = column(returns, device);
        ((self.values.clone() - returns) / VALUE_UNIT)
            .square()
            .mean()
            * 0.5
    }
}

/// One number for each turn.
pub(super) fn column(values: Vec<f32>, device: &Device) -> Tensor<1> {
    let count = values.len();
    Tensor::from_data(TensorData::new(values, [count]), device)
}
