//! What holds for a whole dialogue: dial, price, speeds.

use weir_core::{Budget, CloudEstimate, DeviceEstimate, Dial, NanoUsd, Price};
use weir_policy::Outlook;

use super::TurnPlan;
use crate::{
    draws::Draws,
    scenario::{Pack, conditions::PriceRanges},
};

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
    /// How far the local model is from the measured one (0) to a capable one (1).
    pub capability: f32,
}

impl Conditions {
    /// Conditions without limits.
    pub(super) fn draw(pack: &Pack, draws: &mut Draws) -> Self {
        let device = &pack.device;
        let decode = log_uniform(device.decode_tokens_per_second, draws);
        Self {
            dial: dial(draws),
            price: price(&pack.price, draws),
            cloud: CloudEstimate {
                ttft_ms: log_uniform(pack.cloud.ttft_ms, draws),
                tokens_per_second: log_uniform(pack.cloud.tokens_per_second, draws),
            },
            device: DeviceEstimate {
                ready: true,
                prefill_tokens_per_second: decode * log_uniform(device.prefill_over_decode, draws),
                decode_tokens_per_second: decode,
            },
            budget: Budget::UNLIMITED,
            capability: 0.0,
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

fn price(ranges: &PriceRanges, draws: &mut Draws) -> Price {
    let input = if draws.chance(ranges.free) {
        0.0
    } else {
        log_uniform(ranges.input_nano_usd, draws)
    };
    let [low, high] = ranges.output_over_input;
    let output = input * draws.uniform(low, high);
    Price {
        input: NanoUsd::new(input as u64),
        cached_input: NanoUsd::new((input / 2.0) as u64),
        output: NanoUsd::new(output as u64),
        audio_input: None,
        image_tokens: log_uniform(ranges.image_tokens, draws) as u32,
        audio_tokens_per_second: log_uniform(ranges.audio_tokens_per_second, draws) as u32,
    }
}

fn log_uniform([low, high]: [f32; 2], draws: &mut Draws) -> f32 {
    draws.log_uniform(low, high)
}
