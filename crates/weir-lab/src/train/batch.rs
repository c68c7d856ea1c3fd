//! Turns as tensors.

use burn::tensor::{Device, Int, Tensor, TensorData, activation::log_softmax};
use weir_policy::{
    Network,
    features::{ACTION, STATE, encode},
    network::VALUE_UNIT,
};

use crate::environment::Environment;

/// A turn as the network sees it: its state, and the actions that are allowed.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    state: Vec<f32>,
    /// `[allowed actions, ACTION]`.
    actions: Vec<f32>,
    /// Places of the allowed actions in the forecasts.
    places: Vec<usize>,
}

impl Seen {
    pub(super) fn of(environment: &impl Environment) -> Self {
        let observation = environment.observation();
        let features = encode(observation);
        let all = 0..observation.forecasts.len();
        let places: Vec<usize> = all.filter(|place| environment.allows(*place)).collect();
        let row = |place: &usize| &features.actions[place * ACTION..(place + 1) * ACTION];
        Self {
            actions: places.iter().flat_map(row).copied().collect(),
            state: features.state,
            places,
        }
    }

    /// Places of the allowed actions in the forecasts; at least one.
    pub(super) fn places(&self) -> &[usize] {
        &self.places
    }

    /// Whether there is more than one thing to do.
    pub(super) fn has_choice(&self) -> bool {
        self.places.len() > 1
    }
}

/// What the network says about a batch of turns.
pub(super) struct Judged {
    /// Logarithm of the probability of each allowed action, in the order of [`Seen::places`],
    /// `[turns, most allowed actions]`; very low where a turn has fewer.
    pub(super) log_probabilities: Tensor<2>,
    /// `[turns]`.
    pub(super) values: Tensor<1>,
}

/// The logit of what is not there.
const ABSENT: f32 = -1e9;

/// Runs the network on the allowed actions of a batch. Only the softmax is over a rectangle: turns
/// differ in how many actions they have, and filling all of them up would be most of the work.
pub(super) fn judge(network: &Network, seen: &[&Seen], device: &Device) -> Judged {
    let turns = seen.len();
    let counts = || seen.iter().map(|seen| seen.places.len());
    let (rows, most) = (counts().sum::<usize>(), counts().max().unwrap_or(0));
    let mut states = Vec::with_capacity(turns * STATE);
    let mut actions = Vec::with_capacity(rows * ACTION);
    let mut of_turn = Vec::with_capacity(rows);
    let mut places = Vec::with_capacity(turns * most);
    for (turn, seen) in seen.iter().enumerate() {
        let first = of_turn.len();
        states.extend_from_slice(&seen.state);
        actions.extend_from_slice(&seen.actions);
        of_turn.resize(first + seen.places.len(), turn as i32);
        places.extend((first..of_turn.len()).map(|row| row as i32));
        places.resize((turn + 1) * most, rows as i32);
    }
    let scores = network.forward(
        Tensor::from_data(TensorData::new(states, [turns, STATE]), device),
        Tensor::from_data(TensorData::new(actions, [rows, ACTION]), device),
        Tensor::from_data(TensorData::new(of_turn, [rows]), device),
    );
    let absent = Tensor::from_data([ABSENT], device);
    let places: Tensor<1, Int> = Tensor::from_data(TensorData::new(places, [turns * most]), device);
    let logits = Tensor::cat(vec![scores.logits, absent], 0).select(0, places);
    Judged {
        log_probabilities: log_softmax(logits.reshape([turns, most]), 1),
        values: scores.values,
    }
}

impl Judged {
    /// Logarithm of the probability of one action of each turn, by its place among the allowed ones,
    /// `[turns]`.
    pub(super) fn of_actions(&self, chosen: &[usize], device: &Device) -> Tensor<1> {
        let places: Vec<i32> = chosen.iter().map(|place| *place as i32).collect();
        let places: Tensor<2, Int> =
            Tensor::from_data(TensorData::new(places, [chosen.len(), 1]), device);
        self.log_probabilities
            .clone()
            .gather(1, places)
            .reshape([chosen.len()])
    }

    /// Mean cross-entropy to what `wanted` gives the allowed actions of each turn, which sums to 1.
    pub(super) fn cross_entropy(&self, wanted: &[&[f32]], device: &Device) -> Tensor<1> {
        let [turns, most] = self.log_probabilities.dims();
        let mut shares = Vec::with_capacity(turns * most);
        for (turn, wanted) in wanted.iter().enumerate() {
            shares.extend_from_slice(wanted);
            shares.resize((turn + 1) * most, 0.0);
        }
        let shares = Tensor::from_data(TensorData::new(shares, [turns, most]), device);
        -(self.log_probabilities.clone() * shares).sum_dim(1).mean()
    }

    /// Half the mean squared distance of the values from `returns`, in the value head's unit.
    pub(super) fn value_loss(&self, returns: Vec<f32>, device: &Device) -> Tensor<1> {
        let returns = column(returns, device);
        ((self.values.clone() - returns) / VALUE_UNIT)
            .square()
            .mean()
            * 0.5
    }

    /// The probabilities of each turn's allowed actions.
    pub(super) fn probabilities(&self, seen: &[Seen]) -> Vec<Vec<f32>> {
        let [_, most] = self.log_probabilities.dims();
        let logs = numbers(self.log_probabilities.clone());
        let rows = logs.chunks(most.max(1)).zip(seen);
        rows.map(|(row, seen)| {
            row[..seen.places.len()]
                .iter()
                .map(|log| log.exp())
                .collect()
        })
        .collect()
    }
}

/// One number for each turn.
pub(super) fn column(values: Vec<f32>, device: &Device) -> Tensor<1> {
    let count = values.len();
    Tensor::from_data(TensorData::new(values, [count]), device)
}

/// The numbers of a tensor.
pub(super) fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}
