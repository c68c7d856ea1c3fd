//! The `<weir-chat>` custom element: mounts the components of weir-ui into a shadow root.
//!
//! The element itself is a few lines of JavaScript, `www/widget/element.js`: it is defined at once
//! and fetches this module when it is first shown. This is what it then calls.

use std::any::Any;

use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::HtmlElement;
use weir_ui::{
    Chat,
    session::{ChatOptions, device_named, model_at},
};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "
/** What the page around the element decides; all of it may be left out. */
export interface MountOptions {
    /** Address of the worker's loader, on the page's own origin. */
    workerUrl?: string;
    /** Address of the loader of what is only needed now and then, such as camera and microphone. */
    asideUrl?: string;
    /** Address of a GGUF file, in place of those that weir.json offers. */
    model?: string;
    /** Where the model runs; a short measurement decides if this is left out. */
    device?: 'cpu' | 'webgpu';
    /** Whether the model is fetched without a click. */
    loadAtOnce?: boolean;
}
";

#[wasm_bindgen]
extern "C" {
    /// What the page around the element decides.
    #[wasm_bindgen(typescript_type = "MountOptions")]
    #[derive(Debug)]
    pub type MountOptions;

    #[wasm_bindgen(method, getter, structural, js_name = workerUrl)]
    fn worker_url(this: &MountOptions) -> Option<String>;
    #[wasm_bindgen(method, getter, structural, js_name = asideUrl)]
    fn aside_url(this: &MountOptions) -> Option<String>;
    #[wasm_bindgen(method, getter, structural)]
    fn model(this: &MountOptions) -> Option<String>;
    #[wasm_bindgen(method, getter, structural)]
    fn device(this: &MountOptions) -> Option<String>;
    #[wasm_bindgen(method, getter, structural, js_name = loadAtOnce)]
    fn load_at_once(this: &MountOptions) -> Option<bool>;
}

/// A chat that is mounted. Freeing it takes the chat out of the page and ends its worker.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WidgetHandle {
    _mounted: Box<dyn Any>,
}

#[wasm_bindgen]
impl WidgetHandle {
    /// Mounts a chat into `place`, which it fills.
    #[must_use]
    pub fn mount(place: HtmlElement, options: &MountOptions) -> Self {
        let defaults = ChatOptions::default();
        let options = ChatOptions {
            worker_url: options.worker_url().unwrap_or(defaults.worker_url),
            aside_url: options.aside_url().unwrap_or(defaults.aside_url),
            device: device_named(&options.device().unwrap_or_default()),
            model: options.model().and_then(|address| model_at(&address)),
            load_at_once: options.load_at_once().unwrap_or(defaults.load_at_once),
            record: defaults.record,
            sign_in: defaults.sign_in,
        };
        let mounted = mount_to(place, move || view! { <Chat options/> });
        Self {
            _mounted: Box::new(mounted),
        }
    }
}
