//! The instructions that all loops of the CPU are made of, on registers of sixteen bytes.
//!
//! In a browser they are WebAssembly's SIMD128. The same loops run natively, for the tests and the
//! lab: with SSE2 where that is, else in plain Rust.

#[cfg(not(any(
    all(target_arch = "wasm32", target_feature = "simd128"),
    target_arch = "x86_64"
)))]
mod portable;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;
#[cfg(target_arch = "x86_64")]
mod sse2;

#[cfg(not(any(
    all(target_arch = "wasm32", target_feature = "simd128"),
    target_arch = "x86_64"
)))]
pub(crate) use portable::*;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use simd128::*;
#[cfg(target_arch = "x86_64")]
pub(crate) use sse2::*;
