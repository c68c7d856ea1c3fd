//! The OpenAI-compatible `chat/completions` format, as OpenAI, OpenRouter, Groq, Mistral, DeepSeek,
//! vLLM, llama.cpp, Ollama and LiteLLM speak it.
//!
//! - [`request`]: a call as the bytes of its body.
//! - `refusal`: an answer that is an error.
//! - `reply`: the chunks of an answer. `usage`: the tokens it reports.

pub mod request;

pub(crate) mod refusal;
pub(crate) mod reply;
mod usage;

pub use request::body;
