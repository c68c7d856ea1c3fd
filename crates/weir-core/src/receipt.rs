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
        /// How many of its details were replaced by placeholders.
        #[serde(default)]
        redacted: u32,
    },
    /// An attachment.
    Upload {
        /// What it was.
        modality: Modality,
        /// Its length.
        bytes: u64,
    },
}

/// A place that was asked first and failed before anything of its reply was heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failover {
    /// What failed.
    pub place: Where,
    /// What went wrong there.
    pub why: String,
    /// What was charged for it; part of the turn's charge.
    pub usd: NanoUsd,
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
    /// What failed before. What it took, cost and sent is part of the numbers above.
    #[serde(default)]
    pub failover: Option<Failover>,
}

impl Receipt {
    /// A turn that took, cost and sent nothing.
    #[must_use]
    pub const fn blank(place: Where) -> Self {
        Self {
            place,
            prompt_tokens: 0,
            tokens: 0,
            first_token_ms: 0,
            total_ms: 0,
            usd: NanoUsd::ZERO,
            worst_case: false,
            sent: Vec::new(),
            bytes_sent: 0,
            forgotten: 0,
            repeated: 0,
            failover: None,
        }
    }

    /// The account of a turn that was asked elsewhere first, where it failed because of `why`.
    #[must_use]
    pub fn after(self, failed: Self, why: String) -> Self {
        let mut sent = failed.sent;
        sent.extend(self.sent);
        Self {
            first_token_ms: failed.total_ms.saturating_add(self.first_token_ms),
            total_ms: failed.total_ms.saturating_add(self.total_ms),
            usd: failed.usd.saturating_add(self.usd),
            worst_case: failed.worst_case || self.worst_case,
            sent,
            bytes_sent: failed.bytes_sent.saturating_add(self.bytes_sent),
            repeated: failed.repeated.saturating_add(self.repeated),
            failover: Some(Failover {
                place: failed.place,
                why,
                usd: failed.usd,
            }),
            ..self
        }
    }
}
