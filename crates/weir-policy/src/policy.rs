//! A trained policy: loading it, and one decision.

use serde::{Deserialize, Serialize};
use weir_core::{Mask, Observation};

use crate::{
    features::{self, ACTION, STATE},
    inference::Inference,
    network::Network,
};

/// The burn that writes and reads weights; its record format is its own.
pub const BURN: &str = "0.22.1";

/// What weights are made for, written beside them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicySpec {
    /// Version of the feature tables, [`features::VERSION`].
    pub features: u32,
    /// Numbers that describe the turn.
    pub state: usize,
    /// Numbers that describe one action.
    pub action: usize,
    /// Hidden size of the network.
    pub hidden: usize,
    /// The burn that wrote the weights.
    pub burn: String,
    /// Name of the scenario it was trained on.
    pub scenario: String,
    /// Seed of the training run.
    pub seed: u64,
    /// Environment steps of the training run.
    pub steps: u64,
}

/// Why a policy could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The description is not one.
    #[error("policy.json cannot be read: {0}; train the policy again with `weir-lab train`")]
    Spec(#[from] serde_json::Error),
    /// The weights were trained on other features.
    #[error(
        "these weights are of feature version {found} and this build reads version {expected}; \
         train the policy again with `weir-lab train`"
    )]
    Version {
        /// Version of the weights.
        found: u32,
        /// Version of this build.
        expected: u32,
    },
    /// The weights were written by another burn.
    #[error(
        "these weights were written by burn {found} and this build has burn {BURN}; \
         train the policy again with `weir-lab train`"
    )]
    Burn {
        /// The burn that wrote them.
        found: String,
    },
    /// The shape is not one that this build knows.
    #[error(
        "policy.json describes a network of {state} × {action} features and hidden size {hidden}, \
         which this build does not have; train the policy again with `weir-lab train`"
    )]
    Shape {
        /// Numbers that describe the turn.
        state: usize,
        /// Numbers that describe one action.
        action: usize,
        /// Hidden size.
        hidden: usize,
    },
    /// The weights are damaged or of another network.
    #[error("policy.bpk is damaged or belongs to another network: {0}; fetch it again")]
    Weights(String),
}

/// Why no decision could be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecideError {
    /// The mask allows nothing: ask [`Mask::last_resort`].
    #[error("no action is feasible within the budget and the rules")]
    NothingFeasible,
    /// The mask is not of this observation.
    #[error("the mask is about {mask} actions and the observation about {observation}")]
    OtherObservation {
        /// Actions of the mask.
        mask: usize,
        /// Actions of the observation.
        observation: usize,
    },
}

/// One decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Place of the chosen action in the observation's forecasts. The mask allows it.
    pub index: usize,
    /// Probability of each action; 0 where the mask forbids it. They sum to 1.
    pub probabilities: Vec<f32>,
    /// The policy's estimate of the reward still to come in this dialogue.
    pub value: f32,
}

/// A policy with its weights, on the CPU.
#[derive(Debug)]
pub struct TrainedPolicy {
    network: Inference,
}

/// Hidden sizes beyond this are a damaged description, not a policy.
pub const LARGEST_HIDDEN: usize = 1024;

impl TrainedPolicy {
    /// Reads `policy.bpk` and `policy.json` as the lab writes them.
    ///
    /// # Errors
    /// [`LoadError`] if the two do not belong together or to this build.
    pub fn load(weights: Vec<u8>, spec: &str) -> Result<Self, LoadError> {
        let spec: PolicySpec = serde_json::from_str(spec)?;
        spec.check()?;
        let network = Inference::read(weights, spec.hidden)
            .map_err(|error| LoadError::Weights(error.to_string()))?;
        Ok(Self { network })
    }

    /// A policy of weights that are already in memory, on the CPU and without gradients.
    #[must_use]
    pub fn new(network: Network) -> Self {
        Self {
            network: Inference::from(&network),
        }
    }

    /// Takes the likeliest action among those that `mask` allows.
    ///
    /// # Errors
    /// [`DecideError`]; in particular when the mask allows nothing.
    pub fn decide(&self, observation: &Observation, mask: &Mask) -> Result<Choice, DecideError> {
        let count = observation.forecasts.len();
        if mask.verdicts().len() != count {
            return Err(DecideError::OtherObservation {
                mask: mask.verdicts().len(),
                observation: count,
            });
        }
        if mask.all_feasible().next().is_none() {
            return Err(DecideError::NothingFeasible);
        }
        let input = features::encode(observation);
        let (logits, value) = self.network.forward(input.state, input.actions);
        let allowed = |index| mask.allows(index);
        let probabilities = masked_softmax(&logits, allowed);
        let index = likeliest(&probabilities, allowed).ok_or(DecideError::NothingFeasible)?;
        Ok(Choice {
            index,
            probabilities,
            value,
        })
    }
}

impl PolicySpec {
    fn check(&self) -> Result<(), LoadError> {
        if self.features != features::VERSION {
            return Err(LoadError::Version {
                found: self.features,
                expected: features::VERSION,
            });
        }
        if self.burn != BURN {
            return Err(LoadError::Burn {
                found: self.burn.clone(),
            });
        }
        let known = self.state == STATE
            && self.action == ACTION
            && (1..=LARGEST_HIDDEN).contains(&self.hidden);
        if known {
            Ok(())
        } else {
            Err(LoadError::Shape {
                state: self.state,
                action: self.action,
                hidden: self.hidden,
            })
        }
    }
}

/// Probabilities of the allowed places of `logits`; 0 elsewhere. Logits that are not finite count
/// as equal, so that broken weights still choose among what is allowed.
#[must_use]
pub fn masked_softmax(logits: &[f32], allowed: impl Fn(usize) -> bool) -> Vec<f32> {
    let logit = |index: usize| {
        if logits[index].is_finite() {
            logits[index]
        } else {
            0.0
        }
    };
    let highest = (0..logits.len())
        .filter(|index| allowed(*index))
        .map(logit)
        .fold(f32::NEG_INFINITY, f32::max);
    let weights: Vec<f32> = (0..logits.len())
        .map(|index| {
            if allowed(index) {
                (logit(index) - highest).exp()
            } else {
                0.0
            }
        })
        .collect();
    let total: f32 = weights.iter().sum();
    weights
        .into_iter()
        .map(|weight| weight / total.max(f32::MIN_POSITIVE))
        .collect()
}

/// The first of the most probable places that are allowed.
fn likeliest(probabilities: &[f32], allowed: impl Fn(usize) -> bool) -> Option<usize> {
    (0..probabilities.len())
        .filter(|index| allowed(*index))
        .reduce(|best, index| {
            if probabilities[index] > probabilities[best] {
                index
            } else {
                best
            }
        })
}
