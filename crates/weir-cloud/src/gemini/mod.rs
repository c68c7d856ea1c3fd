//! Google's Gemini API, `models/*:streamGenerateContent` of `v1beta`, as documented at ai.google.dev
//! in autumn 2026.
//!
//! - `request`: a call as the bytes of its body. `reply`: the chunks of an answer.
//! - `usage`: the tokens it reports.

mod reply;
mod request;
mod usage;

use serde_json::Value;

use crate::{
    bound::MediaBound,
    error::CloudError,
    message::{ChatCall, Part, Role},
    provider::Provider,
    reading::{Event, Reading},
    secret::Secret,
    wire::{Address, Wire},
};

/// Up to Gemini 2.5 a picture is counted as 258 tokens for each tile, and its shorter side is cut
/// into two: 63 tiles are enough for pictures twenty times as wide as high. Gemini 3 counts 1,120
/// (ai.google.dev, “Image understanding” and “Media resolution”).
pub(crate) const IMAGE_TOKENS: u32 = 63 * 258;

/// Tokens of a second of sound (ai.google.dev, “Audio understanding”).
pub(crate) const AUDIO_TOKENS_PER_SECOND: u32 = 32;

/// The kinds of pictures that are read.
const PICTURES: [&str; 5] = [
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/heic",
    "image/heif",
];

pub(crate) struct Gemini;

impl Address for Gemini {
    fn address_end(&self) -> &'static str {
        "/models"
    }

    /// The name becomes a part of the address, so it may hold nothing that an address gives a meaning.
    fn model<'a>(&self, written: &'a str) -> Option<&'a str> {
        let name = written.strip_prefix("models/").unwrap_or(written);
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        (!name.is_empty() && name.bytes().all(is_plain)).then_some(name)
    }

    fn url(&self, base_url: &str, model: &str) -> String {
        format!("{base_url}/models/{model}:streamGenerateContent?alt=sse")
    }

    fn media_bound(&self) -> MediaBound {
        MediaBound {
            image_tokens: IMAGE_TOKENS,
            audio_tokens_per_second: AUDIO_TOKENS_PER_SECOND,
        }
    }
}

impl Wire for Gemini {
    /// The key may not stand in the address, where it would end up in logs.
    fn headers(&self, key: Option<&Secret>) -> Vec<(&'static str, String)> {
        let key = key.map(|key| ("x-goog-api-key", key.reveal().to_owned()));
        key.into_iter().collect()
    }

    fn not_taken(&self, role: Role, part: &Part) -> Option<String> {
        match part {
            Part::Text(_) => None,
            Part::Image { .. } | Part::Audio { .. } if role != Role::User => {
                Some("pictures and sound that are not the user's".to_owned())
            }
            Part::Image { mime, .. } if !PICTURES.contains(&mime.as_str()) => {
                Some(format!("pictures of the kind {mime}"))
            }
            Part::Image { .. } | Part::Audio { .. } => None,
        }
    }

    fn body(&self, _provider: &Provider, call: &ChatCall) -> Vec<u8> {
        request::body(call)
    }

    fn chunk(
        &self,
        provider: &Provider,
        chunk: Value,
        reading: &mut Reading,
        on_piece: &mut dyn FnMut(&str),
    ) -> Result<Event, CloudError> {
        reply::chunk(provider, chunk, reading, on_piece)
    }
}
