//! The shipped policy decides in WebAssembly as it did natively, when the lab wrote `decisions.txt`.
//!
//! `cargo xtask test --only decisions` runs it in Node, whose engine is Chromium's and which every
//! machine that tests the page has. Where there is a chromedriver, `WASM_BINDGEN_USE_DEDICATED_WORKER=1
//! WASM_BINDGEN_TEST_TIMEOUT=120 wasm-bindgen-test-runner` runs the same module in a worker of Chromium.
//! `cargo xtask bench decisions` reads the times that it prints.

#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should say where"
)]

#[path = "../src/constructors.rs"]
mod constructors;

use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};
use weir_policy::{Decisions, ResponseModel, TrainedPolicy, decisions::Timings};

const WEIGHTS: &[u8] = include_bytes!("../../../models/policy/policy.bpk");
const SPEC: &str = include_str!("../../../models/policy/policy.json");
const RESPONSE: &str = include_str!("../../../models/policy/response.json");
const NATIVE: &str = include_str!("../../../models/policy/decisions.txt");

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

#[wasm_bindgen_test]
fn the_worker_decides_as_the_lab_did() {
    constructors::run();
    let policy = TrainedPolicy::load(WEIGHTS.to_vec(), SPEC).unwrap();
    let response = ResponseModel::from_json(RESPONSE).unwrap();
    let native: Decisions = NATIVE.parse().unwrap();
    let here = Decisions::of(&policy, &response).unwrap();
    assert_eq!(
        here.situations, native.situations,
        "other situations than those of decisions.txt: `weir-lab decisions write` renews it"
    );
    let different = here.differences(&native);
    assert!(
        different.is_empty(),
        "{} of {} decisions differ, in situations {different:?}",
        different.len(),
        here.places.len()
    );

    let timings = Timings::measure(&policy, &response, || now() * 1e3).unwrap();
    console_log!("timings {}", serde_json::to_string(&timings).unwrap());
}
