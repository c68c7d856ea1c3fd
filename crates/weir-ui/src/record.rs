//! “Privacy & budget”: the page from which a visitor can verify what Weir promises.
//!
//! It reads what is stored and asks nobody else: neither the worker nor the network. It is a part of the
//! module beside the page's own ([`crate::aside`]), and would show the same if the chat were broken.
//!
//! - `books`: what was read, and whether it adds up.
//! - `summary`, `chart`, `charges`: what was spent. `departures`: what left this device.
//! - `promises`: what is promised, and how to see for oneself that it is kept.

#![expect(
    unreachable_pub,
    reason = "`#[component]` writes `pub` before what it makes of a component"
)]

mod books;
mod charges;
mod chart;
mod departures;
mod file;
mod promises;
mod summary;

use leptos::{mount::mount_to, prelude::*, task::spawn_local};
use web_sys::HtmlElement;

use crate::session::Settings;
use books::Books;

/// The fragment of the address at which the page is shown.
pub const FRAGMENT: &str = "#privacy";

/// Draws the page into `place`, and reads everything anew whenever the address comes back to it.
pub fn open_at(place: HtmlElement) {
    place.set_text_content(None);
    mount_to(place, || view! { <Record/> }).forget();
}

/// The whole page.
#[component]
fn Record() -> impl IntoView {
    let books = RwSignal::new(None::<Result<Books, String>>);
    let read = move || {
        spawn_local(async move {
            books.set(Some(Books::read().await.map_err(|error| error.to_string())));
        });
    };
    let read_if_shown = move || {
        if window().location().hash().as_deref() == Ok(FRAGMENT) {
            read();
        }
    };
    read_if_shown();
    let heard = window_event_listener(leptos::ev::hashchange, move |_| read_if_shown());
    on_cleanup(move || heard.remove());
    let theme = Settings::load().theme.name();
    view! {
        <div class="weir record" data-theme=theme>
            <div class="record-body" tabindex="-1">
                <p><a href="#" data-testid="record-back">"Back to the dialogue"</a></p>
                <h1 class="record-title">"Privacy & budget"</h1>
                {move || match books.get() {
                    None => view! { <p role="status">"Reading what is stored"</p> }.into_any(),
                    Some(Err(message)) => view! { <p role="alert">{message}</p> }.into_any(),
                    Some(Ok(books)) => drawn(books),
                }}
                <promises::Promises/>
            </div>
        </div>
    }
}

fn drawn(books: Books) -> AnyView {
    let limits = Settings::load().limits;
    view! {
        <summary::Summary books=books.clone() limits/>
        <departures::Departures/>
        <charges::Charges books/>
    }
    .into_any()
}
