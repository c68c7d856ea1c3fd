//! What whoever mounts a chat decides.

use weir_browser::messages::{DeviceChoice, ModelFile};

/// What whoever mounts a chat decides.
#[derive(Clone, Debug)]
pub struct ChatOptions {
    /// Address of the worker's loader.
    pub worker_url: String,
    /// Address of the loader of the module beside the page's own.
    pub aside_url: String,
    /// Where the local model should run.
    pub device: DeviceChoice,
    /// A local model in place of those that `weir.json` offers.
    pub model: Option<ModelFile>,
    /// Whether the local model is fetched without a click: right where its file lies on this
    /// machine, impolite where it is a download.
    pub load_at_once: bool,
    /// Address of the page that shows what was spent and what left the device, if there is one.
    pub record: Option<&'static str>,
    /// Whether the user can sign in to a provider, which leaves the page and comes back with a code
    /// in its address: right for a page of its own, rude where the chat is a guest.
    pub sign_in: bool,
}

impl Default for ChatOptions {
    fn default() -> Self {
        Self {
            worker_url: "weir-worker_loader.js".to_owned(),
            aside_url: "weir-aside_loader.js".to_owned(),
            device: DeviceChoice::Measure,
            model: None,
            load_at_once: false,
            record: None,
            sign_in: false,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_device_is_measured() {
        assert_eq!(device_named("webgpu"), DeviceChoice::WebGpu);
        assert_eq!(device_named("abacus"), DeviceChoice::Measure);
    }
}
