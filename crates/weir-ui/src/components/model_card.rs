//! The local model on its way: what it waits for, how far it is, and the button that helps.

use leptos::prelude::*;
use weir_browser::messages::{ErrorKind, LocalModelState};

use super::icons::{self, Icon};
use crate::{
    format,
    session::{Engine, Session, queries, tasks},
    words,
};

/// The local model on its way. It is not drawn once the model is there.
#[component]
pub(super) fn ModelCard() -> impl IntoView {
    let session = Session::expect();
    let view = Memo::new(move |_| Card::of(session));
    move || match view.get() {
        Card::Hidden => ().into_any(),
        Card::GaveUp => view! { <GaveUp/> }.into_any(),
        Card::Offer => view! { <Offer/> }.into_any(),
        Card::Paused => view! { <Paused/> }.into_any(),
        Card::OnItsWay => view! { <OnItsWay/> }.into_any(),
        Card::Failed => view! { <Failed/> }.into_any(),
    }
}

/// Which card is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Card {
    Hidden,
    GaveUp,
    Offer,
    Paused,
    OnItsWay,
    Failed,
}

impl Card {
    fn of(session: Session) -> Self {
        let is_wanted = session.model_wanted.get();
        match (session.engine.get(), session.model.get()) {
            (Engine::GaveUp { .. }, _) => Self::GaveUp,
            (_, LocalModelState::Ready { .. }) => Self::Hidden,
            (_, LocalModelState::Failed { .. }) => Self::Failed,
            _ if is_wanted => Self::OnItsWay,
            _ if session.offers.with(Option::is_none) => Self::Hidden,
            _ if queries::part(session).is_some() => Self::Paused,
            _ if queries::model_file(session).is_some() => Self::Offer,
            _ => Self::Hidden,
        }
    }
}

/// Opens the choice of other models.
#[component]
fn OtherModel() -> impl IntoView {
    let session = Session::expect();
    view! {
        <button
            type="button"
            class="button quiet"
            data-testid="model-other"
            on:click=move |_| tasks::choose_other(session)
        >
            "Another model"
        </button>
    }
}

/// The engine died too often.
#[component]
fn GaveUp() -> impl IntoView {
    let session = Session::expect();
    let reason = move || match session.engine.get() {
        Engine::GaveUp { reason } => reason,
        _ => String::new(),
    };
    let reload = move |_| {
        let _reloading = window().location().reload();
    };
    view! {
        <div class="model-card failed" role="alert" data-testid="error" data-kind="worker_died">
            <div class="model-card-text">
                <p class="model-card-title">{icons::draw(Icon::Warning)} "The engine stopped"</p>
                <p>{reason} " The dialogue and what you are typing are kept."</p>
            </div>
            <button type="button" class="button primary" on:click=reload>"Reload the page"</button>
        </div>
    }
}

/// It could be fetched.
#[component]
fn Offer() -> impl IntoView {
    let session = Session::expect();
    let size = move || {
        queries::model_file(session)
            .and_then(|model| model.bytes())
            .map(|bytes| format!(", {}", format::bytes(bytes)))
    };
    let name = move || queries::model_file(session).map(|model| model.name);
    view! {
        <div class="model-card">
            <div class="model-card-text">
                <p class="model-card-title">"Answer on this device, free and private"</p>
                <p class="faint">{name} " runs in this page. It is downloaded once and stays on this device; the browser is asked to keep it until you delete it."</p>
            </div>
            <div class="actions">
                <OtherModel/>
                <button
                    type="button"
                    class="button primary"
                    data-testid="model-load"
                    on:click=move |_| tasks::load_model(session)
                >
                    "Download" {size}
                </button>
            </div>
        </div>
    }
}

/// A part of it is here.
#[component]
fn Paused() -> impl IntoView {
    let session = Session::expect();
    let line = move || {
        queries::part(session).map(|part| match part.total {
            Some(total) => format!(
                "{} of {} are here and stay.",
                format::bytes(part.bytes),
                format::bytes(total)
            ),
            None => format!("{} are here and stay.", format::bytes(part.bytes)),
        })
    };
    let discard = move |_| {
        if let Some(model) = untrack(move || queries::model_file(session)) {
            tasks::delete_kept(session, model);
        }
    };
    view! {
        <div class="model-card">
            <div class="model-card-text">
                <p class="model-card-title">"Download paused"</p>
                <p class="faint">{line}</p>
            </div>
            <div class="actions">
                <button type="button" class="button quiet" data-testid="model-discard" on:click=discard>
                    "Delete"
                </button>
                <button
                    type="button"
                    class="button primary"
                    data-testid="model-load"
                    on:click=move |_| tasks::load_model(session)
                >
                    "Resume"
                </button>
            </div>
        </div>
    }
}

/// It is being fetched, checked or loaded.
#[component]
fn OnItsWay() -> impl IntoView {
    let session = Session::expect();
    let state = move || session.model.get();
    let title = move || match state() {
        LocalModelState::Downloading { .. } => "Downloading the local model",
        LocalModelState::Verifying { .. } => "Checking the file",
        LocalModelState::Loading { .. } => "Loading the model into memory",
        LocalModelState::Measuring => "Measuring which device is quicker",
        _ => "Starting the engine",
    };
    let progress = move || match state() {
        LocalModelState::Downloading {
            bytes,
            total: Some(total),
            ..
        }
        | LocalModelState::Verifying { bytes, total }
        | LocalModelState::Loading { bytes, total } => {
            Some((bytes as f64 / total.max(1) as f64).clamp(0.0, 1.0))
        }
        _ => None,
    };
    let line = move || line(&state());
    let is_download = Memo::new(move |_| matches!(state(), LocalModelState::Downloading { .. }));
    view! {
        <div class="model-card">
            <div class="model-card-text">
                <p class="model-card-title" id="weir-model-title">{title}</p>
                <progress
                    class="progress"
                    aria-labelledby="weir-model-title"
                    max="1"
                    prop:value=move || progress().unwrap_or_default()
                    class:unknown=move || progress().is_none()
                ></progress>
                <p class="faint model-card-line">{line}</p>
            </div>
            <Show when=move || is_download.get()>
                <div class="actions">
                    <button
                        type="button"
                        class="button quiet"
                        data-testid="model-cancel"
                        on:click=move |_| tasks::cancel_loading(session)
                    >
                        "Cancel"
                    </button>
                    <button
                        type="button"
                        class="button"
                        data-testid="model-pause"
                        on:click=move |_| tasks::pause_loading(session)
                    >
                        "Pause"
                    </button>
                </div>
            </Show>
        </div>
    }
}

/// It cannot be used.
#[component]
fn Failed() -> impl IntoView {
    let session = Session::expect();
    let failure = move || match session.model.get() {
        LocalModelState::Failed {
            kind,
            message,
            fitting_bytes,
        } => Some((kind, message, fitting_bytes)),
        _ => None,
    };
    let card = move |(kind, message, fitting_bytes): (ErrorKind, String, Option<u64>)| {
        let smaller = fitting_bytes.and_then(|bytes| queries::smaller_model(session, bytes));
        view! {
            <div class="model-card failed" role="alert" data-testid="error" data-kind=words::error_kind(kind)>
                <div class="model-card-text">
                    <p class="model-card-title">{icons::draw(Icon::Warning)} {words::error_title(kind)}</p>
                    <p>{message}</p>
                </div>
                <div class="actions">
                    <OtherModel/>
                    <button
                        type="button"
                        class="button"
                        data-testid="model-load"
                        on:click=move |_| tasks::load_model(session)
                    >
                        "Try again"
                    </button>
                    {smaller.map(|model| {
                        let name = model.name.clone();
                        view! {
                            <button
                                type="button"
                                class="button primary"
                                data-testid="model-smaller"
                                on:click=move |_| tasks::take_offer(session, model.clone())
                            >
                                "Use " {name}
                            </button>
                        }
                    })}
                </div>
            </div>
        }
    };
    move || failure().map(card)
}

/// Bytes, speed and time left, as far as they are known.
fn line(state: &LocalModelState) -> String {
    match state {
        LocalModelState::Downloading { bytes, total, rate } => {
            let mut parts = vec![match total {
                Some(total) => format!("{} of {}", format::bytes(*bytes), format::bytes(*total)),
                None => format::bytes(*bytes),
            }];
            if rate.is_finite() && *rate >= 1.0 {
                parts.push(format!("{}/s", format::bytes(*rate as u64)));
            }
            let left = total.and_then(|total| format::seconds_left(*bytes, total, *rate));
            if let Some(left) = left {
                parts.push(format!("{} left", format::duration(left)));
            }
            parts.join(" · ")
        }
        LocalModelState::Verifying { bytes, total } | LocalModelState::Loading { bytes, total } => {
            format!("{} of {}", format::bytes(*bytes), format::bytes(*total))
        }
        LocalModelState::Measuring => "A short run on each, once".to_owned(),
        _ => "You can write already; it is sent when something can answer".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_tells_bytes_speed_and_time_left() {
        let state = LocalModelState::Downloading {
            bytes: 43_000_000,
            total: Some(98_000_000),
            rate: 5_000_000.0,
        };
        assert_eq!(line(&state), "43.0 MB of 98.0 MB · 5.0 MB/s · 11 s left");
    }

    #[test]
    fn a_stalled_download_promises_nothing() {
        let state = LocalModelState::Downloading {
            bytes: 43_000_000,
            total: None,
            rate: 0.0,
        };
        assert_eq!(line(&state), "43.0 MB");
    }
}
