//! A turn that could not be answered, and what helps.

use leptos::prelude::*;
use weir_browser::messages::ErrorKind;
use weir_core::mask::Wish;

use super::icons::{self, Icon};
use crate::{
    session::{ExchangeKey, Session, queries, tasks},
    words::{self, Remedy},
};

/// What went wrong with a turn, in words, and buttons for what helps.
#[component]
pub(super) fn ErrorCard(key: ExchangeKey, kind: ErrorKind, message: String) -> impl IntoView {
    let session = Session::expect();
    let act = move |remedy| match remedy {
        Remedy::Retry => tasks::retry(session, key, None),
        Remedy::AnswerLocally => tasks::retry(session, key, Some(Wish::Local)),
        Remedy::Edit => tasks::edit(session, key),
        Remedy::Settings => session.drawer.set(true),
        Remedy::LoadModel => tasks::load_model(session),
    };
    let remedies = move || {
        let remedies = words::remedies(kind, queries::local_ready(session));
        remedies
            .into_iter()
            .map(|remedy| {
                view! {
                    <button type="button" class="button small" on:click=move |_| act(remedy)>
                        {label(remedy)}
                    </button>
                }
            })
            .collect_view()
    };
    view! {
        <div class="error" role="alert" data-testid="error" data-kind=words::error_kind(kind)>
            <p class="error-title">{icons::draw(Icon::Warning)} {words::error_title(kind)}</p>
            <p class="error-text">{message}</p>
            <div class="actions start">{remedies}</div>
        </div>
    }
}

const fn label(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::Retry => "Try again",
        Remedy::AnswerLocally => "Answer on this device",
        Remedy::Edit => "Edit the question",
        Remedy::Settings => "Open the settings",
        Remedy::LoadModel => "Get the local model",
    }
}
