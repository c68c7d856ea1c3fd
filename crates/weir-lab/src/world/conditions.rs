//! What holds for a whole dialogue: dial, price, speeds.

use weir_core::{Budget, CloudEstimate, DeviceEstimate, Dial, NanoUsd, Price};
use weir_policy::Outlook;

use super::TurnPlan;
use crate::draws::Draws;

/// The longest reply asked for, here and in the cloud, tokens; what the page asks for.
pub(super) const OUTPUT_LIMIT: u32 = 512;
/// What holds for a whole dialogue.
#[derive(Clone, Debug)]
pub struct Conditions {
    /// What the user asks for.
    pub dial: Dial,
    /// The cloud model's price.
    pub price: Price,
    /// How quickly it answers.
    pub cloud: CloudEstimate,
    /// This device.
    pub device: DeviceEstimate,
    /// The dialogue's limits.
    pub budget: Budget,
}

impl Conditions {
    /// Conditions without limits.
    pub(super) fn draw(draws: &mut Draws) -> Self {
        let decode = draws.log_uniform(3.0, 150.0);
        Self {
            dial: dial(draws),
            price: price(draws),
            cloud: CloudEstimate {
                ttft_ms: draws.log_uniform(200.0, 2500.0),
                tokens_per_second: draws.log_uniform(20.0, 200.0),
            },
            device: DeviceEstimate {
                ready: true,
                prefill_tokens_per_second: decode * draws.log_uniform(3.0, 20.0),
                decode_tokens_per_second: decode,
            },
            budget: Budget::UNLIMITED,
        }
    }

    /// What a turn of these conditions looks like with `prompt_tokens` in all.
    pub(crate) fn outlook<'a>(&self, turn: &'a TurnPlan, prompt_tokens: u32) -> Outlook<'a> {
        let text_bytes = u64::from(prompt_tokens) * BYTES_PER_TOKEN;
        Outlook {
            task: turn.mix,
            inputs: &turn.inputs,
            prompt_tokens,
            prompt_tokens_bound: text_bytes + TEMPLATE_TOKENS,
            text_bytes,
            local_limit: OUTPUT_LIMIT,
            cloud_limit: OUTPUT_LIMIT,
            network: turn.network,
            cloud: self.cloud,
            device: DeviceEstimate {
                ready: turn.device_ready,
                ..self.device
            },
            price: Some(self.price),
        }
    }
}

/// Bytes of English per token, roughly.
const BYTES_PER_TOKEN: u64 = 4;
/// Tokens that a chat template may add.
const TEMPLATE_TOKENS: u64 = 272;

/// Half the users leave the dial as it is.
fn dial(draws: &mut Draws) -> Dial {
    if draws.chance(0.5) {
        return Dial::default();
    }
    let mut weight = || draws.log_uniform(0.03, 1.0);
    Dial {
        quality: 1.0,
        association: weight(),
        latency: weight(),
        usage: weight(),
    }
}

/// From a server of one's own (free) to a large model of a large provider.
fn price(draws: &mut Draws) -> Price {
    let input = if draws.chance(0.1) {
        0.0
    } else {
        draws.log_uniform(30.0, 5000.0)
    };
    let output = input * draws.uniform(3.0, 5.0);
    Price {
        input: NanoUsd::new(input as u64),
        cached_input: NanoUsd::new((input / 2.0) as u64),
        output: NanoUsd::new(output as u64),
        image_tokens: draws.log_uniform(85.0, 2500.0) as u32,
        audio_tokens_per_second: draws.log_uniform(10.0, 60.0) as u32,
    }
}
