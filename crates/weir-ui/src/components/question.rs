//! What the user said.

use leptos::prelude::*;

use super::attachments::{AttachmentLine, Thumbnail};
use crate::{format, session::Exchange};

/// Longer texts are folded: a page of a million letters is nobody's idea of a dialogue.
const SHOWN_AT_FIRST: usize = 1_500;

/// What the user said, and what they attached.
#[component]
pub(super) fn QuestionView(exchange: Exchange) -> impl IntoView {
    let user = exchange.user;
    let text = &user.text;
    let fold = text.char_indices().nth(SHOWN_AT_FIRST).map(|(end, _)| end);
    let unfolded = RwSignal::new(fold.is_none());
    let letters = if fold.is_some() {
        text.chars().count() as u64
    } else {
        0
    };
    let is_empty = text.is_empty();
    let attachments = user.attachments.clone();
    let shown = move || {
        let end = fold.filter(|_| !unfolded.get());
        match end {
            Some(end) => format!("{}…", &user.text[..end]),
            None => user.text.clone(),
        }
    };
    let media = if exchange.media.is_empty() {
        let lines = attachments.into_iter();
        lines
            .map(|attachment| view! { <li><AttachmentLine attachment/></li> }.into_any())
            .collect_view()
    } else {
        let media = exchange.media.into_iter();
        media
            .map(|medium| view! { <li><Thumbnail medium/></li> }.into_any())
            .collect_view()
    };

    view! {
        <article class="question" data-testid="question" aria-label="You">
            {(!is_empty).then(|| view! { <p class="question-text">{shown}</p> })}
            <Show when=move || !unfolded.get()>
                <button type="button" class="button quiet small" on:click=move |_| unfolded.set(true)>
                    {format!("Show all {} characters", format::count(letters))}
                </button>
            </Show>
            {(!media.is_empty()).then(|| view! { <ul class="media">{media}</ul> })}
        </article>
    }
}
