//! What the user thinks of an answer.

use leptos::prelude::*;
use weir_core::{Opinion, mask::Wish};

use super::icons::{self, Icon};
use crate::session::{ExchangeKey, Progress, Session, queries, tasks};

/// Thumbs for an answer and, while it is the last one, a way to have it from the other place.
#[component]
pub(super) fn Marks(key: ExchangeKey, progress: ArcRwSignal<Progress>) -> impl IntoView {
    let session = Session::expect();
    let opinion = Memo::new(move |_| {
        progress.with(|progress| progress.reply().and_then(|reply| reply.opinion))
    });
    let thumb = move |mark: Opinion, icon: Icon, label: &'static str| {
        let is_on = move || opinion.get() == Some(mark);
        let toggle = move |_| {
            tasks::judge(session, key, (!untrack(is_on)).then_some(mark));
        };
        view! {
            <button
                type="button"
                class="button quiet small"
                aria-pressed=move || if is_on() { "true" } else { "false" }
                on:click=toggle
            >
                {icons::draw(icon)}
                <span class="unseen">{label}</span>
            </button>
        }
    };
    let elsewhere = Memo::new(move |_| queries::elsewhere(session, key));
    let redo = move |wish: Wish| {
        let label = match wish {
            Wish::Local => "Redo on this device",
            Wish::Cloud => "Redo in the cloud",
        };
        view! {
            <button type="button" class="button quiet small" on:click=move |_| tasks::redo(session, key, wish)>
                {icons::draw(Icon::Retry)} {label}
            </button>
        }
    };
    view! {
        <div class="marks" role="group" aria-label="This answer">
            {thumb(Opinion::Good, Icon::ThumbUp, "Good answer")}
            {thumb(Opinion::Bad, Icon::ThumbDown, "Bad answer")}
            {move || elsewhere.get().map(redo)}
        </div>
    }
}
