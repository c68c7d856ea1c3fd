//! The dialog in which another local model is chosen: by its address, from the device, or from what
//! the page offers; a look at it; then taken.

use leptos::{ev, html, prelude::*};
use web_sys::{File, FileList};

use super::{
    dialog::Dialog,
    icons::{self, Icon},
    model_report::Report,
};
use crate::{
    format,
    session::{Choosing, Session, queries, tasks},
};

/// The dialog for another local model.
#[component]
pub(super) fn ModelChoice() -> impl IntoView {
    let session = Session::expect();
    let choosing = session.choosing;
    let open = Memo::new(move |_| choosing.with(|choosing| !matches!(choosing, Choosing::Nothing)));
    let title = Signal::derive(move || {
        choosing.with(|choosing| {
            match choosing {
                Choosing::Nothing => "",
                Choosing::Asking => "Use another model",
                Choosing::Looking(_) => "Looking at the model",
                Choosing::Found(..) => "Use this model?",
                Choosing::Refused(_) => "This cannot be used",
            }
            .to_owned()
        })
    });
    let body = move || match choosing.get() {
        Choosing::Nothing => ().into_any(),
        Choosing::Asking => view! { <Ask/> }.into_any(),
        Choosing::Looking(candidate) => view! { <Looking name=candidate.model.name/> }.into_any(),
        Choosing::Found(candidate, report) => {
            view! { <Report candidate report=*report/> }.into_any()
        }
        Choosing::Refused(message) => view! { <Refused message/> }.into_any(),
    };
    view! {
        <Dialog title=title open=open on_close=move || tasks::close_choice(session)>{body}</Dialog>
    }
}

/// Which one it should be.
#[component]
fn Ask() -> impl IntoView {
    let session = Session::expect();
    let address = RwSignal::new(String::new());
    let look = move |event: ev::SubmitEvent| {
        event.prevent_default();
        tasks::look_at_address(session, &address.get_untracked());
    };
    let input = NodeRef::<html::Input>::new();
    let pick = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let picked = move |_| {
        let files = input.get_untracked().and_then(|input| input.files());
        if let Some(files) = files {
            tasks::look_at_files(session, listed(&files));
        }
    };
    let offered = move || {
        let offered = queries::offered_models(session);
        offered
            .into_iter()
            .map(|model| {
                let size = model
                    .bytes()
                    .map(|bytes| format!(", {}", format::bytes(bytes)));
                let name = model.name.clone();
                view! {
                    <li>
                        <button
                            type="button"
                            class="button"
                            data-testid="model-offered"
                            on:click=move |_| tasks::take_offer(session, model.clone())
                        >
                            {name} {size}
                        </button>
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <ul class="offered" aria-label="Models that this page offers">{offered}</ul>
        <form class="form" on:submit=look>
            <label class="field-label" for="weir-model-address">"Address of a GGUF file"</label>
            <input
                class="field"
                type="text"
                inputmode="url"
                id="weir-model-address"
                data-testid="model-address"
                placeholder="https://example.com/model.gguf"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                prop:value=move || address.get()
                on:input=move |event| address.set(event_target_value(&event))
            />
            <div class="actions">
                <button type="button" class="button" data-testid="model-pick" on:click=pick>
                    "Choose a file"
                </button>
                <button type="submit" class="button primary" data-testid="model-look">"Look at it"</button>
            </div>
        </form>
        <input
            type="file"
            class="unseen"
            accept=".gguf"
            multiple
            tabindex="-1"
            aria-label="GGUF file"
            data-testid="model-file"
            node_ref=input
            on:change=picked
        />
        <p class="faint">
            "Models of the Llama and Qwen2 families can be used. A file may also be dropped on this page. Nothing of it leaves this device."
        </p>
    }
}

/// Its head is being read.
#[component]
fn Looking(name: String) -> impl IntoView {
    let session = Session::expect();
    view! {
        <p id="weir-looking">"Reading what " {name} " says about itself"</p>
        <progress class="progress unknown" aria-labelledby="weir-looking"></progress>
        <div class="actions">
            <button type="button" class="button" on:click=move |_| tasks::close_choice(session)>"Cancel"</button>
        </div>
    }
}

/// It cannot be used.
#[component]
fn Refused(message: String) -> impl IntoView {
    let session = Session::expect();
    view! {
        <div class="error" role="alert" data-testid="error" data-kind="bad_model">
            <p class="error-title">{icons::draw(Icon::Warning)} "This cannot be used"</p>
            <p class="error-text">{message}</p>
        </div>
        <div class="actions">
            <button type="button" class="button" on:click=move |_| tasks::close_choice(session)>"Close"</button>
            <button
                type="button"
                class="button primary"
                on:click=move |_| tasks::choose_other(session)
            >
                "Choose another"
            </button>
        </div>
    }
}

/// The files of a list.
pub(super) fn listed(files: &FileList) -> Vec<File> {
    (0..files.length())
        .filter_map(|index| files.get(index))
        .collect()
}
