//! The web demo: it composes the components of weir-ui into pages.
//!
//! Four things of the address are read: `?device=cpu` or `?device=webgpu` says where the local
//! model runs, `?model=<address>` names another GGUF file than the one that the page offers, and
//! `?load=click` has it wait for a click even where the page is served from this machine; `?code=…` is
//! what a provider sends the user back with who signed in there, and is taken out at once.

mod address;
mod pages;

use leptos::{mount::mount_to, prelude::*};
use pages::Pages;
use wasm_bindgen::JsCast;

/// The element of `www/index.html` that the chat fills.
const PLACE: &str = "weir";

fn main() {
    console_error_panic_hook::set_once();
    let options = address::options();
    let place = document()
        .get_element_by_id(PLACE)
        .and_then(|place| place.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(place) = place {
        place.set_text_content(None);
        mount_to(place, move || view! { <Pages options/> }).forget();
    }
}
