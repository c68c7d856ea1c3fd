//! The kernels that need relaxed SIMD, as a WebAssembly module of their own.
//!
//! A browser that does not know these instructions refuses every module that has any. So they are
//! not in the worker's: `build.rs` compiles this file alone, and `src/relaxed.rs` loads what comes
//! out where it can. It computes in the worker's memory and brings none of its own: no data, no
//! stack, no globals.

#![no_std]

#[path = "../../weir-llm/src/kernels/simd/product/mod.rs"]
#[allow(
    dead_code,
    reason = "SIMD without the relaxed instructions is in the worker's module"
)]
mod product;

use core::panic::PanicInfo;
use product::{Quad4, Shape, bytes};

/// See [`bytes::q4`].
///
/// # Safety
/// As for every [`Product`](product::Product).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn q4(
    weights: *const Quad4,
    x: *const bytes::Bytes,
    out: *mut f32,
    shape: *const Shape,
) {
    // SAFETY: what the caller promises.
    unsafe { bytes::q4(weights, x, out, shape) }
}

/// Never reached; the language wants it said.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
