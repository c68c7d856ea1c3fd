//! The OpenAI-compatible `chat/completions` format, as OpenAI, OpenRouter, Groq, Mistral, DeepSeek,
//! vLLM, llama.cpp, Ollama and LiteLLM speak it.
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

pub(crate) struct OpenAi;

impl Address for OpenAi {
    fn address_end(&self) -> &'static str {
        "/chat/completions"
    }

    fn url(&self, base_url: &str, _model: &str) -> String {
        format!("{base_url}/chat/completions")
    }

    /// Above every formula that is published for a model of this format: ten thousand patches with
    /// room to spare, and 10 to 32 tokens for a second of sound.
    fn media_bound(&self) -> MediaBound {
        MediaBound {
            image_tokens: 16_384,
            audio_tokens_per_second: 50,
        }
    }
}

impl Wire for OpenAi {
    fn headers(&self, key: Option<&Secret>) -> Vec<(&'static str, String)> {
        let key = key.map(|key| ("Authorization", key.bearer()));
        key.into_iter().collect()
    }

    /// What a server takes depends on its model: it says so itself.
    fn not_taken(&self, _role: Role, _part: &Part) -> Option<String> {
        None
    }

    fn body(&self, provider: &Provider, call: &ChatCall) -> Vec<u8> {
        request::body(provider, call)
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
