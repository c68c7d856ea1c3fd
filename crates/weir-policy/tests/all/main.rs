//! The tests of `weir-policy`, in one program because each would link all of burn. They mirror `src`.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should say where"
)]

mod any;
mod capability;
mod decisions;
mod features;
mod forecast;
mod pacing;
mod policy;
mod probe;
mod response;
mod situations;
