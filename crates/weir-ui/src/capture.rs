//! The dialog in which something is captured: look, take, look again, attach. It is a part of the
//! module beside the page's own ([`crate::aside`]), and knows nothing of the chat.

#![expect(
    unreachable_pub,
    reason = "`#[component]` writes `pub` before what it makes of a component"
)]

mod camera;
mod microphone;
mod review;
mod wanted;

use leptos::{prelude::*, task::spawn_local};
use weir_browser::capture::{CaptureError, Captured, picture_from_file};
use weir_core::Modality;

use self::{camera::CameraView, microphone::MicrophoneView, review::Review};
use crate::{
    components::{
        Dialog,
        icons::{self, Icon},
    },
    words,
};

pub use self::wanted::Wanted;

/// Pictures are made no larger than this before they leave the page: enough for a model to read
/// print, a tenth of the bytes of a phone's photograph.
const LONGEST_SIDE: u32 = 1024;

/// What is being captured.
#[derive(Clone, Debug, Default)]
enum Capturing {
    /// Nothing: the dialog is closed.
    #[default]
    Nothing,
    /// A live source: the camera or the microphone.
    Live(Modality),
    /// A picture or clip, to be looked at before it is attached.
    Review(Captured),
    /// A source that could not be used.
    Problem(Modality, CaptureError),
}

/// What the parts of the dialog share.
#[derive(Clone, Copy)]
struct Capture {
    now: RwSignal<Capturing>,
    attach: fn(Captured),
}

impl Capture {
    fn expect() -> Self {
        expect_context()
    }

    fn close(self) {
        self.now.set(Capturing::Nothing);
    }
}

/// The dialog for whatever is being captured.
#[component]
pub(crate) fn CaptureDialog(
    /// What was asked for last.
    wanted: RwSignal<Option<Wanted>, LocalStorage>,
    /// Called with what the user wants to attach, after a look at it.
    attach: fn(Captured),
) -> impl IntoView {
    let now = RwSignal::new(Capturing::Nothing);
    let capture = Capture { now, attach };
    provide_context(capture);
    Effect::new(move |_| match wanted.get() {
        None => {}
        Some(Wanted::Camera) => now.set(Capturing::Live(Modality::CameraView)),
        Some(Wanted::Microphone) => now.set(Capturing::Live(Modality::MicrophoneClip)),
        Some(Wanted::Picture(file)) => spawn_local(async move {
            let capturing = match picture_from_file(&file, LONGEST_SIDE).await {
                Ok(captured) => Capturing::Review(captured),
                Err(error) => Capturing::Problem(Modality::Image, error),
            };
            now.try_set(capturing);
        }),
    });
    let open = Memo::new(move |_| now.with(|capturing| !matches!(capturing, Capturing::Nothing)));
    let title = Signal::derive(move || {
        now.with(|capturing| {
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
    let body = move || match now.get() {
        Capturing::Nothing => ().into_any(),
        Capturing::Live(Modality::MicrophoneClip) => view! { <MicrophoneView/> }.into_any(),
        Capturing::Live(_) => view! { <CameraView/> }.into_any(),
        Capturing::Review(captured) => view! { <Review captured/> }.into_any(),
        Capturing::Problem(source, error) => view! { <Problem source error/> }.into_any(),
    };
    view! {
        <Dialog title=title open=open on_close=move || capture.close()>{body}</Dialog>
    }
}

/// The button that leaves the dialog.
#[component]
fn Cancel(
    /// What it says.
    label: &'static str,
) -> impl IntoView {
    let capture = Capture::expect();
    view! {
        <button
            type="button"
            class="button"
            data-testid="preview-cancel"
            on:click=move |_| capture.close()
        >
            {label}
        </button>
    }
}

/// A source that could not be used.
#[component]
fn Problem(source: Modality, error: CaptureError) -> impl IntoView {
    let capture = Capture::expect();
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
                    on:click=move |_| capture.now.set(Capturing::Live(source))
                >
                    "Try again"
                </button>
            })}
        </div>
    }
}
