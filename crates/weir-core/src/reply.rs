//! What a local reply should be like, and what is told of its tokens.

use serde::{Deserialize, Serialize};

use crate::decision::Decision;

/// What a reply should be like. What is not said is left to whoever replies.
///
/// The local model alone heeds this. Of `stop`, `json` and `logprobs` a reader depends on being
/// heeded, so a turn that asks for one of them is [answered here](Self::binds) or not at all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReplyOptions {
    /// 0 always takes the most likely token; 1 samples as the model was trained; more is wilder.
    pub temperature: Option<f32>,
    /// Only this many of the most likely tokens; 0 for all.
    pub top_k: Option<u32>,
    /// Only the most likely tokens that together have this probability.
    pub top_p: Option<f32>,
    /// Only tokens with at least this share of the most likely one's probability.
    pub min_p: Option<f32>,
    /// Logits of recent tokens are divided by this; 1 for no penalty.
    pub repeat_penalty: Option<f32>,
    /// Taken off a recent token's logit as often as it was said, -2 to 2.
    pub frequency_penalty: Option<f32>,
    /// Taken off a recent token's logit once, -2 to 2.
    pub presence_penalty: Option<f32>,
    /// The same seed, dialogue and device give the same reply.
    pub seed: Option<u64>,
    /// Tokens of the reply at most.
    pub max_tokens: Option<u32>,
    /// Texts before which the reply ends.
    pub stop: Vec<String>,
    /// What the reply has to be, if it has to be JSON.
    pub json: Option<JsonFormat>,
    /// Of how many tokens it is told at each place how likely they were, besides the chosen one.
    pub logprobs: Option<u32>,
}

/// Which JSON a reply has to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JsonFormat {
    /// Any value.
    Any,
    /// A value that follows this JSON schema, given as text: the order of its properties counts.
    Schema(String),
}

impl ReplyOptions {
    /// Whether a reply that does not heed them would be of no use.
    #[must_use]
    pub const fn binds(&self) -> bool {
        !self.stop.is_empty() || self.json.is_some() || self.logprobs.is_some()
    }
}

/// One token of a local reply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SaidToken {
    /// The model's number for it.
    pub id: u32,
    /// How likely it was, if that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logprob: Option<TokenLogprob>,
}

/// How likely a token was: an entry of `logprobs.content` in the OpenAI API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenLogprob {
    /// Its text, as far as it is whole characters.
    pub token: String,
    /// The natural logarithm of its probability.
    pub logprob: f32,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The most likely tokens at its place.
    pub top_logprobs: Vec<TopLogprob>,
}

/// One of the most likely tokens at a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TopLogprob {
    /// Its text, as far as it is whole characters.
    pub token: String,
    /// The natural logarithm of its probability.
    pub logprob: f32,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A local reply that broke off together with whoever made it, as somebody else kept it: enough to go
/// on as if nothing had happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interrupted {
    /// How it was decided to answer here.
    pub decision: Decision,
    /// What was heard.
    pub text: String,
    /// The tokens that were heard of.
    pub tokens: Vec<u32>,
    /// From the question to the first piece, milliseconds; `None` if there was none.
    pub first_token_ms: Option<u64>,
    /// From the question to now, milliseconds.
    pub total_ms: u64,
}
