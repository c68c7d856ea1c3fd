//! Attached pictures and clips.

use leptos::prelude::*;
use weir_core::{Attachment, Modality};

use super::icons::{self, Icon};
use crate::{
    format,
    session::{Medium, Session, tasks},
    words,
};

/// What is attached and not sent, each with a button that takes it away.
#[component]
pub(super) fn Attachments() -> impl IntoView {
    let session = Session::expect();
    let chips = move || {
        let media = session.media.get();
        let chips = media.into_iter().enumerate().map(|(place, medium)| {
            let name = words::modality(medium.attachment.modality);
            view! {
                <li class="chip" data-testid="attachment">
                    <Thumbnail medium/>
                    <button
                        type="button"
                        class="button quiet small"
                        aria-label=format!("Remove this {name}")
                        on:click=move |_| tasks::detach(session, place)
                    >
                        {icons::draw(Icon::Close)}
                    </button>
                </li>
            }
        });
        chips.collect_view()
    };
    view! {
        <Show when=move || session.media.with(|media| !media.is_empty())>
            <ul class="media" aria-label="Attached">{chips}</ul>
        </Show>
    }
}

/// A medium small: the picture itself, or that there is sound.
#[component]
pub(super) fn Thumbnail(medium: Medium) -> impl IntoView {
    let url = medium
        .url
        .as_deref()
        .filter(|_| medium.attachment.modality.is_picture())
        .map(|url| url.as_str().to_owned());
    // The address is good for as long as the medium lives: the view keeps it.
    let _kept = StoredValue::new(medium.url);
    view! {
        <span class="thumbnail">
            {url.map(|url| view! { <img class="thumbnail-picture" src=url alt=""/> })}
            <AttachmentLine attachment=medium.attachment/>
        </span>
    }
}

/// An attachment in words.
#[component]
pub(super) fn AttachmentLine(attachment: Attachment) -> impl IntoView {
    let icon = match attachment.modality {
        Modality::CameraView => Icon::Camera,
        Modality::Image => Icon::Image,
        Modality::MicrophoneClip => Icon::Microphone,
    };
    let size = format::bytes(attachment.bytes);
    let size = if attachment.seconds > 0.0 {
        format!("{}, {size}", format::expected_seconds(attachment.seconds))
    } else {
        size
    };
    view! {
        <span class="attachment-line">
            {icons::draw(icon)}
            <span>{words::capitalised(words::modality(attachment.modality))}</span>
            <span class="faint">{size}</span>
        </span>
    }
}
