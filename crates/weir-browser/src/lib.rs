//! The browser as Weir needs it: capture, storage, the worker and its messages, egress.
//!
//! This is the only crate that talks to the platform, and it decides nothing. What it opens it
//! closes again: cameras, microphones, timers, listeners, requests and locks are values whose
//! `Drop` ends them. What can be computed without a browser (when a worker counts as dead, how a
//! clip is resampled, what a server's answer to a range means) is plain code of its own, tested
//! natively.
//!
//! Between page and worker:
//! - [`messages`]: what they say to each other; `wire` is how it crosses over.
//! - [`worker`]: the page's end. [`watchdog`] says when to start it again, `outbox` what to repeat,
//!   [`answers`] what to go on with, [`means`] how much of the machine to use after a crash.
//! - [`inbox`]: the worker's end.
//!
//! On the page:
//! - [`capture`]: camera, microphone, pictures.
//! - [`config`], [`preferences`]: what the host set up, what the user chose; [`json`] is how both
//!   are written. [`tab`]: what lasts as long as the tab.
//! - [`sign_in`]: a key from OpenRouter, without a server.
//!
//! In the worker:
//! - [`egress`]: the one module that can send what a user said, or redeem a sign-in.
//! - [`models`]: model files, fetched once and kept.
//! - [`probe`]: what WebGPU offers. [`memory`]: whether a model fits in.
//!
//! On both sides:
//! - [`storage`]: the dialogue and its ledger. [`timers`]: time.
//! - `fetch`, `listener`, `locks`, `jserror`: the platform's own interfaces, as owned values.
//! - `size`: bytes as people read them.

pub mod answers;
pub mod capture;
pub mod config;
pub mod egress;
pub mod inbox;
pub mod json;
pub mod means;
pub mod memory;
pub mod messages;
pub mod models;
pub mod preferences;
pub mod probe;
pub mod sign_in;
pub mod storage;
pub mod tab;
pub mod timers;
pub mod watchdog;
pub mod worker;

mod fetch;
mod jserror;
mod listener;
mod locks;
mod outbox;
mod size;
mod wire;
