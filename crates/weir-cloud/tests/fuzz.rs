//! Streams of strangers' servers: `fuzz/` says what they must not do, and this tries a fixed number of
//! them.
#![allow(
    unreachable_pub,
    reason = "modules that are public where cargo-fuzz finds them"
)]

#[path = "../../../fuzz/src/bounded.rs"]
mod bounded;
#[path = "../../../fuzz/src/sse.rs"]
mod sse;

use std::path::PathBuf;

#[global_allocator]
static METER: bounded::Meter = bounded::Meter;

#[test]
fn streams_of_strangers() {
    let here = PathBuf::from(std::env!("CARGO_MANIFEST_DIR"));
    let corpus = here.join("../../fuzz/corpus/sse");
    bounded::run(&corpus, 50_000, sse::MEMORY, sse::check);
}
