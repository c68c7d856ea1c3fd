//! Facts about the local model.

use leptos::prelude::*;
use weir_browser::messages::LocalModelState;

use super::{
    device_choice::DeviceSegments, kept_models::KeptModels, reply_settings::ReplySettings,
};
use crate::{
    format,
    session::{Session, queries, tasks},
    words,
};

/// Facts about the local model.
#[component]
pub(super) fn LocalModelSection() -> impl IntoView {
    let session = Session::expect();
    let facts = move || {
        match session.model.get() {
        LocalModelState::Ready {
            name,
            device,
            detail,
            tokens_per_second,
            chosen,
            context,
            memory,
        } => view! {
            <dl class="facts">
                <div><dt>"Model"</dt><dd>{name}</dd></div>
                <div><dt>"Runs on"</dt><dd>{words::device(device)}</dd></div>
                <div><dt>"Because"</dt><dd data-testid="device-chosen">{words::chosen(chosen)}</dd></div>
                {(!detail.is_empty()).then(|| view! { <div><dt>"Details"</dt><dd>{detail}</dd></div> })}
                <div><dt>"Remembers"</dt><dd>{format!("{} tokens", format::count(u64::from(context)))}</dd></div>
                <div><dt>"Memory"</dt><dd>{format!("about {}", format::bytes(memory))}</dd></div>
                <div><dt>"Speed"</dt><dd>{format!("{tokens_per_second:.1} tokens per second")}</dd></div>
            </dl>
        }
        .into_any(),
        _ => view! { <p class="faint">{queries::status(session).text} "."</p> }.into_any(),
    }
    };
    view! {
        <section class="section" aria-labelledby="weir-local">
            <h3 class="section-title" id="weir-local">"Local model"</h3>
            {facts}
            <DeviceSegments/>
            <div class="actions start">
                <button
                    type="button"
                    class="button small"
                    data-testid="model-choose"
                    on:click=move |_| tasks::choose_other(session)
                >
                    "Use another model"
                </button>
            </div>
            <ReplySettings/>
            <KeptModels/>
        </section>
    }
}
