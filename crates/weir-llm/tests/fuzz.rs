//! Model files, vocabularies and templates of strangers: `fuzz/` says what they must not do, and this
//! tries a fixed number of them.
#![allow(
    unreachable_pub,
    reason = "modules that are public where cargo-fuzz finds them"
)]

#[path = "../../../fuzz/src/bounded.rs"]
mod bounded;
#[path = "../../../fuzz/src/gguf.rs"]
mod gguf;
#[path = "../../../fuzz/src/template.rs"]
mod template;
#[path = "../../../fuzz/src/tokenizer.rs"]
mod tokenizer;

use std::path::PathBuf;

#[global_allocator]
static METER: bounded::Meter = bounded::Meter;

fn corpus(name: &str) -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.join("../../fuzz/corpus").join(name)
}

#[test]
fn model_files_of_strangers() {
    bounded::run(&corpus("gguf"), 20_000, gguf::MEMORY, gguf::check);
}

#[test]
fn vocabularies_of_strangers() {
    bounded::run(
        &corpus("tokenizer"),
        10_000,
        tokenizer::MEMORY,
        tokenizer::check,
    );
}

#[test]
fn templates_of_strangers() {
    bounded::run(
        &corpus("template"),
        3_000,
        template::MEMORY,
        template::check,
    );
}
