//! What WebGPU offers here, asked before anything is built on it.
//!
//! The runtime cannot ask in time: where an adapter has no `timestamp-query` it panics as soon as a
//! device is made, and an adapter that never answers would hang it for good.

use futures::future::{Either, select};
use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

use crate::timers;

/// An adapter that has not answered by then is as good as none.
const PATIENCE_MS: f64 = 10_000.0;

/// What WebGPU offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebGpuProbe {
    /// Name of the adapter, as far as the browser tells; `None` if there is none.
    pub adapter: Option<String>,
    /// Whether it can take the time of its work. The runtime cannot be used without.
    pub timestamp_query: bool,
    /// Whether it is a processor in disguise.
    pub fallback: bool,
    /// Bytes of the longest buffer that a kernel can be given.
    pub longest_buffer: Option<u64>,
}

impl WebGpuProbe {
    /// Whether the runtime can use it.
    #[must_use]
    pub const fn usable(&self) -> bool {
        self.adapter.is_some() && self.timestamp_query
    }
}

// By hand: web-sys has them only with `--cfg=web_sys_unstable_apis`. Whatever may be missing in a
// browser is an `Option`.
#[wasm_bindgen]
extern "C" {
    type WithGpu;
    #[wasm_bindgen(thread_local_v2, js_name = navigator)]
    static NAVIGATOR: WithGpu;
    #[wasm_bindgen(method, getter, structural)]
    fn gpu(this: &WithGpu) -> Option<Gpu>;

    type Gpu;
    #[wasm_bindgen(method, structural, js_name = requestAdapter)]
    fn request_adapter(this: &Gpu, options: &AdapterOptions) -> Promise;

    #[wasm_bindgen(extends = js_sys::Object)]
    type AdapterOptions;
    #[wasm_bindgen(method, setter, structural, js_name = powerPreference)]
    fn set_power_preference(this: &AdapterOptions, preference: &str);

    type Adapter;
    #[wasm_bindgen(method, getter, structural)]
    fn features(this: &Adapter) -> js_sys::Set;
    #[wasm_bindgen(method, getter, structural)]
    fn info(this: &Adapter) -> Option<Info>;
    #[wasm_bindgen(method, getter, structural)]
    fn limits(this: &Adapter) -> Limits;
    // Moved into `info` in 2025; browsers have it here, there, or in both places.
    #[wasm_bindgen(method, getter, structural, js_name = isFallbackAdapter)]
    fn is_fallback(this: &Adapter) -> Option<bool>;

    type Limits;
    #[wasm_bindgen(method, getter, structural, js_name = maxBufferSize)]
    fn max_buffer_size(this: &Limits) -> Option<f64>;
    #[wasm_bindgen(method, getter, structural, js_name = maxStorageBufferBindingSize)]
    fn max_binding_size(this: &Limits) -> Option<f64>;

    type Info;
    #[wasm_bindgen(method, getter, structural)]
    fn vendor(this: &Info) -> Option<String>;
    #[wasm_bindgen(method, getter, structural)]
    fn architecture(this: &Info) -> Option<String>;
    #[wasm_bindgen(method, getter, structural)]
    fn device(this: &Info) -> Option<String>;
    #[wasm_bindgen(method, getter, structural)]
    fn description(this: &Info) -> Option<String>;
    #[wasm_bindgen(method, getter, structural, js_name = isFallbackAdapter)]
    fn is_fallback_too(this: &Info) -> Option<bool>;
}

/// Asks for the adapter that the runtime would get.
pub async fn probe_webgpu() -> WebGpuProbe {
    match adapter().await {
        Some(adapter) => describe(&adapter),
        None => WebGpuProbe::default(),
    }
}

async fn adapter() -> Option<Adapter> {
    let gpu = NAVIGATOR.with(WithGpu::gpu)?;
    let options = js_sys::Object::new().unchecked_into::<AdapterOptions>();
    options.set_power_preference("high-performance");
    let asked = JsFuture::from(gpu.request_adapter(&options));
    let Either::Left((Ok(adapter), _)) = select(asked, timers::after(PATIENCE_MS)).await else {
        return None;
    };
    (!adapter.is_null() && !adapter.is_undefined()).then(|| adapter.unchecked_into())
}

fn describe(adapter: &Adapter) -> WebGpuProbe {
    let info = adapter.info();
    let words = info.as_ref().map(|info| {
        [
            info.vendor(),
            info.architecture(),
            info.device(),
            info.description(),
        ]
    });
    let fallback = info.as_ref().and_then(Info::is_fallback_too);
    let limits = adapter.limits();
    let longest = [limits.max_buffer_size(), limits.max_binding_size()];
    WebGpuProbe {
        adapter: Some(full_name(words.into_iter().flatten().flatten())),
        timestamp_query: adapter.features().has(&JsValue::from("timestamp-query")),
        fallback: fallback.or_else(|| adapter.is_fallback()).unwrap_or(false),
        longest_buffer: longest
            .into_iter()
            .flatten()
            .map(|bytes| bytes as u64)
            .min(),
    }
}

/// The words that say something, once each.
fn full_name(words: impl Iterator<Item = String>) -> String {
    let mut said: Vec<String> = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        if !said.contains(&word) {
            said.push(word);
        }
    }
    if said.is_empty() {
        return "WebGPU adapter without a name".to_owned();
    }
    said.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(words: &[&str]) -> String {
        full_name(words.iter().map(|word| (*word).to_owned()))
    }

    #[test]
    fn an_adapter_is_called_by_what_it_tells() {
        assert_eq!(
            named(&["google", "swiftshader", "", ""]),
            "google swiftshader"
        );
        assert_eq!(named(&["apple", "apple", "m3"]), "apple m3");
        assert_eq!(named(&["", ""]), "WebGPU adapter without a name");
    }

    #[test]
    fn an_adapter_without_timestamps_is_of_no_use() {
        let probe = WebGpuProbe {
            adapter: Some("google swiftshader".to_owned()),
            timestamp_query: false,
            fallback: true,
            longest_buffer: Some(1 << 27),
        };
        assert!(!probe.usable());
        assert!(!WebGpuProbe::default().usable());
    }
}
