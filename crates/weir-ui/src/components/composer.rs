//! Where the next turn is written.

use leptos::{ev, html, prelude::*};
use weir_core::{ModalitySet, mask::Wish};

use super::{
    attachments::Attachments,
    icons::{self, Icon},
};
use crate::{
    capture::Wanted,
    session::{Session, queries, tasks},
};

/// Lines that the field grows to by itself where the style sheet cannot make it.
const MOST_LINES: usize = 8;

/// Where the next turn is written. It takes text at any time, whatever the engine does.
#[component]
pub(super) fn Composer() -> impl IntoView {
    let session = Session::expect();
    let field = NodeRef::<html::Textarea>::new();
    let busy = Memo::new(move |_| queries::is_busy(session));
    let lines = move || {
        let lines = session
            .text
            .with(|text| text.split('\n').take(MOST_LINES).count());
        lines.to_string()
    };
    let key_down = move |event: ev::KeyboardEvent| {
        // Enter also ends the composition of a Chinese or Japanese word: that is not a message.
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            tasks::submit(session);
        }
    };
    let focus = move || {
        if let Some(field) = field.get_untracked() {
            let _focused = field.focus();
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        tasks::submit(session);
        focus();
    };
    let stop = move |_| {
        tasks::stop(session);
        focus();
    };

    view! {
        <form class="composer" on:submit=submit>
            <Attachments/>
            <textarea
                class="composer-field"
                data-testid="composer"
                aria-label="Your message"
                placeholder="Ask something"
                rows=lines
                node_ref=field
                prop:value=move || session.text.get()
                on:input=move |event| tasks::write(session, event_target_value(&event))
                on:keydown=key_down
                on:paste=move |event| paste(session, &event)
            ></textarea>
            <div class="composer-row">
                <Attach/>
                <PlaceChoice/>
                <span class="spring"></span>
                <Show when=move || busy.get()>
                    <button type="button" class="button round" data-testid="stop" on:click=stop>
                        {icons::draw(Icon::Stop)}
                        <span class="unseen">"Stop"</span>
                    </button>
                </Show>
                <button type="submit" class="button round primary" data-testid="send">
                    {icons::draw(Icon::Send)}
                    <span class="unseen">"Send"</span>
                </button>
            </div>
        </form>
    }
}

/// Buttons for what can be attached. Nothing is asked of the device before one is clicked.
#[component]
fn Attach() -> impl IntoView {
    let session = Session::expect();
    let input = NodeRef::<html::Input>::new();
    let full = move || {
        session
            .media
            .with(|media| media.len() >= ModalitySet::MAX_SLOTS)
    };
    let pick = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let picked = move |_| {
        let Some(input) = input.get_untracked() else {
            return;
        };
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            tasks::capture(session, Wanted::Picture(file));
        }
        // The same file can be picked again.
        input.set_value("");
    };

    view! {
        <button
            type="button"
            class="button quiet round"
            data-testid="attach-camera"
            title="Camera picture"
            disabled=full
            on:click=move |_| tasks::capture(session, Wanted::Camera)
        >
            {icons::draw(Icon::Camera)}
            <span class="unseen">"Attach a camera picture"</span>
        </button>
        <button
            type="button"
            class="button quiet round"
            data-testid="attach-microphone"
            title="Audio clip"
            disabled=full
            on:click=move |_| tasks::capture(session, Wanted::Microphone)
        >
            {icons::draw(Icon::Microphone)}
            <span class="unseen">"Attach an audio clip"</span>
        </button>
        <button
            type="button"
            class="button quiet round"
            data-testid="attach-image"
            title="Image file"
            disabled=full
            on:click=pick
        >
            {icons::draw(Icon::Image)}
            <span class="unseen">"Attach an image file"</span>
        </button>
        <input
            type="file"
            class="unseen"
            accept="image/*"
            tabindex="-1"
            aria-label="Image file"
            data-testid="attach-image-input"
            node_ref=input
            on:change=picked
        />
    }
}

/// Where the next turn should be answered.
#[component]
fn PlaceChoice() -> impl IntoView {
    let session = Session::expect();
    let private = Memo::new(move |_| session.settings.with(|settings| settings.private));
    let chosen = move || match session.wish.get() {
        None => "auto",
        Some(Wish::Local) => "local",
        Some(Wish::Cloud) => "cloud",
    };
    let choose = move |event| {
        session.wish.set(match event_target_value(&event).as_str() {
            "local" => Some(Wish::Local),
            "cloud" => Some(Wish::Cloud),
            _ => None,
        });
    };
    view! {
        <label class="place">
            <span class="unseen">"Where to answer"</span>
            <select class="select quiet" data-testid="where" prop:value=chosen on:change=choose>
                <option value="auto">"Weir decides"</option>
                <option value="local">"On this device"</option>
                <option value="cloud">"In the cloud"</option>
            </select>
        </label>
        <Show when=move || private.get()>
            <span class="private-sign">{icons::draw(Icon::Lock)} "Private"</span>
        </Show>
    }
}

/// A picture among what is pasted is attached, after a look at it.
fn paste(session: Session, event: &ev::ClipboardEvent) {
    let file = event
        .clipboard_data()
        .and_then(|data| data.files())
        .and_then(|files| files.get(0))
        .filter(|file| file.type_().starts_with("image/"));
    if let Some(file) = file {
        event.prevent_default();
        tasks::capture(session, Wanted::Picture(file));
    }
}
