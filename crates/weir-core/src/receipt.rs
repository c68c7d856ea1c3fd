//! What one turn cost, and what left the device.

use serde::{Deserialize, Serialize};

use crate::{dialogue::Where, modality::Modality, money::NanoUsd};

/// One thing that left the device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sent {
    /// The text of the dialogue, in bytes.
    Text {
        /// Its length.
        bytes: u64,
    },
    /// An attachment.
    Upload {
        /// What it was.
        modality: Modality,
        /// Its length.
        bytes: u64,
    },
}

/// The account of one turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// Where the reply came from.
    pub place: Where,
    /// Tokens of the prompt.
    pub prompt_tokens: u64,
    /// Tokens of the reply.
    pub tokens: u64,
    /// From sending the turn to the first piece of the reply, milliseconds.
    pub first_token_ms: u64,
    /// From sending the turn to the end of the reply, milliseconds.
    pub total_ms: u64,
    /// What was charged.
    pub usd: NanoUsd,
    /// Whether the charge is the worst case because nobody reported the usage.
    pub worst_case: bool,
    /// What left the device, request bytes as they were sent; empty for a local answer.
    pub sent: Vec<Sent>,
    /// All bytes of the request's body, as often as it was sent.
    pub bytes_sent: u64,
    /// How many of the dialogue's oldest turns the local model did not see, because they did not fit
    /// into its context; 0 for a reply from elsewhere.
    #[serde(default)]
    pub forgotten: u32,
    /// How often the call was made again, because it had been turned away without a charge.
    #[serde(default)]
    pub repeated: u32,
}
