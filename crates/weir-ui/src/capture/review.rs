//! A look at what was captured, before it is attached.

use leptos::prelude::*;
use weir_browser::capture::Captured;
use weir_core::Modality;

use super::{Cancel, Capture, Capturing};
use crate::format;

/// A look at what was captured. Nothing is attached, and nothing leaves the page, without a click.
#[component]
pub(super) fn Review(captured: Captured) -> impl IntoView {
    let capture = Capture::expect();
    let source = captured.modality;
    let size = format::bytes(captured.bytes.len() as u64);
    let caption = if source.is_picture() {
        format!("{} × {} pixels, {size}", captured.width, captured.height)
    } else {
        format!("{}, {size}", format::expected_seconds(captured.seconds))
    };
    let url = captured.object_url().ok();
    let address = url.as_ref().map(|url| url.as_str().to_owned());
    // The address is good for as long as the review is drawn.
    let _kept = StoredValue::new_local(url);
    let shown = if source.is_picture() {
        view! { <img class="preview-picture" src=address alt="The picture to attach"/> }.into_any()
    } else {
        view! { <audio class="preview-sound" src=address controls aria-label="The clip to attach"></audio> }.into_any()
    };
    let attach = move |_| {
        (capture.attach)(captured.clone());
        capture.close();
    };

    view! {
        <figure class="preview" class:sound=!source.is_picture() data-testid="preview">
            {shown}
            <figcaption class="faint">{caption}</figcaption>
        </figure>
        <div class="actions">
            <Cancel label="Cancel"/>
            {(source != Modality::Image).then(|| view! {
                <button
                    type="button"
                    class="button"
                    on:click=move |_| capture.now.set(Capturing::Live(source))
                >
                    "Take another"
                </button>
            })}
            <button type="button" class="button primary" data-testid="preview-accept" on:click=attach>
                "Attach"
            </button>
        </div>
    }
}
