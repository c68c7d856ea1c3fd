//! Being told when an element changes its size.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, ResizeObserver};

/// Calls `act` whenever `element` changes its size, until the surrounding component is gone.
pub(super) fn on_resize(element: &Element, act: impl Fn() + 'static) {
    let closure = Closure::<dyn Fn()>::new(act);
    let Ok(observer) = ResizeObserver::new(closure.as_ref().unchecked_ref()) else {
        return;
    };
    observer.observe(element);
    let kept = StoredValue::new_local((observer, closure));
    on_cleanup(move || {
        kept.try_with_value(|(observer, _)| observer.disconnect());
    });
}
