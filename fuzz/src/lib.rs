//! What bytes of strangers must not do.
//!
//! Each module has one `check` that takes any bytes and panics if a promise is broken, and says how much
//! memory an input of some length may take. Two callers share them: `cargo +nightly fuzz run <module>`,
//! which searches for as long as it is let, and a test of the crate in question (`tests/fuzz.rs`), which
//! tries a fixed number of [`bounded`] mutations of `corpus/<module>` under a count of allocations.
//!
//! | module | what the bytes are |
//! |---|---|
//! | [`gguf`] | a model file |
//! | [`tokenizer`] | a vocabulary and a text |
//! | [`template`] | a chat template and what a user says |
//! | [`sse`] | a stream of server-sent events |

pub mod bounded;
pub mod gguf;
pub mod sse;
pub mod template;
pub mod tokenizer;
