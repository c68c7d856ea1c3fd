//! The web demo: it composes the components of weir-ui into a page.
//!
//! Three things of the address are read: `?device=cpu` or `?device=webgpu` says where the local
//! model runs, `?model=<address>` names another GGUF file than the one that the page offers, and
//! `?load=click` has it wait for a click even where the page is served from this machine.

mod address;

use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::JsCast;
use weir_ui::{Chat, ChatOptions};

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
        mount_to(place, move || view! { <Page options/> }).forget();
    }
}

/// The one page.
#[component]
fn Page(options: ChatOptions) -> impl IntoView {
    view! {
        <main class="page">
            <Chat options/>
        </main>
    }
}
