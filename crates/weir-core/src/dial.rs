//! The user's quality–speed–cost dial.

use serde::{Deserialize, Serialize};

/// Weights of the reward (TMO, arXiv 2502.11007, section 3):
/// `quality·response + association·assoc − latency·(seconds / 10) − usage·(usd / 0.01)`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dial {
    /// α: weight of the response's quality.
    pub quality: f32,
    /// β_a: weight of the association of prompt and uploads.
    pub association: f32,
    /// β_l: weight of waiting.
    pub latency: f32,
    /// β_u: weight of money.
    pub usage: f32,
}

/// Seconds that count as one unit of latency, on every network alike.
pub const LATENCY_UNIT_SECONDS: f32 = 10.0;
/// Dollars that count as one unit of usage.
pub const USAGE_UNIT_USD: f32 = 0.01;

impl Default for Dial {
    /// The paper's weights: 1, ⅓, ⅓, ⅓.
    fn default() -> Self {
        let third = 1.0 / 3.0;
        Self {
            quality: 1.0,
            association: third,
            latency: third,
            usage: third,
        }
    }
}

impl Dial {
    /// The reward of one turn: `quality` is the response score (1 is as good as the reference
    /// answer), `association` in 0 to 1, `seconds` waited, `usd` spent.
    #[must_use]
    pub fn reward(&self, quality: f32, association: f32, seconds: f32, usd: f32) -> f32 {
        self.quality * quality + self.association * association
            - self.latency * seconds / LATENCY_UNIT_SECONDS
            - self.usage * usd / USAGE_UNIT_USD
    }
}
