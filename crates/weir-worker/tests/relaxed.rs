//! The kernels with relaxed SIMD, as a browser runs them: loaded as a module of their own and called
//! through the worker's table of functions.

#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should say where"
)]

#[path = "../src/constructors.rs"]
mod constructors;
#[path = "../src/relaxed.rs"]
mod relaxed;

use js_sys::{Reflect, Uint8Array, WebAssembly};
use relaxed::RelaxedError;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;
use weir_llm::{
    device::{self, DeviceKind},
    gguf::GgmlType,
    kernels::{compare::Comparison, self_test},
};

#[wasm_bindgen(module = "v8")]
extern "C" {
    #[wasm_bindgen(js_name = setFlagsFromString)]
    fn set_flags(flags: &str);
}

/// Node 20 knows relaxed SIMD, but waits to be asked.
fn know_relaxed_simd() {
    set_flags("--experimental-wasm-relaxed-simd");
}

#[wasm_bindgen_test]
async fn a_loaded_kernel_multiplies_like_the_reference() {
    constructors::run();
    know_relaxed_simd();
    relaxed::adopt(relaxed::MODULE).unwrap();
    let device = device::open(DeviceKind::Cpu).await.unwrap();
    let comparison = Comparison::new(&device);
    // Rows that fill their last quad, and rows that do not; odd numbers of blocks.
    for shape in [[64, 576], [66, 160], [6, 32]] {
        for tokens in [1, 2, 3, 4, 5, 33] {
            for ty in [GgmlType::Q4_0, GgmlType::Q4_1] {
                let compared = comparison.projections(ty, shape, tokens, 3).await;
                assert_eq!(compared, Ok(()), "{ty:?} {shape:?} {tokens} tokens");
            }
        }
    }
    assert_eq!(self_test(&device).await, Ok(()));
}

#[wasm_bindgen_test]
fn the_module_brings_nothing_but_code() {
    know_relaxed_simd();
    let code = Uint8Array::from(relaxed::MODULE);
    let module = WebAssembly::Module::new(&code).unwrap();
    let imports: Vec<String> = WebAssembly::Module::imports(&module)
        .iter()
        .map(|import| Reflect::get(&import, &"name".into()).unwrap())
        .filter_map(|name| name.as_string())
        .collect();
    assert_eq!(imports, ["memory"]);
    assert_eq!(
        sections(relaxed::MODULE),
        [
            "types",
            "imports",
            "functions",
            "globals",
            "exports",
            "code"
        ]
    );
}

#[wasm_bindgen_test]
fn what_is_no_module_is_not_adopted() {
    let refused = relaxed::adopt(b"no module");
    assert!(matches!(refused, Err(RelaxedError::Unknown)), "{refused:?}");
}

/// The names of a module's sections, but for those that only name things.
fn sections(module: &[u8]) -> Vec<&'static str> {
    let mut rest = &module[8..];
    let mut found = Vec::new();
    while let [id, after @ ..] = rest {
        let (len, after) = leb128(after);
        rest = &after[len..];
        found.extend(match id {
            0 => None,
            1 => Some("types"),
            2 => Some("imports"),
            3 => Some("functions"),
            6 => Some("globals"),
            7 => Some("exports"),
            10 => Some("code"),
            _ => Some("another"),
        });
    }
    found
}

/// A number of seven bits a byte, and what follows it.
fn leb128(bytes: &[u8]) -> (usize, &[u8]) {
    let len = 1 + bytes.iter().take_while(|&&byte| byte > 127).count();
    let digits = bytes[..len].iter().rev();
    let number = digits.fold(0, |number, byte| number << 7 | usize::from(byte & 127));
    (number, &bytes[len..])
}
