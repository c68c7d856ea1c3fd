//! A call as the bytes of its body.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;

use crate::{
    message::{ChatCall, Message, Part, Role},
    provider::Provider,
};

/// What the system says stands apart from the messages. Blank text is left out, since it is refused.
/// There is no seed. A temperature goes up to 1, and newer models refuse every other value.
pub(super) fn body(provider: &Provider, call: &ChatCall) -> Vec<u8> {
    let (system, dialogue) = call.apart();
    let system: Vec<_> = system.into_iter().flat_map(blocks).collect();
    let messages = dialogue
        .into_iter()
        .map(|message| WireMessage {
            role: match message.role {
                Role::Assistant => "assistant",
                Role::System | Role::User => "user",
            },
            content: blocks(message).collect(),
        })
        .filter(|message| !message.content.is_empty())
        .collect();
    let request = Request {
        model: provider.model(),
        max_tokens: call.max_output_tokens,
        system,
        messages,
        stream: true,
        temperature: call
            .temperature
            .filter(|value| value.is_finite())
            .map(|value| value.min(1.0)),
    };
    // Strings and numbers alone, so that writing cannot fail; an empty body would be refused unread.
    serde_json::to_vec(&request).unwrap_or_default()
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    max_tokens: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    system: Vec<Block<'a>>,
    messages: Vec<WireMessage<'a>>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
}

#[derive(Serialize)]
struct WireMessage<'a> {
    role: &'static str,
    content: Vec<Block<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block<'a> {
    Text { text: &'a str },
    Image { source: Source<'a> },
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Source<'a> {
    Base64 { media_type: &'a str, data: String },
}

/// Sound has no block: a call with it is refused before this.
fn blocks(message: &Message) -> impl Iterator<Item = Block<'_>> {
    message.parts.iter().filter_map(|part| match part {
        Part::Text(text) => (!text.trim().is_empty()).then_some(Block::Text { text }),
        Part::Image { mime, bytes } => Some(Block::Image {
            source: Source::Base64 {
                media_type: mime,
                data: STANDARD.encode(bytes),
            },
        }),
        Part::Audio { .. } => None,
    })
}
