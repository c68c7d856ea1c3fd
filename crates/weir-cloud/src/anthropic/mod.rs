//! Anthropic's Messages (`POST /v1/messages`), version `2023-06-01`, as documented at
//! platform.claude.com in autumn 2026.
//!
//! - `request`: a call as the bytes of its body. `reply`: the events of an answer.
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

/// A picture is counted as ⌈width / 28⌉ × ⌈height / 28⌉ tokens, formerly as width × height / 750,
/// after it was scaled to at most 2,576 pixels a side (platform.claude.com, “Images and vision”).
/// The second is the larger one at that size.
pub(crate) const IMAGE_TOKENS: u32 = (2_576 * 2_576_u32).div_ceil(750);

/// The kinds of pictures that are read.
const PICTURES: [&str; 4] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

pub(crate) struct Anthropic;

impl Address for Anthropic {
    fn address_end(&self) -> &'static str {
        "/messages"
    }

    fn url(&self, base_url: &str, _model: &str) -> String {
        format!("{base_url}/messages")
    }

    fn media_bound(&self) -> MediaBound {
        MediaBound {
            image_tokens: IMAGE_TOKENS,
            audio_tokens_per_second: 0,
        }
    }
}

impl Wire for Anthropic {
    /// A page may call with a key only if it says that it knows what that means. Without a key a
    /// proxy is called, which has its own.
    fn headers(&self, key: Option<&Secret>) -> Vec<(&'static str, String)> {
        let mut headers = vec![("anthropic-version", "2023-06-01".to_owned())];
        if let Some(key) = key {
            headers.extend([
                ("x-api-key", key.reveal().to_owned()),
                (
                    "anthropic-dangerous-direct-browser-access",
                    "true".to_owned(),
                ),
            ]);
        }
        headers
    }

    fn not_taken(&self, role: Role, part: &Part) -> Option<String> {
        match part {
            Part::Text(_) => None,
            Part::Audio { .. } => Some("sound".to_owned()),
            Part::Image { .. } if role != Role::User => {
                Some("pictures that are not the user's".to_owned())
            }
            Part::Image { mime, .. } if !PICTURES.contains(&mime.as_str()) => {
                Some(format!("pictures of the kind {mime}"))
            }
            Part::Image { .. } => None,
        }
    }

    fn body(&self, provider: &Provider, call: &ChatCall) -> Vec<u8> {
        request::body(provider, call)
    }

    fn chunk(
        &self,
        _provider: &Provider,
        chunk: Value,
        reading: &mut Reading,
        on_piece: &mut dyn FnMut(&str),
    ) -> Result<Event, CloudError> {
        reply::chunk(chunk, reading, on_piece)
    }
}
