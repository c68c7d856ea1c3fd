//! What past turns teach about the cloud.

use weir_core::{CloudEstimate, NetworkEstimate};

/// How much one observation moves an estimate.
const STEP: f32 = 0.3;

/// The way to the cloud and the cloud model, as far as they are known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimates {
    /// The way; `online` is asked anew each turn.
    pub network: NetworkEstimate,
    /// The cloud model.
    pub cloud: CloudEstimate,
}

impl Default for Estimates {
    /// A middling home network and a middling cloud model, until calls say otherwise.
    fn default() -> Self {
        Self {
            network: NetworkEstimate {
                online: true,
                rtt_ms: 40.0,
                jitter_ms: 10.0,
                up_mbps: 20.0,
                down_mbps: 80.0,
                loss: 0.0,
            },
            cloud: CloudEstimate {
                ttft_ms: 600.0,
                tokens_per_second: 60.0,
            },
        }
    }
}

impl Estimates {
    /// Learns from one call: `bytes` sent, milliseconds to the first piece and to the end, tokens
    /// generated. What the estimated network took of the first piece is not the model's.
    pub(crate) fn learn(&mut self, bytes: u64, first_ms: f64, total_ms: f64, tokens: u64) {
        let instant = CloudEstimate {
            ttft_ms: 0.0,
            tokens_per_second: f32::MAX,
        };
        let network_ms = self.network.cloud_seconds(&instant, bytes, 0) * 1e3;
        blend(
            &mut self.cloud.ttft_ms,
            (first_ms as f32 - network_ms).max(1.0),
        );
        let generating = (total_ms - first_ms) as f32 / 1e3;
        if tokens > 1 && generating > 1e-3 {
            blend(
                &mut self.cloud.tokens_per_second,
                (tokens - 1) as f32 / generating,
            );
        }
    }
}

fn blend(estimate: &mut f32, observed: f32) {
    *estimate += STEP * (observed - *estimate);
}
