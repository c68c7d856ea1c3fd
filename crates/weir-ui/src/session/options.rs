//! What whoever mounts a chat decides.

use leptos::prelude::document;
use web_sys::Url;
use weir_browser::messages::{DeviceChoice, ModelFile};

/// What whoever mounts a chat decides.
#[derive(Clone, Debug)]
pub struct ChatOptions {
    /// Address of the worker's loader.
    pub worker_url: String,
    /// Where the local model should run.
    pub device: DeviceChoice,
    /// A local model in place of those that `weir.json` offers.
    pub model: Option<ModelFile>,
    /// Whether the local model is fetched without a click: right where its file lies on this
    /// machine, impolite where it is a download.
    pub load_at_once: bool,
}

impl Default for ChatOptions {
    fn default() -> Self {
        Self {
            worker_url: "weir-worker_loader.js".to_owned(),
            device: DeviceChoice::Measure,
            model: None,
            load_at_once: false,
        }
    }
}

/// `cpu` or `webgpu`; any other name leaves the choice to a measurement.
#[must_use]
pub fn device_named(name: &str) -> DeviceChoice {
    match name {
        "cpu" => DeviceChoice::Cpu,
        "webgpu" => DeviceChoice::WebGpu,
        _ => DeviceChoice::Measure,
    }
}

/// A model by its address alone, which may be relative to the page. It is named after its file, and
/// nothing is known to check it against. `None` if it is no address that can be fetched.
#[must_use]
pub fn model_at(address: &str) -> Option<ModelFile> {
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
    match path.rsplit('/').next() {
        None | Some("") => "Local model",
        Some(name) => name,
    }
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
    fn an_unknown_device_is_measured() {
        assert_eq!(device_named("webgpu"), DeviceChoice::WebGpu);
        assert_eq!(device_named("abacus"), DeviceChoice::Measure);
    }
}
