//! A call as the bytes of its body.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;

use crate::{
    message::{AudioFormat, ChatCall, Message, Part, Role},
    provider::Provider,
};

/// The output limit is written as `max_completion_tokens` to OpenAI, whose newer models refuse the
/// older name, and as `max_tokens` to everyone else: all of them know it, and some refuse the newer
/// one. Both are never sent together. Mistral is not asked for usage, since it refuses to be asked
/// and reports it anyway.
pub(super) fn body(provider: &Provider, call: &ChatCall) -> Vec<u8> {
    let at_openai = provider.host() == "api.openai.com";
    let at_mistral = provider.host() == "api.mistral.ai";
    let limit = Some(call.max_output_tokens);
    let request = Request {
        model: provider.model(),
        messages: call.messages.iter().map(WireMessage::from).collect(),
        stream: true,
        stream_options: (!at_mistral).then_some(StreamOptions {
            include_usage: true,
        }),
        max_completion_tokens: limit.filter(|_| at_openai),
        max_tokens: limit.filter(|_| !at_openai),
        temperature: call.temperature.filter(|value| value.is_finite()),
        seed: call.seed.filter(|_| !at_mistral),
        random_seed: call.seed.filter(|_| at_mistral),
    };
    // Strings and numbers alone, so that writing cannot fail; an empty body would be refused unread.
    serde_json::to_vec(&request).unwrap_or_default()
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    messages: Vec<WireMessage<'a>>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    random_seed: Option<u64>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
struct WireMessage<'a> {
    role: &'static str,
    content: Content<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Text(String),
    Parts(Vec<WirePart<'a>>),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum WirePart<'a> {
    Text { text: &'a str },
    ImageUrl { image_url: ImageUrl },
    InputAudio { input_audio: InputAudio },
}

#[derive(Serialize)]
struct ImageUrl {
    url: String,
}

#[derive(Serialize)]
struct InputAudio {
    data: String,
    format: &'static str,
}

impl<'a> From<&'a Message> for WireMessage<'a> {
    /// Text alone is written as a plain string: not every server takes a list of parts.
    fn from(message: &'a Message) -> Self {
        let texts: Option<Vec<&str>> = message
            .parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => Some(text.as_str()),
                Part::Image { .. } | Part::Audio { .. } => None,
            })
            .collect();
        Self {
            role: match message.role {
                Role::System => "system",
                Role::User => "user",
                Role::Assistant => "assistant",
            },
            content: match texts {
                Some(texts) => Content::Text(texts.concat()),
                None => Content::Parts(message.parts.iter().map(WirePart::from).collect()),
            },
        }
    }
}

impl<'a> From<&'a Part> for WirePart<'a> {
    fn from(part: &'a Part) -> Self {
        match part {
            Part::Text(text) => Self::Text { text },
            Part::Image { mime, bytes } => Self::ImageUrl {
                image_url: ImageUrl {
                    url: format!("data:{mime};base64,{}", STANDARD.encode(bytes)),
                },
            },
            Part::Audio { format, bytes, .. } => Self::InputAudio {
                input_audio: InputAudio {
                    data: STANDARD.encode(bytes),
                    format: match format {
                        AudioFormat::Wav => "wav",
                        AudioFormat::Mp3 => "mp3",
                    },
                },
            },
        }
    }
}
