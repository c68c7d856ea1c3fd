//! The module beside the page's own: what is needed only now and then is in it, and is downloaded when
//! it first is.
//!
//! - [`capture`](crate::capture): camera, microphone, pictures from files.
//! - [`record`](crate::record): “Privacy & budget”.
//!
//! Both modules run in one page, and share no memory. What one has for the other is the detail of an
//! event of the window: nobody but this page hears it.

use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CustomEvent, CustomEventInit, HtmlElement, HtmlScriptElement};
use weir_browser::capture::Captured;

use crate::{
    capture::{CaptureDialog, Wanted},
    record,
};

/// The element of the chat that the dialog for capturing is drawn into.
pub(crate) const CAPTURE_PLACE: &str = "weir-capture";
/// The element that the record is drawn into.
pub const RECORD_PLACE: &str = "weir-record";

/// The module is there and listens.
const READY: &str = "weir:ready";
/// Something is to be captured.
const WANTED: &str = "weir:wanted";
/// Something was captured, and is to be attached.
const TAKEN: &str = "weir:taken";

/// Draws what is in this module into its places. The one thing that its `main` does.
pub fn run() {
    let wanted = RwSignal::new_local(None);
    hear(WANTED, move |detail| wanted.set(Wanted::from_js(detail)));
    if let Some(place) = place(CAPTURE_PLACE) {
        let attach = |captured: Captured| tell(TAKEN, &captured.to_js());
        mount_to(place, move || view! { <CaptureDialog wanted attach/> }).forget();
    }
    if let Some(place) = place(RECORD_PLACE) {
        record::open_at(place);
    }
    tell(READY, &JsValue::UNDEFINED);
}

/// Loads the module, at most once. `failed` is called if it cannot be had.
pub fn load(url: &str, failed: impl FnOnce() + 'static) {
    let document = document();
    let known = document.query_selector(&format!("script[src=\"{url}\"]"));
    if !matches!(known, Ok(None)) {
        return;
    }
    let script = document.create_element("script");
    let script = script
        .ok()
        .and_then(|script| script.dyn_into::<HtmlScriptElement>().ok());
    let (Some(script), Some(head)) = (script, document.head()) else {
        return failed();
    };
    script.set_type("module");
    script.set_src(url);
    let broken = script.clone();
    let on_error = wasm_bindgen::closure::Closure::once_into_js(move || {
        // It can be asked for once more.
        broken.remove();
        failed();
    });
    script.set_onerror(Some(on_error.unchecked_ref()));
    let _appended = head.append_child(&script);
}

/// Calls `ready` once the module listens, and `attach` with what is captured in it.
pub(crate) fn listen(ready: impl Fn() + 'static, attach: impl Fn(Captured) + 'static) {
    hear(READY, move |_| ready());
    hear(TAKEN, move |detail| {
        if let Some(captured) = Captured::from_js(detail) {
            attach(captured);
        }
    });
}

/// Has something captured by the module, which listens.
pub(crate) fn want(wanted: &Wanted) {
    tell(WANTED, &wanted.to_js());
}

fn place(id: &str) -> Option<HtmlElement> {
    let place = document().get_element_by_id(id)?;
    place.dyn_into().ok()
}

fn hear(name: &'static str, hear: impl Fn(&JsValue) + 'static) {
    let heard = window_event_listener_untyped(name, move |event| {
        if let Some(event) = event.dyn_ref::<CustomEvent>() {
            hear(&event.detail());
        }
    });
    // For as long as the page lives, as the module does.
    std::mem::forget(heard);
}

fn tell(name: &str, detail: &JsValue) {
    let init = CustomEventInit::new();
    init.set_detail(detail);
    if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &init) {
        let _told = window().dispatch_event(&event);
    }
}
