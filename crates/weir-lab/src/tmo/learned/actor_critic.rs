//! What A2C and PPO share: an actor, a critic, and how they play and learn.

use super::{
    DISCOUNT,
    lanes::{Brought, Lane, Lanes},
    network::Network,
    optimiser::Optimiser,
};
use crate::draws::Draws;

/// Two networks that share nothing, as Stable-Baselines3 has them.
#[derive(Clone, Debug)]
pub(super) struct ActorCritic {
    pub(super) actor: Network,
    critic: Network,
}

/// Turns that were played, with what there is to learn from them. Turns of all worlds at one time
/// follow each other, then those of the next.
#[derive(Clone, Debug, Default)]
pub(super) struct Played {
    pub(super) observations: Vec<f32>,
    pub(super) actions: Vec<usize>,
    /// Logarithm of the probability that each action had.
    pub(super) logs: Vec<f32>,
    pub(super) advantages: Vec<f32>,
    /// What the critic should have said.
    pub(super) returns: Vec<f32>,
}

/// Scale of the critic's loss beside the actor's.
const CRITIC: f32 = 0.5;

impl ActorCritic {
    /// For `actions` actions.
    pub(super) fn new(inputs: usize, actions: usize, draws: &mut Draws) -> Self {
        Self {
            actor: Network::orthogonal(inputs, actions, 0.01, draws),
            critic: Network::orthogonal(inputs, 1, 1.0, draws),
        }
    }

    /// Plays `turns` turns in each world.
    pub(super) fn play<L: Lane>(
        &self,
        lanes: &mut Lanes<L>,
        turns: usize,
        lambda: f32,
        draws: &mut Draws,
    ) -> Played {
        let mut played = Played::default();
        let mut brought = Vec::with_capacity(turns * lanes.count());
        for _ in 0..turns {
            let observations = lanes.observe();
            played.observations.extend_from_slice(&observations);
            let mut logits = self.actor.forward(observations).outputs;
            let first = played.actions.len();
            for logits in logits.chunks_exact_mut(self.actor.outputs()) {
                log_softmax(logits);
                let weights: Vec<f32> = logits.iter().map(|log| log.exp()).collect();
                let action = draws.pick(&weights);
                played.actions.push(action);
                played.logs.push(logits[action]);
            }
            brought.extend(lanes.step(&played.actions[first..]));
        }
        let mut seen = played.observations.clone();
        seen.extend(lanes.observe());
        let values = self.critic.forward(seen).outputs;
        played.advantages = advantages(&brought, &values, lanes.count(), lambda);
        let returns = played.advantages.iter().zip(&values);
        played.returns = returns
            .map(|(advantage, value)| advantage + value)
            .collect();
        played
    }

    /// After one step of learning from the turns of `played` at `places`. The actor's loss is the mean of
    /// what has the slope −`push(place, log)` by the logarithm of the action's probability, of
    /// which `log` is the present value; the critic's is the mean square of its error.
    pub(super) fn learn(
        self,
        played: &Played,
        places: &[usize],
        optimiser: &mut Optimiser,
        push: impl Fn(usize, f32) -> f32,
    ) -> Self {
        let count = places.len() as f32;
        let width = played.observations.len() / played.actions.len();
        let mut observations = Vec::with_capacity(width * places.len());
        for place in places {
            observations.extend_from_slice(&played.observations[place * width..][..width]);
        }
        let mut judged = self.critic.forward(observations.clone());
        let mut values = std::mem::take(&mut judged.outputs);
        for (value, place) in values.iter_mut().zip(places) {
            *value = CRITIC * 2.0 * (*value - played.returns[*place]) / count;
        }
        let mut acted = self.actor.forward(observations);
        let mut logits = std::mem::take(&mut acted.outputs);
        let turns = logits.chunks_exact_mut(self.actor.outputs());
        for (logits, place) in turns.zip(places) {
            log_softmax(logits);
            let action = played.actions[*place];
            let push = push(*place, logits[action]) / count;
            for logit in &mut *logits {
                *logit = push * logit.exp();
            }
            logits[action] -= push;
        }
        let mut gradients = self.actor.backward(acted, logits);
        gradients.extend(self.critic.backward(judged, values));
        let [actor, critic] = optimiser.step([self.actor, self.critic], &gradients);
        Self { actor, critic }
    }
}

/// Generalised advantages (Schulman et al. 2016) of what was `brought` in `lanes` worlds, time by
/// time; with `lambda` 1 they are returns less values. `values` has those of the turns and of the
/// turns that follow the last.
#[must_use]
pub fn advantages(brought: &[Brought], values: &[f32], lanes: usize, lambda: f32) -> Vec<f32> {
    let mut advantages = vec![0.0; brought.len()];
    for place in (0..brought.len()).rev() {
        let Brought { reward, done } = brought[place];
        let ahead = advantages.get(place + lanes).copied().unwrap_or(0.0);
        let (next, ahead) = if done {
            (0.0, 0.0)
        } else {
            (values[place + lanes], ahead)
        };
        advantages[place] = reward + DISCOUNT * (next + lambda * ahead) - values[place];
    }
    advantages
}

/// Logarithms of the probabilities that logits stand for.
fn log_softmax(logits: &mut [f32]) {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = logits.iter().map(|logit| (logit - highest).exp()).sum();
    let whole = highest + sum.ln();
    logits.iter_mut().for_each(|logit| *logit -= whole);
}
