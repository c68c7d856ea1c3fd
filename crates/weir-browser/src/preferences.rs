//! What the user chose on this page: small values in `localStorage`.
//!
//! Failures are ignored on purpose. Where storage is forbidden or full, a choice lasts until the
//! page is closed, and a value of another version counts as never chosen: neither is worth a
//! message. Nothing here may be secret: a key never is a preference.

use serde::{Serialize, de::DeserializeOwned};
use web_sys::Storage;

use crate::json;

/// Names of values begin with this; the page may share its origin with others.
const PREFIX: &str = "weir:v1:";

/// The value that was saved under `key`, if there is one and it can still be read.
#[must_use]
pub fn load<T: DeserializeOwned>(key: &str) -> Option<T> {
    let text = storage()?.get_item(&name(key)).ok().flatten()?;
    json::read(&text).ok()
}

/// Saves `value` under `key`.
pub fn save(key: &str, value: &impl Serialize) {
    if let (Some(storage), Some(text)) = (storage(), json::write(value)) {
        let _ = storage.set_item(&name(key), &text);
    }
}

/// Takes back what was saved under `key`.
pub fn forget(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&name(key));
    }
}

fn name(key: &str) -> String {
    format!("{PREFIX}{key}")
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}
