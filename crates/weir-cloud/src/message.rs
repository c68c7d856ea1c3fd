//! What is said to a model, in no provider's format.

use std::time::Duration;

/// One call of a chat model.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatCall {
    /// The dialogue so far, oldest first; the last message is the one to answer.
    pub messages: Vec<Message>,
    /// Tokens that the answer may have at most. The request carries it, so it also bounds the cost.
    pub max_output_tokens: u64,
    /// Sampling temperature; the provider's own where there is none.
    pub temperature: Option<f32>,
    /// Seed of the sampling, for providers that take one.
    pub seed: Option<u64>,
}

impl ChatCall {
    /// What the system says, and what user and model say, each in order.
    pub(crate) fn apart(&self) -> (Vec<&Message>, Vec<&Message>) {
        let messages = self.messages.iter();
        messages.partition(|message| message.role == Role::System)
    }
}

/// One message of a dialogue.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What it is made of, in order.
    pub parts: Vec<Part>,
}

/// Who says a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Whoever set the assistant up.
    System,
    /// The user.
    User,
    /// The model.
    Assistant,
}

/// A piece of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text.
    Text(String),
    /// A picture.
    Image {
        /// Its media type, such as `image/jpeg`.
        mime: String,
        /// The encoded file.
        bytes: Vec<u8>,
    },
    /// A clip of sound.
    Audio {
        /// How it is encoded.
        format: AudioFormat,
        /// The encoded file.
        bytes: Vec<u8>,
        /// How long it plays.
        length: Duration,
    },
}

/// Encodings of sound that chat models take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AudioFormat {
    /// RIFF WAVE.
    Wav,
    /// MPEG layer 3.
    Mp3,
}

impl Message {
    /// A message of text alone.
    pub fn text(role: Role, text: impl Into<String>) -> Self {
        Self {
            role,
            parts: vec![Part::Text(text.into())],
        }
    }
}
