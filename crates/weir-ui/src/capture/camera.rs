//! The camera, live.

use leptos::{html, prelude::*, task::spawn_local};
use weir_browser::capture::Camera;
use weir_core::Modality;

use super::{Cancel, Capture, Capturing, LONGEST_SIDE};

/// What the camera sees, and a shutter. The camera is on for as long as this is drawn.
#[component]
pub(super) fn CameraView() -> impl IntoView {
    let capture = Capture::expect();
    let video = NodeRef::<html::Video>::new();
    let camera = StoredValue::new_local(None::<Camera>);
    let ready = RwSignal::new(false);
    let fail = move |error| {
        capture
            .now
            .try_set(Capturing::Problem(Modality::CameraView, error));
    };
    spawn_local(async move {
        match Camera::open().await {
            Ok(opened) => {
                let shown = video.try_get_untracked().flatten();
                let attached = shown.map_or(Ok(()), |video| opened.attach(&video));
                // Where the dialog is gone by now the camera comes back here, and is closed.
                if camera.try_set_value(Some(opened)).is_none() {
                    match attached {
                        Ok(()) => ready.set(true),
                        Err(error) => fail(error),
                    }
                }
            }
            Err(error) if !camera.is_disposed() => fail(error),
            Err(_) => {}
        }
    });
    let take = move |_| {
        let Some(open) = camera.try_update_value(Option::take).flatten() else {
            return;
        };
        spawn_local(async move {
            match open.frame(LONGEST_SIDE).await {
                Ok(captured) if !camera.is_disposed() => {
                    capture.now.set(Capturing::Review(captured));
                }
                Err(error) if !camera.is_disposed() => fail(error),
                _ => {}
            }
        });
    };

    view! {
        <div class="preview" data-testid="preview">
            <video class="preview-picture" node_ref=video muted autoplay playsinline aria-label="What the camera sees"></video>
            <p class="preview-wait" hidden=move || ready.get()>"Waiting for the camera. Your browser may ask for permission."</p>
        </div>
        <div class="actions">
            <Cancel label="Cancel"/>
            <button
                type="button"
                class="button primary"
                data-testid="preview-take"
                disabled=move || !ready.get()
                on:click=take
            >
                "Take picture"
            </button>
        </div>
    }
}
