//! The dialog in which something is captured: look, take, look again, attach.

mod camera;
mod microphone;
mod review;

use leptos::prelude::*;
use weir_browser::capture::CaptureError;
use weir_core::Modality;

use self::{camera::CameraView, microphone::MicrophoneView, review::Review};
use super::{
    dialog::Dialog,
    icons::{self, Icon},
};
use crate::{
    session::{Capturing, Session},
    words,
};

/// Pictures are made no larger than this before they leave the page: enough for a model to read
/// print, a tenth of the bytes of a phone's photograph.
pub(super) const LONGEST_SIDE: u32 = 1024;

/// The dialog for whatever is being captured.
#[component]
pub(super) fn CaptureDialog() -> impl IntoView {
    let session = Session::expect();
    let open = Memo::new(move |_| {
        session
            .capturing
            .with(|capturing| !matches!(capturing, Capturing::Nothing))
    });
    let title = Signal::derive(move || {
        session.capturing.with(|capturing| {
            match capturing {
                Capturing::Nothing => "",
                Capturing::Live(Modality::MicrophoneClip) => "Record a clip",
                Capturing::Live(_) => "Take a picture",
                Capturing::Review(_) => "Attach this?",
                Capturing::Problem(..) => "This did not work",
            }
            .to_owned()
        })
    });
    let body = move || match session.capturing.get() {
        Capturing::Nothing => ().into_any(),
        Capturing::Live(Modality::MicrophoneClip) => view! { <MicrophoneView/> }.into_any(),
        Capturing::Live(_) => view! { <CameraView/> }.into_any(),
        Capturing::Review(captured) => view! { <Review captured/> }.into_any(),
        Capturing::Problem(source, error) => view! { <Problem source error/> }.into_any(),
    };
    view! {
        <Dialog title=title open=open on_close=move || close(session)>{body}</Dialog>
    }
}

fn close(session: Session) {
    session.capturing.set(Capturing::Nothing);
}

/// The button that leaves the dialog.
#[component]
fn Cancel(
    /// What it says.
    label: &'static str,
) -> impl IntoView {
    let session = Session::expect();
    view! {
        <button
            type="button"
            class="button"
            data-testid="preview-cancel"
            on:click=move |_| close(session)
        >
            {label}
        </button>
    }
}

/// A source that could not be used.
#[component]
fn Problem(source: Modality, error: CaptureError) -> impl IntoView {
    let session = Session::expect();
    view! {
        <div
            class="error"
            role="alert"
            data-testid="error"
            data-kind=words::capture_kind(source, &error)
        >
            <p class="error-title">
                {icons::draw(Icon::Warning)} {words::capture_title(source, &error)}
            </p>
            <p class="error-text">{error.to_string()}</p>
        </div>
        <div class="actions">
            <Cancel label="Close"/>
            {(source != Modality::Image).then(|| view! {
                <button
                    type="button"
                    class="button primary"
                    on:click=move |_| session.capturing.set(Capturing::Live(source))
                >
                    "Try again"
                </button>
            })}
        </div>
    }
}
