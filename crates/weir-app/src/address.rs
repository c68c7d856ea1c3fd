//! What the page's address says.

use leptos::prelude::window;
use web_sys::UrlSearchParams;
use weir_ui::{
    record::FRAGMENT,
    session::{ChatOptions, device_named, model_at},
};

/// The options of the chat, from the address of the page.
pub(crate) fn options() -> ChatOptions {
    let location = window().location();
    let query = location
        .search()
        .and_then(|query| UrlSearchParams::new_with_str(&query))
        .ok();
    let get = |name: &str| query.as_ref()?.get(name);
    ChatOptions {
        device: device_named(&get("device").unwrap_or_default()),
        model: get("model").and_then(|address| model_at(&address)),
        load_at_once: get("load").as_deref() != Some("click")
            && location.hostname().is_ok_and(|host| is_this_machine(&host)),
        record: Some(FRAGMENT),
        sign_in: true,
        ..ChatOptions::default()
    }
}

/// Files served from this machine are not downloads.
fn is_this_machine(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "[::1]"
        || host.starts_with("127.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_this_machine() {
        assert!(is_this_machine("127.0.0.1") && is_this_machine("localhost"));
        assert!(!is_this_machine("example.org") && !is_this_machine("localhost.example.org"));
    }
}
