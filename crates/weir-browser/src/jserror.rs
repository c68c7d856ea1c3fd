//! What JavaScript throws, in words.

use wasm_bindgen::{JsCast, JsValue};

/// The name of an exception (`NotAllowedError`), or nothing if it has none.
pub(crate) fn name(thrown: &JsValue) -> String {
    thrown
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.name()))
        .unwrap_or_default()
}

/// What the exception says for itself.
pub(crate) fn text(thrown: &JsValue) -> String {
    match thrown.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => thrown
            .as_string()
            .unwrap_or_else(|| "the browser gave no reason".to_owned()),
    }
}
