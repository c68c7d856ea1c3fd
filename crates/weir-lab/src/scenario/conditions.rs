//! Networks, cloud models, prices and devices that dialogues are drawn with. The defaults are the
//! world's; a scenario may bring its own.

use serde::Deserialize;
use weir_core::NetworkEstimate;

/// Cloud models: a dialogue's is drawn from these ranges, uniformly in the logarithm.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CloudRanges {
    /// From the end of the upload to the first token, milliseconds.
    pub ttft_ms: [f32; 2],
    /// Generated tokens per second.
    pub tokens_per_second: [f32; 2],
}

impl Default for CloudRanges {
    fn default() -> Self {
        Self {
            ttft_ms: [200.0, 2500.0],
            tokens_per_second: [20.0, 200.0],
        }
    }
}

/// Prices: from a server of one's own (free) to a large model of a large provider.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PriceRanges {
    /// Share of dialogues that cost nothing.
    pub free: f32,
    /// A prompt token in nano-USD; USD per million tokens times 1,000. Uniform in the logarithm.
    pub input_nano_usd: [f32; 2],
    /// A generated token in prompt tokens. Uniform.
    pub output_over_input: [f32; 2],
    /// Prompt tokens of a picture. Uniform in the logarithm.
    pub image_tokens: [f32; 2],
    /// Prompt tokens of a second of sound. Uniform in the logarithm.
    pub audio_tokens_per_second: [f32; 2],
}

impl Default for PriceRanges {
    fn default() -> Self {
        Self {
            free: 0.1,
            input_nano_usd: [30.0, 5000.0],
            output_over_input: [3.0, 5.0],
            image_tokens: [85.0, 2500.0],
            audio_tokens_per_second: [10.0, 60.0],
        }
    }
}

/// Devices: uniform in the logarithm.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeviceRanges {
    /// Generated tokens per second.
    pub decode_tokens_per_second: [f32; 2],
    /// Prompt tokens read in the time of a generated one.
    pub prefill_over_decode: [f32; 2],
    /// Share of dialogues that begin before the local model is loaded.
    pub still_loading: f32,
}

impl Default for DeviceRanges {
    fn default() -> Self {
        Self {
            decode_tokens_per_second: [3.0, 150.0],
            prefill_over_decode: [3.0, 20.0],
            still_loading: 0.08,
        }
    }
}

/// Networks: profiles, and how one changes into another.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// Chance of another profile from one turn to the next, where networks change.
    pub(crate) switching: f32,
    /// Spread of delays and rates around a profile's medians, in the logarithm.
    pub(crate) spread: f32,
    /// At least one is online.
    pub(crate) profiles: Vec<Profile>,
}

/// A kind of network.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Its name.
    pub(crate) name: String,
    /// How often a dialogue begins on it.
    pub(crate) share: f32,
    /// Medians of its delays and rates.
    pub(crate) medians: NetworkEstimate,
    /// How often each profile follows when the network changes.
    pub(crate) next: Vec<f32>,
}

impl Default for Network {
    /// TMO's four networks and none: a cable is pulled, a phone leaves the house.
    fn default() -> Self {
        let profile =
            |name: &str, share, online, [rtt, jitter, up, down, loss]: [f32; 5], next: [f32; 5]| {
                Profile {
                    name: name.into(),
                    share,
                    medians: NetworkEstimate {
                        online,
                        rtt_ms: rtt,
                        jitter_ms: jitter,
                        up_mbps: up,
                        down_mbps: down,
                        loss,
                    },
                    next: next.to_vec(),
                }
            };
        let wired = [8.0, 1.0, 200.0, 500.0, 0.0];
        let wifi = [20.0, 8.0, 30.0, 100.0, 0.002];
        let five_g = [35.0, 15.0, 20.0, 150.0, 0.005];
        let four_g = [70.0, 35.0, 5.0, 25.0, 0.01];
        Self {
            switching: 0.12,
            spread: 0.5,
            profiles: vec![
                profile("wired", 0.22, true, wired, [0.0, 0.7, 0.1, 0.1, 0.1]),
                profile("wifi", 0.27, true, wifi, [0.2, 0.0, 0.3, 0.3, 0.2]),
                profile("5g", 0.22, true, five_g, [0.0, 0.3, 0.0, 0.5, 0.2]),
                profile("4g", 0.22, true, four_g, [0.0, 0.2, 0.5, 0.0, 0.3]),
                profile("offline", 0.07, false, four_g, [0.1, 0.3, 0.2, 0.4, 0.0]),
            ],
        }
    }
}
