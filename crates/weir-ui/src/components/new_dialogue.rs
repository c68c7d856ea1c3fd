//! The button for a new dialogue, and the question before the old one is forgotten.

use leptos::prelude::*;

use super::{
    dialog::Dialog,
    icons::{self, Icon},
};
use crate::session::{Session, tasks};

/// The button for a new dialogue. It asks first if there is something to forget.
#[component]
pub(super) fn NewDialogue() -> impl IntoView {
    let session = Session::expect();
    let asking = RwSignal::new(false);
    let is_empty = Memo::new(move |_| session.exchanges.with(Vec::is_empty));
    let begin = move |_| {
        asking.set(false);
        tasks::new_dialogue(session);
    };

    view! {
        <button
            type="button"
            class="button quiet"
            data-testid="new-dialogue"
            disabled=move || is_empty.get()
            on:click=move |_| asking.set(true)
        >
            {icons::draw(Icon::NewDialogue)}
            <span class="wide-only">"New dialogue"</span>
            <span class="unseen narrow-only">"New dialogue"</span>
        </button>
        <Dialog
            title="Start a new dialogue?".to_owned()
            open=asking
            on_close=move || asking.set(false)
        >
            <p>"This dialogue and its receipts are deleted from this device. Its budget starts again; what today and this month have cost stays. What you are typing stays."</p>
            <div class="actions">
                <button type="button" class="button" on:click=move |_| asking.set(false)>"Keep it"</button>
                <button type="button" class="button danger" data-testid="new-dialogue-confirm" on:click=begin>
                    "Delete and start new"
                </button>
            </div>
        </Dialog>
    }
}
