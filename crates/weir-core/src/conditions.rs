//! The network, the cloud and this device as physics: rates and delays, from which seconds follow.

use serde::{Deserialize, Serialize};

/// What is known of the way to the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkEstimate {
    /// Whether there is a network at all.
    pub online: bool,
    /// Round trip, milliseconds.
    pub rtt_ms: f32,
    /// Spread of the round trip (one standard deviation), milliseconds.
    pub jitter_ms: f32,
    /// Uplink, megabits per second.
    pub up_mbps: f32,
    /// Downlink, megabits per second.
    pub down_mbps: f32,
    /// Share of packets lost, 0 to 1.
    pub loss: f32,
}

/// How quickly the cloud model answers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CloudEstimate {
    /// From the end of the upload to the first token, milliseconds.
    pub ttft_ms: f32,
    /// Generated tokens per second after the first.
    pub tokens_per_second: f32,
}

/// How quickly this device answers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceEstimate {
    /// Whether the local model is loaded and can answer.
    pub ready: bool,
    /// Prompt tokens per second.
    pub prefill_tokens_per_second: f32,
    /// Generated tokens per second.
    pub decode_tokens_per_second: f32,
}

/// Beyond this many standard deviations of jitter a reply is late; the worst case counts them in.
const WORST_CASE_DEVIATIONS: f32 = 3.0;

impl NetworkEstimate {
    /// Round trips of a call on a new connection: DNS, TCP, TLS, and the request itself.
    pub const ROUND_TRIPS: f32 = 4.0;

    /// Seconds from sending `bytes` to the last of `tokens` generated tokens:
    /// handshakes + upload + time to first token + generation, with lost packets sent again.
    #[must_use]
    pub fn cloud_seconds(&self, cloud: &CloudEstimate, bytes: u64, tokens: u32) -> f32 {
        let again = 1.0 / (1.0 - self.loss.clamp(0.0, 0.9));
        let round_trips = Self::ROUND_TRIPS * self.rtt_ms / 1e3;
        let upload = bytes as f32 * 8.0 / (self.up_mbps.max(1e-3) * 1e6);
        let generation = tokens as f32 / cloud.tokens_per_second.max(1e-3);
        (round_trips + upload) * again + cloud.ttft_ms / 1e3 + generation
    }

    /// [`NetworkEstimate::cloud_seconds`] when jitter goes against us.
    #[must_use]
    pub fn worst_cloud_seconds(&self, cloud: &CloudEstimate, bytes: u64, tokens: u32) -> f32 {
        let late = WORST_CASE_DEVIATIONS * Self::ROUND_TRIPS * self.jitter_ms / 1e3;
        self.cloud_seconds(cloud, bytes, tokens) + late
    }
}

impl DeviceEstimate {
    /// Seconds to read `prompt_tokens` and generate `tokens` on this device.
    #[must_use]
    pub fn local_seconds(&self, prompt_tokens: u32, tokens: u32) -> f32 {
        prompt_tokens as f32 / self.prefill_tokens_per_second.max(1e-3)
            + tokens as f32 / self.decode_tokens_per_second.max(1e-3)
    }
}
