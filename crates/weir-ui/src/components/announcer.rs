//! The one voice of the page.

use leptos::prelude::*;

use crate::session::Session;

/// Tells a screen reader what happens. The transcript itself is silent: it would read every piece.
#[component]
pub(super) fn Announcer() -> impl IntoView {
    let session = Session::expect();
    view! {
        <p class="unseen" role="status">{move || session.announcement.get()}</p>
    }
}
