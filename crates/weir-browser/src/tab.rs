//! What lasts as long as this tab: texts in `sessionStorage`.
//!
//! Where the browser forbids it or has no room, nothing is kept, and the page goes on without.

use web_sys::Storage;

/// Names begin with this; the page may share its origin with others.
const PREFIX: &str = "weir:v1:";

/// What is kept under `name`.
#[must_use]
pub fn kept(name: &str) -> Option<String> {
    storage()?.get_item(&(PREFIX.to_owned() + name)).ok()?
}

/// Keeps `text` under `name`.
pub fn keep(name: &str, text: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(&(PREFIX.to_owned() + name), text);
    }
}

/// Forgets what is kept under `name`.
pub fn forget(name: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&(PREFIX.to_owned() + name));
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}
