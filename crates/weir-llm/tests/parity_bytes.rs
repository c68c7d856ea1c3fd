//! What rounding activations to bytes costs, as kernels with relaxed SIMD do: next to what it costs
//! llama.cpp, which does the same.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot run its model has failed"
)]
#![expect(
    unsafe_code,
    reason = "a kernel is adopted by its address, even if it is our own"
)]

mod agreement;
mod model_file;

use futures::executor::block_on;
use serde_json::Value;
use weir_llm::device::{self, DeviceKind};
use weir_llm::kernels::self_test;
use weir_llm::kernels::simd::{self, product::bytes};
use weir_llm::model::Llama;

/// Largest mean divergence from exact predictions, as a multiple of llama.cpp's own.
const MOST: f64 = 1.2;

/// The only test of its program: an adopted kernel stays.
#[test]
fn bytes_cost_no_more_than_they_cost_llama_cpp() {
    let device = block_on(device::open(DeviceKind::Cpu)).unwrap();
    let Some((source, gguf)) = model_file::open() else {
        return;
    };
    let llama = block_on(Llama::load(&gguf, &source, &device, |_| ())).unwrap();
    let texts = |name| -> Vec<Value> {
        let golden = model_file::golden(name);
        golden["texts"].as_array().unwrap().clone()
    };
    // With 16 bits our predictions are exact; how far llama.cpp's rounded ones are from them:
    let (_, theirs) = agreement::compare(&llama, &texts("logits_rounded.json")).means();
    // SAFETY: it is a product, and stays one.
    unsafe { simd::adopt(bytes::q4) }.unwrap();
    let (_, ours) = agreement::compare(&llama, &texts("logits.json")).means();
    assert!(ours > 1e-5, "activations were not rounded to bytes");
    assert!(
        ours <= MOST * theirs,
        "{ours:e} where llama.cpp has {theirs:e}"
    );
    assert_eq!(block_on(self_test(&device)), Ok(()));
}
