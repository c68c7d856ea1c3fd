//! Which page is shown: the dialogue, or “Privacy & budget”.

#![expect(
    unreachable_pub,
    reason = "`#[component]` writes `pub` before what it makes of a component"
)]

use leptos::{ev, prelude::*};
use weir_ui::{
    Chat, ChatOptions,
    aside::{self, RECORD_PLACE},
    record::FRAGMENT,
};

/// Both pages, one of which is shown. The dialogue goes on while the other is looked at.
#[component]
pub(crate) fn Pages(options: ChatOptions) -> impl IntoView {
    let is_record = || window().location().hash().as_deref() == Ok(FRAGMENT);
    let record = RwSignal::new(is_record());
    let heard = window_event_listener(ev::hashchange, move |_| record.set(is_record()));
    on_cleanup(move || heard.remove());
    let url = options.aside_url.clone();
    Effect::new(move |_| {
        if record.get() {
            // Its place then stays empty but for the way back.
            aside::load(&url, || {});
        }
    });
    view! {
        <main class="page" hidden=move || record.get()>
            <Chat options/>
        </main>
        <main class="page" id=RECORD_PLACE hidden=move || !record.get()>
            <p class="boot"><a href="#">"Back to the dialogue"</a></p>
        </main>
    }
}
