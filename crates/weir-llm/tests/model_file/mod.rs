//! The model file and llama.cpp's goldens, where the tests of this crate look for them.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its input has failed"
)]

use std::path::PathBuf;
use weir_llm::gguf::Gguf;
use weir_llm::source::FileSource;

const MODEL: &str = "SmolLM2-135M-Instruct.Q4_1.gguf";

/// `$WEIR_MODEL`, or the model in the user's cache folder. `None`, with a message, if it is not
/// there: the test is skipped.
pub(crate) fn path() -> Option<PathBuf> {
    let named = std::env::var_os("WEIR_MODEL").map(PathBuf::from);
    let cached = || {
        let cache = std::env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))?;
        Some(cache.join("weir").join("models").join(MODEL))
    };
    let path = named.or_else(cached)?;
    if !path.exists() {
        eprintln!("skipped: {} is not there (set WEIR_MODEL)", path.display());
        return None;
    }
    Some(path)
}

/// The opened model and its header.
pub(crate) fn open() -> Option<(FileSource, Gguf)> {
    let source = FileSource::open(path()?).unwrap();
    let gguf = futures::executor::block_on(Gguf::read(&source)).unwrap();
    Some((source, gguf))
}

/// One of the files in `tests/fixtures/llama_cpp`, read as JSON.
pub(crate) fn golden(name: &str) -> serde_json::Value {
    serde_json::from_slice(&golden_bytes(name)).unwrap()
}

/// One of the files in `tests/fixtures/llama_cpp`.
pub(crate) fn golden_bytes(name: &str) -> Vec<u8> {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/fixtures/llama_cpp"
    );
    std::fs::read(format!("{folder}/{name}")).unwrap()
}
