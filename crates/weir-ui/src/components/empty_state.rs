//! What is shown before the first turn.

use leptos::prelude::*;

use super::icons;
use crate::session::{Session, tasks};

/// One of each kind of turn that the policy tells apart.
const SUGGESTIONS: [&str; 4] = [
    "Why does ice float on water?",
    "Suggest three quick dinners with eggs and spinach",
    "Rewrite politely: send me the report today",
    "Explain in two sentences what a weir does",
];

/// What is shown before the first turn.
#[component]
pub(super) fn EmptyState() -> impl IntoView {
    let session = Session::expect();
    view! {
        <div class="empty">
            {icons::mark()}
            <h2 class="empty-title">"Ask something"</h2>
            <p class="empty-text">
                "A small model on this device answers. A cloud model helps only where it is worth it, within the budget you set, and every answer says what it cost and what left the device."
            </p>
            <ul class="suggestions">
                {SUGGESTIONS.map(|prompt| view! {
                    <li>
                        <button
                            type="button"
                            class="suggestion"
                            on:click=move |_| tasks::write(session, prompt.to_owned())
                        >
                            {prompt}
                        </button>
                    </li>
                }).collect_view()}
            </ul>
        </div>
    }
}
