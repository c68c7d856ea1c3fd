//! The policy: fits the trained network and its response model to the engine.

use std::cell::RefCell;

use weir_core::{Forecast, Mask, Observation};
use weir_engine::{Choice, Circumstances, Policy};
use weir_policy::{
    LoadError, Outlook, ResponseError, ResponseModel, TrainedPolicy, forecast::Input,
};

/// The policy that the lab trained for this build.
#[derive(Debug)]
pub(crate) struct Offloading {
    policy: TrainedPolicy,
    /// As the lab wrote it, with what it measured of one local model.
    shipped: ResponseModel,
    /// For the local model at hand.
    response: RefCell<ResponseModel>,
}

/// Why the policy cannot be used: the build is broken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PolicyError {
    #[error(transparent)]
    Network(#[from] LoadError),
    #[error(transparent)]
    Response(#[from] ResponseError),
}

impl Offloading {
    pub(crate) fn shipped() -> Result<Self, PolicyError> {
        let weights = include_bytes!("../../../models/policy/policy.bpk");
        let spec = include_str!("../../../models/policy/policy.json");
        let response = include_str!("../../../models/policy/response.json");
        let shipped = ResponseModel::from_json(response)?;
        Ok(Self {
            policy: TrainedPolicy::load(weights.to_vec(), spec)?,
            response: RefCell::new(shipped.clone()),
            shipped,
        })
    }

    /// Expects of local replies what a model of this size is worth, or what was measured of it.
    pub(crate) fn expect_local(&self, sha256: Option<&str>, parameters: u64) {
        let response = self.shipped.of_local(sha256, parameters);
        self.response.replace(response);
    }
}

impl Policy for Offloading {
    fn forecasts(&self, circumstances: &Circumstances<'_>) -> Vec<Forecast> {
        let relevance = circumstances
            .relevance
            .iter()
            .chain(std::iter::repeat(&0.5));
        let inputs: Vec<_> = circumstances
            .attachments
            .iter()
            .zip(relevance)
            .map(|(attachment, relevance)| Input {
                modality: attachment.modality,
                bytes: attachment.bytes,
                seconds: attachment.seconds,
                relevance: *relevance,
            })
            .collect();
        let outlook = Outlook {
            task: circumstances.task,
            inputs: &inputs,
            prompt_tokens: circumstances.prompt_tokens,
            prompt_tokens_bound: circumstances.prompt_tokens_bound,
            text_bytes: circumstances.prompt_bytes,
            local_limit: circumstances.output_limit,
            cloud_limit: circumstances.output_limit,
            network: circumstances.network,
            cloud: circumstances.cloud,
            device: circumstances.device,
            price: circumstances.price,
        };
        weir_policy::forecasts(&outlook, &self.response.borrow())
    }

    fn choose(&self, observation: &Observation, mask: &Mask) -> Option<Choice> {
        let choice = self.policy.decide(observation, mask).ok()?;
        Some(Choice {
            index: choice.index,
            probabilities: choice.probabilities,
            value: choice.value,
        })
    }
}
