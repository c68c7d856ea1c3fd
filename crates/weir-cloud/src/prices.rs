//! What models cost, as of a date. A model that is not listed has no price: never zero.

use weir_core::{NanoUsd, Price};

use crate::{anthropic, gemini};

/// When the prices below were published by models.dev.
pub const PRICES_DATE: &str = "2026-08-18";

/// The model that `weir-demo-cloud` serves. Its price is **invented**, of the order of a small hosted
/// model, so that budgets and receipts can be tried out; nothing is charged by anyone.
pub const DEMO_MODEL: &str = "weir-demo";

/// The price of `model` as `host` sells it, or `None` where the table does not know it.
///
/// Left out are models that charge long prompts at another price than short ones: a [`Price`] cannot
/// say it.
#[must_use]
pub fn price(host: &str, model: &str) -> Option<Price> {
    let listed = |entry: &&Entry| entry.host == host && entry.model == model;
    if model == DEMO_MODEL && matches!(host, "127.0.0.1" | "localhost") {
        return Some(DEMO.price());
    }
    LIST.iter().find(listed).map(Entry::price)
}

struct Entry {
    host: &'static str,
    model: &'static str,
    /// 10⁻⁹ USD per token, which is a thousand times the published USD per million tokens, rounded up.
    input: u64,
    cached_input: u64,
    output: u64,
    /// Where sound costs another price than text.
    audio_input: Option<u64>,
    image_tokens: u32,
    audio_tokens_per_second: u32,
}

impl Entry {
    fn price(&self) -> Price {
        Price {
            input: NanoUsd::new(self.input),
            cached_input: NanoUsd::new(self.cached_input),
            output: NanoUsd::new(self.output),
            audio_input: self.audio_input.map(NanoUsd::new),
            image_tokens: self.image_tokens,
            audio_tokens_per_second: self.audio_tokens_per_second,
        }
    }
}

/// Pictures and sound become one line of text each, which these counts bound.
const DEMO: Entry = Entry {
    host: "127.0.0.1",
    model: DEMO_MODEL,
    input: 150,
    cached_input: 150,
    output: 600,
    audio_input: None,
    image_tokens: 128,
    audio_tokens_per_second: 128,
};

const ANTHROPIC: &str = "api.anthropic.com";
const OPENAI: &str = "api.openai.com";
const GEMINI: &str = "generativelanguage.googleapis.com";
const GROQ: &str = "api.groq.com";
const MISTRAL: &str = "api.mistral.ai";
const OPENROUTER: &str = "openrouter.ai";

/// Tokens of a picture that is cut into at most 1,536 patches, at up to 2.46 tokens each.
const PATCHES: u32 = 3_779;
/// Tokens of a picture of at most eight tiles for gpt-4o-mini: 2,833 + 8 × 5,667.
const TILES: u32 = 48_169;
/// For models whose formula is not known: ten thousand patches, with room to spare.
const GENEROUS: u32 = 16_384;
/// Providers that say how they count sound name 10 to 32 tokens for each second.
const SOUND: u32 = 50;

/// Where no price of cached input is known, it is the full price.
const fn entry(
    host: &'static str,
    model: &'static str,
    [input, cached_input, output]: [u64; 3],
    image_tokens: u32,
) -> Entry {
    Entry {
        host,
        model,
        input,
        cached_input,
        output,
        audio_input: None,
        image_tokens,
        audio_tokens_per_second: SOUND,
    }
}

impl Entry {
    /// Sound at another price than text, counted by Gemini's formula.
    const fn with_sound(self, audio_input: u64) -> Self {
        Self {
            audio_input: Some(audio_input),
            audio_tokens_per_second: gemini::AUDIO_TOKENS_PER_SECOND,
            ..self
        }
    }
}

const PICTURE: u32 = anthropic::IMAGE_TOKENS;
const TILED: u32 = gemini::IMAGE_TOKENS;

#[rustfmt::skip]
const LIST: &[Entry] = &[
    entry(OPENAI, "gpt-5-nano", [50, 5, 400], PATCHES),
    entry(OPENAI, "gpt-4.1-nano", [100, 25, 400], PATCHES),
    entry(OPENAI, "gpt-4o-mini", [150, 75, 600], TILES),
    entry(OPENAI, "gpt-5.4-nano", [200, 20, 1_250], GENEROUS),
    entry(OPENAI, "gpt-5-mini", [250, 25, 2_000], PATCHES),
    entry(OPENAI, "gpt-5.4-mini", [750, 75, 4_500], GENEROUS),
    entry(ANTHROPIC, "claude-haiku-4-5", [1_000, 100, 5_000], PICTURE),
    entry(ANTHROPIC, "claude-sonnet-5", [2_000, 200, 10_000], PICTURE),
    entry(ANTHROPIC, "claude-opus-4-8", [5_000, 500, 25_000], PICTURE),
    entry(GEMINI, "gemini-2.5-flash-lite", [100, 10, 400], TILED).with_sound(300),
    entry(GEMINI, "gemini-2.5-flash", [300, 30, 2_500], TILED).with_sound(1_000),
    entry(GEMINI, "gemini-3.1-flash-lite", [250, 25, 1_500], TILED).with_sound(500),
    entry(GEMINI, "gemini-3.5-flash", [1_500, 150, 9_000], TILED).with_sound(1_500),
    entry(GEMINI, "gemini-3.7-flash", [750, 75, 3_750], TILED).with_sound(750),
    entry("api.deepseek.com", "deepseek-v4-flash", [140, 3, 280], GENEROUS),
    entry(GROQ, "llama-3.1-8b-instant", [50, 50, 80], GENEROUS),
    entry(GROQ, "openai/gpt-oss-20b", [75, 38, 300], GENEROUS),
    entry(MISTRAL, "ministral-3b-latest", [40, 40, 40], GENEROUS),
    entry(MISTRAL, "mistral-small-latest", [150, 150, 600], GENEROUS),
    entry(OPENROUTER, "openai/gpt-5-nano", [50, 5, 400], PATCHES),
    entry(OPENROUTER, "openai/gpt-5-mini", [250, 25, 2_000], PATCHES),
    entry(OPENROUTER, "anthropic/claude-haiku-4.5", [1_000, 100, 5_000], PICTURE),
    entry(OPENROUTER, "anthropic/claude-sonnet-5", [2_000, 200, 10_000], PICTURE),
];
