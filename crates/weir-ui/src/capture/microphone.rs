//! The microphone, recording.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use weir_browser::capture::Microphone;
use weir_core::Modality;

use super::{Cancel, Capture, Capturing};
use crate::format;

/// A clip ends by itself after this many seconds: it is part of a question, not a lecture.
const LONGEST_CLIP: f32 = 60.0;
/// How often the level is drawn.
const TICK: Duration = Duration::from_millis(100);

/// A recording, its level and its length. The microphone is on for as long as this is drawn.
#[component]
pub(super) fn MicrophoneView() -> impl IntoView {
    let capture = Capture::expect();
    let microphone = StoredValue::new_local(None::<Microphone>);
    let level = RwSignal::new(0.0_f32);
    let seconds = RwSignal::new(0.0_f32);
    let recording = RwSignal::new(false);
    let fail = move |error| {
        capture
            .now
            .try_set(Capturing::Problem(Modality::MicrophoneClip, error));
    };
    spawn_local(async move {
        match Microphone::open().await {
            // Where the dialog is gone by now the microphone comes back here, and is closed.
            Ok(opened) => {
                if microphone.try_set_value(Some(opened)).is_none() {
                    recording.set(true);
                }
            }
            Err(error) if !microphone.is_disposed() => fail(error),
            Err(_) => {}
        }
    });
    let finish = move || {
        let Some(open) = microphone.try_update_value(Option::take).flatten() else {
            return;
        };
        match open.finish() {
            Ok(captured) => capture.now.set(Capturing::Review(captured)),
            Err(error) => fail(error),
        }
    };
    let tick = move || {
        let now = microphone.try_with_value(|microphone| {
            let microphone = microphone.as_ref()?;
            Some((microphone.level(), microphone.seconds()))
        });
        if let Some((loudness, length)) = now.flatten() {
            level.set(loudness);
            seconds.set(length);
            if length >= LONGEST_CLIP {
                finish();
            }
        }
    };
    if let Ok(ticks) = set_interval_with_handle(tick, TICK) {
        on_cleanup(move || ticks.clear());
    }
    // Loudness is heard in proportion to its logarithm; a square root is near enough to draw.
    let width = move || format!("{:.0}%", level.get().clamp(0.0, 1.0).sqrt() * 100.0);
    let line = move || {
        if recording.get() {
            format!("Recording, {}", format::expected_seconds(seconds.get()))
        } else {
            "Waiting for the microphone. Your browser may ask for permission.".to_owned()
        }
    };

    view! {
        <div class="preview sound" data-testid="preview">
            <div class="level" aria-hidden="true"><div class="level-fill" style:width=width></div></div>
            <p>{line}</p>
        </div>
        <div class="actions">
            <Cancel label="Cancel"/>
            <button
                type="button"
                class="button primary"
                data-testid="preview-take"
                disabled=move || !recording.get()
                on:click=move |_| finish()
            >
                "Stop recording"
            </button>
        </div>
    }
}
