//! The models that are kept in this browser, and the question before one is deleted.

use leptos::prelude::*;
use weir_browser::messages::KeptModel;

use super::{
    dialog::Dialog,
    icons::{self, Icon},
};
use crate::{
    format,
    session::{Session, queries, tasks},
};

/// The models that are kept in this browser.
#[component]
pub(super) fn KeptModels() -> impl IntoView {
    let session = Session::expect();
    let doomed = RwSignal::new(None::<KeptModel>);
    let delete = move |_| {
        if let Some(kept) = doomed.get_untracked() {
            doomed.set(None);
            tasks::delete_kept(session, kept.model);
        }
    };
    let promise = move || match session.kept_for_good.get() {
        Some(true) => "The browser promised to keep them until you delete them.",
        Some(false) => "The browser may delete them by itself when the disk is nearly full.",
        None => "Kept in this browser.",
    };
    view! {
        <Show when=move || session.kept.with(|kept| !kept.is_empty())>
            <p class="faint">{promise}</p>
            <ul class="kept" aria-label="Kept models">
                <For
                    each=move || session.kept.get()
                    key=|kept| (kept.model.shards.first().map(|shard| shard.url.clone()), kept.bytes, kept.whole)
                    let(kept)
                >
                    <Kept kept on_delete=move |kept| doomed.set(Some(kept))/>
                </For>
            </ul>
        </Show>
        <Dialog
            title="Delete this model?".to_owned()
            open=Signal::derive(move || doomed.with(Option::is_some))
            on_close=move || doomed.set(None)
        >
            <p>{move || doomed.get().map(|kept| question(session, &kept))}</p>
            <div class="actions">
                <button type="button" class="button" on:click=move |_| doomed.set(None)>"Keep it"</button>
                <button type="button" class="button danger" data-testid="kept-delete-confirm" on:click=delete>
                    "Delete"
                </button>
            </div>
        </Dialog>
    }
}

fn question(session: Session, kept: &KeptModel) -> String {
    let freed = format::bytes(kept.bytes);
    let answers = queries::local_ready(session)
        && queries::model_file(session).is_some_and(|model| model.shards == kept.model.shards);
    let until = if answers {
        " It goes on answering until this page is closed."
    } else {
        ""
    };
    format!(
        "{} is deleted from this device, which frees {freed}.{until} It can be downloaded again.",
        kept.model.name
    )
}

/// One model that is kept.
#[component]
fn Kept(
    kept: KeptModel,
    /// Called when the user wants it deleted.
    on_delete: impl Fn(KeptModel) + Send + 'static,
) -> impl IntoView {
    let session = Session::expect();
    let name = kept.model.name.clone();
    let size = match (kept.whole, kept.model.bytes()) {
        (true, _) => format::bytes(kept.bytes),
        (false, Some(total)) => {
            format!("{} of {}", format::bytes(kept.bytes), format::bytes(total))
        }
        (false, None) => format!("{} so far", format::bytes(kept.bytes)),
    };
    let label = format!("Delete {name}");
    let model = kept.model.clone();
    let is_other = Memo::new(move |_| {
        queries::model_file(session).is_none_or(|chosen| chosen.shards != model.shards)
    });
    let model = kept.model.clone();
    let whole = kept.whole.to_string();
    view! {
        <li class="kept-model" data-testid="kept-model" data-whole=whole>
            <span class="kept-name">{name} <span class="faint">{size}</span></span>
            <Show when=move || is_other.get()>
                <button
                    type="button"
                    class="button quiet small"
                    data-testid="kept-use"
                    on:click={
                        let model = model.clone();
                        move |_| tasks::take_offer(session, model.clone())
                    }
                >
                    "Use"
                </button>
            </Show>
            <button
                type="button"
                class="button quiet small"
                data-testid="kept-delete"
                aria-label=label
                on:click=move |_| on_delete(kept.clone())
            >
                {icons::draw(Icon::Close)}
            </button>
        </li>
    }
}
