//! Values as JSON text, which the browser itself reads and writes: the page has no second parser
//! beside the one of its messages.
//!
//! Numbers are JavaScript's: an integer beyond 2⁵³ cannot be written.

use serde::{Serialize, de::DeserializeOwned};
use serde_wasm_bindgen::Serializer;

use crate::jserror;

/// The value that `text` spells, or why it does not.
///
/// # Errors
/// For people: what the browser, or what reads the value, finds wrong.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let value = js_sys::JSON::parse(text).map_err(|thrown| jserror::text(&thrown))?;
    serde_wasm_bindgen::from_value(value).map_err(|error| error.to_string())
}

/// `value` as text; `None` if it cannot be written.
#[must_use]
pub fn write(value: &impl Serialize) -> Option<String> {
    let value = value.serialize(&Serializer::json_compatible()).ok()?;
    let text = js_sys::JSON::stringify(&value).ok()?;
    text.as_string()
}
