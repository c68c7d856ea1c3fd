//! What a policy can be kept from seeing, to learn what seeing it is worth.

use weir_core::{Dial, NetworkEstimate, Observation};
use weir_policy::{Outlook, forecast::Input, forecasts};

use super::World;

/// A part of the observation. Without it a policy sees what is typical in its place, in the features
/// and in the forecasts that follow from it; the mask, the costs and the rewards stay true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// The turns that are over.
    History,
    /// How good the network is.
    Network,
    /// Which inputs have to do with the prompt.
    Association,
    /// What the user asks for.
    Dial,
}

/// A good WiFi.
const TYPICAL_NETWORK: NetworkEstimate = NetworkEstimate {
    online: true,
    rtt_ms: 20.0,
    jitter_ms: 8.0,
    up_mbps: 30.0,
    down_mbps: 100.0,
    loss: 0.002,
};
/// An input that may or may not matter.
const TYPICAL_RELEVANCE: f32 = 0.5;

impl Sense {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::History, Self::Network, Self::Association, Self::Dial];

    /// Its name in results.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::History => "history",
            Self::Network => "network",
            Self::Association => "association",
            Self::Dial => "dial",
        }
    }

    /// `observation`, which is that of `world`, without this.
    pub(super) fn hidden_from(self, observation: &Observation, world: &World) -> Observation {
        let mut seen = observation.clone();
        let turn = world.turn();
        let conditions = &world.episode().conditions;
        let response = world.response();
        let outlook = conditions.outlook(turn, observation.prompt_tokens);
        match self {
            Self::History => seen.history.clear(),
            Self::Dial => seen.dial = Dial::default(),
            Self::Network => {
                seen.network = TYPICAL_NETWORK;
                let network = TYPICAL_NETWORK;
                seen.forecasts = forecasts(&Outlook { network, ..outlook }, response);
            }
            Self::Association => {
                seen.relevance.fill(TYPICAL_RELEVANCE);
                let like = |input: &Input| Input {
                    relevance: TYPICAL_RELEVANCE,
                    ..*input
                };
                let inputs: Vec<Input> = turn.inputs.iter().map(like).collect();
                let inputs = inputs.as_slice();
                seen.forecasts = forecasts(&Outlook { inputs, ..outlook }, response);
            }
        }
        seen
    }
}
