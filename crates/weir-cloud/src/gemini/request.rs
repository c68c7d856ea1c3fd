//! A call as the bytes of its body.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;

use crate::message::{AudioFormat, ChatCall, Message, Part, Role};

/// The model stands in the address, what the system says apart from the contents. The output limit
/// holds for thinking and answer together. Seeds have 31 bits.
pub(super) fn body(call: &ChatCall) -> Vec<u8> {
    let (system, dialogue) = call.apart();
    let system: Vec<_> = system.into_iter().flat_map(parts).collect();
    let contents = dialogue
        .into_iter()
        .map(|message| Content {
            role: Some(match message.role {
                Role::Assistant => "model",
                Role::System | Role::User => "user",
            }),
            parts: parts(message).collect(),
        })
        .filter(|content| !content.parts.is_empty())
        .collect();
    let request = Request {
        system_instruction: (!system.is_empty()).then_some(Content {
            role: None,
            parts: system,
        }),
        contents,
        generation_config: GenerationConfig {
            max_output_tokens: call.max_output_tokens,
            temperature: call.temperature.filter(|value| value.is_finite()),
            seed: call.seed.map(|seed| seed & 0x7FFF_FFFF),
        },
    };
    // Strings and numbers alone, so that writing cannot fail; an empty body would be refused unread.
    serde_json::to_vec(&request).unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    system_instruction: Option<Content<'a>>,
    contents: Vec<Content<'a>>,
    generation_config: GenerationConfig,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GenerationConfig {
    max_output_tokens: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
}

#[derive(Serialize)]
struct Content<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    parts: Vec<WirePart<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum WirePart<'a> {
    Text(&'a str),
    InlineData(Blob<'a>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Blob<'a> {
    mime_type: &'a str,
    data: String,
}

/// Empty text is left out, since it is refused.
fn parts(message: &Message) -> impl Iterator<Item = WirePart<'_>> {
    message.parts.iter().filter_map(|part| {
        let (mime_type, bytes) = match part {
            Part::Text(text) => return (!text.is_empty()).then_some(WirePart::Text(text)),
            Part::Image { mime, bytes } => (mime.as_str(), bytes),
            Part::Audio { format, bytes, .. } => (mime_of(*format), bytes),
        };
        Some(WirePart::InlineData(Blob {
            mime_type,
            data: STANDARD.encode(bytes),
        }))
    })
}

const fn mime_of(format: AudioFormat) -> &'static str {
    match format {
        AudioFormat::Wav => "audio/wav",
        AudioFormat::Mp3 => "audio/mp3",
    }
}
