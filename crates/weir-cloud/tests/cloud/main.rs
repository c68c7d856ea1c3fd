//! Each module is named after the one of the crate whose behaviour it states.

mod bound;
mod chat;
mod prices;
mod provider;
mod refusal;
mod request;
mod secret;
mod sse;
mod tape;
