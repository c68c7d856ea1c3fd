//! Each module is named after the one of the crate whose behaviour it states.

mod anthropic;
mod bound;
mod chat;
mod gemini;
mod prices;
mod provider;
mod refusal;
mod request;
mod retry;
mod secret;
mod sse;
mod tape;
mod wire;
