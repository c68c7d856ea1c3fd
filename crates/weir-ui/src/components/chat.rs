//! The whole chat.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    announcer::Announcer,
    bar::Bar,
    composer::Composer,
    departure::DepartureDialog,
    model_card::ModelCard,
    model_choice::{ModelChoice, listed},
    notices::Notices,
    panel::Panel,
    resize::on_resize,
    transcript::Transcript,
};
use crate::aside::CAPTURE_PLACE;
use crate::session::{ChatOptions, Session, queries, tasks};

/// From this width on, in pixels, the panel has a place of its own: 64rem in the style sheets.
const ROOMY: i32 = 1024;

/// A chat: it starts a worker of its own, and ends it when it is unmounted.
#[component]
pub fn Chat(
    /// What whoever mounts it decides.
    options: ChatOptions,
) -> impl IntoView {
    let session = Session::new(options);
    provide_context(session);
    tasks::start(session);

    let escape = move |event: ev::KeyboardEvent| {
        if event.key() != "Escape" || event.default_prevented() || is_in_dialog(&event) {
            return;
        }
        if session.drawer.get_untracked() {
            session.drawer.set(false);
        } else if untrack(move || queries::is_busy(session)) {
            tasks::stop(session);
        }
    };
    let frame = NodeRef::<html::Div>::new();
    let roomy = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(frame) = frame.get() {
            let watched = frame.clone();
            on_resize(&watched, move || roomy.set(frame.client_width() >= ROOMY));
        }
    });
    // Making the window smaller must not lay the panel over the dialogue.
    Effect::new(move |before: Option<bool>| {
        let now = roomy.get();
        if before.is_some_and(|before| before != now) {
            session.drawer.set(false);
        }
        now
    });
    let covered = move || session.drawer.get() && !roomy.get();
    // Without this the browser would leave the page for the file.
    let drag = move |event: ev::DragEvent| {
        if carries_files(&event) {
            event.prevent_default();
        }
    };
    let drop_files = move |event: ev::DragEvent| {
        let mut files = dropped_files(&event);
        if files.is_empty() {
            return;
        }
        event.prevent_default();
        files.retain(|file| file.name().to_ascii_lowercase().ends_with(".gguf"));
        tasks::look_at_files(session, files);
    };
    let theme = move || session.settings.with(|settings| settings.theme.name());

    view! {
        <div
            class="weir"
            data-theme=theme
            node_ref=frame
            on:keydown=escape
            on:dragover=drag
            on:drop=drop_files
        >
            <Bar/>
            <div class="stage" inert=covered>
                <Transcript/>
                <div class="dock">
                    <Notices/>
                    <ModelCard/>
                    <Composer/>
                </div>
            </div>
            <Panel/>
            <div id=CAPTURE_PLACE></div>
            <DepartureDialog/>
            <ModelChoice/>
            <Announcer/>
        </div>
    }
}

/// Whether files are dragged. Which ones is told when they are dropped.
fn carries_files(event: &ev::DragEvent) -> bool {
    event
        .data_transfer()
        .is_some_and(|data| data.types().includes(&"Files".into(), 0))
}

/// The files that were dropped.
fn dropped_files(event: &ev::DragEvent) -> Vec<web_sys::File> {
    let files = event.data_transfer().and_then(|data| data.files());
    files.as_ref().map_or_else(Vec::new, listed)
}

/// A dialog closes itself on Escape.
fn is_in_dialog(event: &ev::KeyboardEvent) -> bool {
    event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .and_then(|element| element.closest("dialog").ok().flatten())
        .is_some()
}
