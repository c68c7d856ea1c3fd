//! Kernels with relaxed SIMD, where the browser knows it.
//!
//! They are a module of their own (`relaxed/lib.rs`) that is given this module's memory. Its kernel
//! is put into this module's table of functions: the place there is what Rust calls a function
//! pointer, and a call through it goes from WebAssembly to WebAssembly, without JavaScript between.

#![expect(
    unsafe_code,
    reason = "the type of a function in another module is only known to whoever compiled it"
)]

use js_sys::{Function, Object, Reflect, Uint8Array, WebAssembly};
use wasm_bindgen::{JsCast as _, JsValue};
use weir_llm::kernels::simd::{
    self, Unfit,
    product::{Product, Quad4, bytes::Bytes},
};

/// The compiled module; empty if this is not WebAssembly.
pub(crate) const MODULE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/relaxed.wasm"));

/// Why the plain kernels stay.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RelaxedError {
    #[error("this browser does not know relaxed SIMD")]
    Unknown,
    #[error("the kernels with relaxed SIMD could not be loaded: {0:?}")]
    Refused(JsValue),
    #[error(transparent)]
    Unfit(#[from] Unfit),
}

/// Multiplies with relaxed SIMD from now on, by what `module` exports: it is [`MODULE`].
pub(crate) fn adopt(module: &[u8]) -> Result<(), RelaxedError> {
    let code = Uint8Array::from(module);
    if !WebAssembly::validate(&code).map_err(RelaxedError::Refused)? {
        return Err(RelaxedError::Unknown);
    }
    let place = place(&code).map_err(RelaxedError::Refused)?;
    // SAFETY: a function pointer is a place in the table, and the one there was compiled from the
    // source of `product::bytes::q4`, whose type this is.
    let q4 = unsafe { std::mem::transmute::<usize, Product<Quad4, Bytes>>(place as usize) };
    // SAFETY: it is that function, and it stays in the table.
    Ok(unsafe { simd::adopt(q4) }?)
}

/// Where the module's kernel stands in this module's table of functions.
fn place(code: &Uint8Array) -> Result<u32, JsValue> {
    let env = Object::new();
    Reflect::set(&env, &"memory".into(), &wasm_bindgen::memory())?;
    let imports = Object::new();
    Reflect::set(&imports, &"env".into(), &env)?;
    let module = WebAssembly::Module::new(code)?;
    let instance = WebAssembly::Instance::new(&module, &imports)?;
    let q4: Function = Reflect::get(&instance.exports(), &"q4".into())?.dyn_into()?;
    let table: WebAssembly::Table = wasm_bindgen::function_table().dyn_into()?;
    let place = table.grow(1)?;
    table.set(place, &q4)?;
    Ok(place)
}
