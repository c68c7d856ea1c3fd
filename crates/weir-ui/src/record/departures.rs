//! What left this device, call by call, from the egress log.

use leptos::{prelude::*, task::spawn_local};
use weir_browser::{
    json,
    storage::{
        StorageError,
        departures::{self, DepartureKey},
    },
};
use weir_core::{Departed, Speaker};

use super::{charges::minute, file::File};
use crate::{components::Dialog, format, words};

/// Entries that are read.
const MOST: usize = 500;

type Entries = Vec<(DepartureKey, Departed)>;

/// The egress log: looked through, taken along, and forgotten.
#[component]
pub(super) fn Departures() -> impl IntoView {
    let entries = RwSignal::new(Ok::<Entries, String>(Vec::new()));
    let wanted = RwSignal::new(String::new());
    let sure = RwSignal::new(false);
    let show = move || {
        spawn_local(async move {
            let listed = departures::list(None, MOST).await;
            entries.try_set(listed.map_err(|error| error.to_string()));
        });
    };
    show();
    let then_show = move |forgotten: Result<(), StorageError>| match forgotten {
        Ok(()) => show(),
        Err(error) => entries.set(Err(error.to_string())),
    };
    let forget = move |key| spawn_local(async move { then_show(departures::delete(key).await) });
    let forget_all = move |_| {
        sure.set(false);
        spawn_local(async move { then_show(departures::clear().await) });
    };
    let found = move || {
        let wanted = wanted.get().to_lowercase();
        let entries = entries.get().unwrap_or_default();
        let found = entries
            .into_iter()
            .filter(move |(_, it)| mentions(it, &wanted));
        found.collect::<Vec<_>>()
    };
    let content = move || {
        let lines = found().into_iter().filter_map(|(_, it)| json::write(&it));
        lines.map(|line| line + "\n").collect::<String>()
    };
    view! {
        <section class="section" aria-labelledby="record-departures">
            <h2 class="record-heading" id="record-departures">"What left this device"</h2>
            <label class="field-label" for="record-filter">"Only what mentions"</label>
            <input
                class="field"
                id="record-filter"
                data-testid="record-filter"
                placeholder="a host, a model, a word"
                on:input=move |event| wanted.set(event_target_value(&event))
            />
            {move || entries.get().err().map(|message| view! { <p role="alert">{message}</p> })}
            {move || found().is_empty().then(|| view! { <p>"Nothing."</p> })}
            <ul class="plain">
                <For each=found key=|(key, _)| *key let((key, departed))>
                    <Entry departed forget=move || forget(key)/>
                </For>
            </ul>
            <div class="actions start">
                {move || view! { <File name="weir-egress.jsonl" mime="application/jsonl" content=content() label="Save as JSON lines"/> }}
                <button type="button" class="button small" data-testid="record-forget-all" on:click=move |_| sure.set(true)>
                    "Forget all of it"
                </button>
            </div>
            <Dialog title="Forget what left this device?" open=sure on_close=move || sure.set(false)>
                <p>"The log is deleted from this browser. What was sent stays with whoever received it, and what it cost stays charged."</p>
                <div class="actions">
                    <button type="button" class="button" on:click=move |_| sure.set(false)>"Keep it"</button>
                    <button type="button" class="button primary" data-testid="record-forget-confirm" on:click=forget_all>"Forget it"</button>
                </div>
            </Dialog>
        </section>
    }
}

/// One call.
#[component]
fn Entry(departed: Departed, forget: impl Fn() + 'static) -> impl IntoView {
    let Departed {
        at,
        host,
        model,
        messages,
        uploads,
        bytes,
        reservation,
    } = departed;
    let line = format!(
        "{}: {} to {model} at {}",
        minute(&at.to_string()),
        format::bytes(bytes),
        words::provider(&host, &model)
    );
    let texts = messages.into_iter().map(|(speaker, text)| {
        view! { <dt>{said_by(speaker)}</dt><dd class="departed-text">{text}</dd> }
    });
    let texts = texts.collect_view();
    let uploads = uploads.into_iter().map(|upload| {
        let name = words::capitalised(words::modality(upload.modality));
        let size = format::bytes(upload.bytes);
        let length = (upload.seconds > 0.0).then(|| format::expected_seconds(upload.seconds));
        view! {
            <li>
                {upload.thumbnail.map(|address| view! { <img class="departed-picture" src=address alt=name.clone()/> })}
                <span>{format!("{name}, {size}")} {length.map(|it| format!(", {it}"))}</span>
            </li>
        }
    });
    view! {
        <li data-testid="record-departure" data-bytes=bytes.to_string()>
            <details class="record-promise">
                <summary>{line}</summary>
                <dl>{texts}</dl>
                <ul class="plain">{uploads.collect_view()}</ul>
                <p class="faint">{format!("Line {} of the ledger says what it cost.", reservation.get())}</p>
                <button type="button" class="button small" data-testid="record-forget" on:click=move |_| forget()>
                    "Forget this"
                </button>
            </details>
        </li>
    }
}

/// Whether an entry mentions `wanted`, which is in lower case; all of them mention nothing.
fn mentions(departed: &Departed, wanted: &str) -> bool {
    let texts = departed.messages.iter().map(|(_, text)| text);
    let mut all = texts.chain([&departed.host, &departed.model]);
    wanted.is_empty() || all.any(|text| text.to_lowercase().contains(wanted))
}

const fn said_by(speaker: Speaker) -> &'static str {
    match speaker {
        Speaker::System => "Weir",
        Speaker::User => "You",
        Speaker::Assistant => "The model",
    }
}
