//! Which cloud model may answer.

mod form;
mod own;

use leptos::prelude::*;
use own::OwnProvider;

use crate::session::{CloudChoice, Session, queries, tasks};

/// Which cloud model may answer: the page's own, the user's, or none.
#[component]
pub(super) fn CloudSection() -> impl IntoView {
    let session = Session::expect();
    let choice = Memo::new(move |_| session.settings.with(|settings| settings.cloud.clone()));
    let offered = move || {
        session.offers.with(|offers| {
            offers
                .as_ref()?
                .cloud
                .as_ref()
                .map(|cloud| cloud.label.clone())
        })
    };
    let now = move || match choice.get() {
        CloudChoice::Offered => offered().map_or_else(
            || "No cloud model is set up. Every answer is made here.".to_owned(),
            |label| format!("In use: {label}."),
        ),
        CloudChoice::Off => "The cloud is off. Every answer is made here.".to_owned(),
        CloudChoice::Own { provider, with_key } => {
            let host = queries::host(&provider.base_url).unwrap_or(provider.base_url);
            if with_key && session.key.with(Option::is_none) {
                format!(
                    "{} at {host} waits for its key. A reload forgets keys that are not kept for the tab.",
                    provider.model
                )
            } else {
                format!("In use: {} at {host}.", provider.model)
            }
        }
    };
    let choose = move |choice: CloudChoice| tasks::set_cloud(session, choice, None, false);

    view! {
        <section class="section" aria-labelledby="weir-cloud">
            <h3 class="section-title" id="weir-cloud">"Cloud model"</h3>
            <p data-testid="provider-state">{now}</p>
            <div class="actions start">
                {move || offered().filter(|_| choice.get() != CloudChoice::Offered).map(|label| view! {
                    <button
                        type="button"
                        class="button small"
                        data-testid="provider-offered"
                        on:click=move |_| choose(CloudChoice::Offered)
                    >
                        {format!("Use {label}")}
                    </button>
                })}
                <Show when=move || queries::preferences(session).provider.is_some()>
                    <button
                        type="button"
                        class="button small"
                        data-testid="provider-off"
                        on:click=move |_| choose(CloudChoice::Off)
                    >
                        "Turn the cloud off"
                    </button>
                </Show>
                <button
                    type="button"
                    class="button small"
                    data-testid="key-forget"
                    hidden=move || session.key.with(Option::is_none)
                    on:click=move |_| choose(choice.get_untracked())
                >
                    "Forget the key"
                </button>
            </div>
            <OwnProvider/>
        </section>
    }
}
