//! Runs the module's static constructors, once.
//!
//! The runtime registers itself through them. When nothing in the program names
//! `__wasm_call_ctors`, the linker takes the module for a command and wraps every export in a call
//! of all constructors: each kernel launch then costs two hundred times as much.

#![expect(
    unsafe_code,
    reason = "the linker's own function can only be called as a foreign one"
)]

unsafe extern "C" {
    fn __wasm_call_ctors();
}

pub(crate) fn run() {
    // SAFETY: the linker defines it, it takes and gives nothing, and `main` calls it once, before
    // anything else runs.
    unsafe { __wasm_call_ctors() }
}
