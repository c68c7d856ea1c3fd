//! What the page's address says.

use leptos::prelude::*;
use web_sys::{Url, UrlSearchParams};
use weir_browser::messages::{DeviceChoice, ModelFile};
use weir_ui::ChatOptions;

/// The options of the chat, from the address of the page.
pub(crate) fn options() -> ChatOptions {
    let location = window().location();
    let query = location
        .search()
        .and_then(|query| UrlSearchParams::new_with_str(&query));
    let get = |name: &str| query.as_ref().ok().and_then(|query| query.get(name));
    ChatOptions {
        device: get("device").map_or_else(DeviceChoice::default, |name| device(&name)),
        model: get("model").and_then(|address| model(&address)),
        load_at_once: location.hostname().is_ok_and(|host| is_this_machine(&host)),
        ..ChatOptions::default()
    }
}

fn device(name: &str) -> DeviceChoice {
    match name {
        "cpu" => DeviceChoice::Cpu,
        "webgpu" => DeviceChoice::WebGpu,
        _ => DeviceChoice::Measure,
    }
}

/// A model by address alone: its name is the file's, and nothing is known to check it against.
fn model(address: &str) -> Option<ModelFile> {
    let base = document().base_uri().ok().flatten()?;
    let url = Url::new_with_base(address, &base).ok()?;
    let is_web = matches!(url.protocol().as_str(), "http:" | "https:");
    is_web.then(|| ModelFile {
        name: file_name(&url.pathname()).to_owned(),
        url: url.href(),
        bytes: None,
        sha256: None,
    })
}

fn file_name(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or_default();
    if name.is_empty() { "Local model" } else { name }
}

/// Files served from this machine are not downloads.
fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || host.starts_with("127.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_named_after_its_file() {
        assert_eq!(file_name("/models/tiny.gguf"), "tiny.gguf");
        assert_eq!(file_name("/"), "Local model");
    }

    #[test]
    fn only_this_machine_is_this_machine() {
        assert!(is_this_machine("127.0.0.1") && is_this_machine("localhost"));
        assert!(!is_this_machine("example.org") && !is_this_machine("localhost.example.org"));
    }

    #[test]
    fn an_unknown_device_is_measured() {
        assert_eq!(device("webgpu"), DeviceChoice::WebGpu);
        assert_eq!(device("abacus"), DeviceChoice::Measure);
    }
}
