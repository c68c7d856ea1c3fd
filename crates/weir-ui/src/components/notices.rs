//! What went wrong or happened outside any turn.

use leptos::prelude::*;

use super::icons::{self, Icon};
use crate::{
    session::{Session, tasks},
    words,
};

/// That the local model uses less of this machine after a crash, and the way back.
#[component]
fn SmallerMeans() -> impl IntoView {
    let session = Session::expect();
    move || {
        words::means(session.means.get()).map(|words| {
            view! {
                <div class="notice" role="status" data-testid="smaller-means">
                    {icons::draw(Icon::Warning)}
                    <p class="notice-text">{words}</p>
                    <button
                        type="button"
                        class="button small"
                        data-testid="full-means"
                        on:click=move |_| tasks::use_full_means(session)
                    >
                        "Use everything again"
                    </button>
                </div>
            }
        })
    }
}

/// Notices, each until it is dismissed.
#[component]
pub(super) fn Notices() -> impl IntoView {
    let session = Session::expect();
    view! {
        <SmallerMeans/>
        <For each=move || session.notices.get() key=|notice| notice.key let(notice)>
            <div
                class="notice"
                role="alert"
                data-testid="error"
                data-kind=words::error_kind(notice.kind)
            >
                {icons::draw(Icon::Warning)}
                <p class="notice-text">
                    <strong>{words::error_title(notice.kind)}". "</strong>
                    {notice.message.clone()}
                </p>
                <button
                    type="button"
                    class="button quiet small"
                    aria-label="Dismiss"
                    on:click=move |_| tasks::dismiss(session, notice.key)
                >
                    {icons::draw(Icon::Close)}
                </button>
            </div>
        </For>
    }
}
