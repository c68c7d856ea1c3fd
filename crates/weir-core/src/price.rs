//! Prices and the worst case of a call.

use serde::{Deserialize, Serialize};

use crate::money::NanoUsd;

/// What one token of each kind costs. Providers publish dollars per million tokens, which is
/// micro-dollars per token: multiply by 1,000 to get these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Per prompt token.
    pub input: NanoUsd,
    /// Per prompt token that the provider had in its cache.
    pub cached_input: NanoUsd,
    /// Per generated token.
    pub output: NanoUsd,
    /// Per prompt token of sound, where that costs another price than text.
    #[serde(default)]
    pub audio_input: Option<NanoUsd>,
    /// Upper bound of prompt tokens that one picture is counted as.
    pub image_tokens: u32,
    /// Upper bound of prompt tokens that one second of audio is counted as.
    pub audio_tokens_per_second: u32,
}

/// Tokens that a provider reports for one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenUsage {
    /// Prompt tokens, cached ones included.
    pub input: u64,
    /// Prompt tokens among `input` that were cached.
    pub cached_input: u64,
    /// Prompt tokens among `input` that are sound.
    #[serde(default)]
    pub audio_input: u64,
    /// Generated tokens.
    pub output: u64,
}

/// Upper bounds of what one call can consume; the request itself carries `output_tokens` as its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallBound {
    /// Upper bound of the text's prompt tokens.
    pub prompt_tokens: u64,
    /// Pictures that go along.
    pub images: u32,
    /// Seconds of audio that go along, rounded up.
    pub audio_seconds: u32,
    /// The output limit that the request carries.
    pub output_tokens: u64,
}

impl Price {
    /// Stands in where a price is not known yet; nothing is affordable at it.
    pub const UNKNOWN: Self = Self {
        input: NanoUsd::MAX,
        cached_input: NanoUsd::MAX,
        output: NanoUsd::MAX,
        audio_input: None,
        image_tokens: 0,
        audio_tokens_per_second: 0,
    };

    /// What `usage` costs. Cached sound costs as much as other sound: which of both a cached token
    /// is, nobody reports, and this never makes a call too cheap.
    #[must_use]
    pub fn cost(&self, usage: TokenUsage) -> NanoUsd {
        let sound = usage.audio_input.min(usage.input);
        let other = usage.input - sound;
        let cached = usage.cached_input.min(other);
        [
            self.sound().saturating_mul(sound),
            self.input.saturating_mul(other - cached),
            self.cached_input.saturating_mul(cached),
            self.output.saturating_mul(usage.output),
        ]
        .into_iter()
        .sum()
    }

    /// The most that a call within `bound` can cost: nothing cached, the whole output used.
    #[must_use]
    pub fn worst_case(&self, bound: CallBound) -> NanoUsd {
        let pictures = u64::from(bound.images).saturating_mul(u64::from(self.image_tokens));
        let sound = self.sound_tokens(bound.audio_seconds);
        let input = self.input.max(self.cached_input);
        [
            input.saturating_mul(bound.prompt_tokens.saturating_add(pictures)),
            self.sound().max(input).saturating_mul(sound),
            self.output.saturating_mul(bound.output_tokens),
        ]
        .into_iter()
        .sum()
    }

    /// The most prompt tokens that so many seconds of sound are counted as.
    #[must_use]
    pub fn sound_tokens(&self, seconds: u32) -> u64 {
        u64::from(seconds).saturating_mul(u64::from(self.audio_tokens_per_second))
    }

    /// Per prompt token of sound.
    #[must_use]
    pub fn sound(&self) -> NanoUsd {
        self.audio_input.unwrap_or(self.input)
    }
}
