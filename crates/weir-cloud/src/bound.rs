//! The most tokens that a call can consume, known before it is sent.

use weir_core::CallBound;

use crate::message::{ChatCall, Part};

/// Tokens that a chat template may put around one message: role, separators, an end mark.
const AROUND_MESSAGE: u64 = 16;

/// Tokens that a template may add once: a begin mark, the answer's prefix, and the system text that
/// some templates insert by themselves where the call has none.
const AROUND_CALL: u64 = 256;

/// What pictures and sound are counted as at most, by the formulas that providers publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaBound {
    /// Prompt tokens of one picture.
    pub image_tokens: u32,
    /// Prompt tokens of one second of sound; 0 where no sound is taken.
    pub audio_tokens_per_second: u32,
}

/// Upper bounds of what `call` can consume, whatever format it is sent in.
///
/// A tokenizer that works on bytes, or falls back to them as SentencePiece does, never makes more
/// tokens than the text has UTF-8 bytes, because each token stands for at least one of them; what the
/// chat template adds is covered by a margin per message and one per call. Pictures and sound are
/// counted here and turned into tokens by the price.
#[must_use]
pub fn bound(call: &ChatCall) -> CallBound {
    let mut bound = CallBound {
        prompt_tokens: AROUND_CALL,
        images: 0,
        audio_seconds: 0,
        output_tokens: call.max_output_tokens,
    };
    for message in &call.messages {
        let mut tokens = AROUND_MESSAGE;
        for part in &message.parts {
            match part {
                Part::Text(text) => tokens = tokens.saturating_add(text.len() as u64),
                Part::Image { .. } => bound.images = bound.images.saturating_add(1),
                Part::Audio { length, .. } => {
                    let started = length
                        .as_secs()
                        .saturating_add(u64::from(length.subsec_nanos() > 0));
                    let seconds = u32::try_from(started).unwrap_or(u32::MAX);
                    bound.audio_seconds = bound.audio_seconds.saturating_add(seconds);
                }
            }
        }
        bound.prompt_tokens = bound.prompt_tokens.saturating_add(tokens);
    }
    bound
}
