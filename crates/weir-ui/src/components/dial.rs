//! The balance of quality, speed and cost, and private mode.

use leptos::prelude::*;

use super::icons::{self, Icon};
use crate::session::{DialSteps, Session, tasks};

/// The balance of quality, speed and cost, and private mode.
#[component]
pub(super) fn AnswerSection() -> impl IntoView {
    let session = Session::expect();
    let private = Memo::new(move |_| session.settings.with(|settings| settings.private));
    let toggle = move |event| {
        let is_on = event_target_checked(&event);
        tasks::change_settings(session, |settings| settings.private = is_on);
    };
    view! {
        <section class="section" aria-labelledby="weir-answers">
            <h3 class="section-title" id="weir-answers">"How to answer"</h3>
            <label class="switch">
                <input
                    type="checkbox"
                    role="switch"
                    data-testid="private-mode"
                    prop:checked=move || private.get()
                    on:change=toggle
                />
                <span class="switch-track" aria-hidden="true"></span>
                <span>
                    <span class="switch-label">{icons::draw(Icon::Lock)} "Private mode"</span>
                    <span class="faint">"Nothing leaves this device."</span>
                </span>
            </label>
            <Slider
                id="weir-dial-quality"
                label="Better answers"
                read=|steps| steps.quality
                change=|steps, value| steps.quality = value
            />
            <Slider
                id="weir-dial-speed"
                label="Quicker answers"
                read=|steps| steps.speed
                change=|steps, value| steps.speed = value
            />
            <Slider
                id="weir-dial-cost"
                label="Cheaper answers"
                read=|steps| steps.cost
                change=|steps, value| steps.cost = value
            />
            <button
                type="button"
                class="button small"
                data-testid="forget-lessons"
                on:click=move |_| tasks::forget_lessons(session)
            >
                "Forget what was learned from you"
            </button>
        </section>
    }
}

/// One weight of the dial.
#[component]
fn Slider(
    id: &'static str,
    label: &'static str,
    read: fn(DialSteps) -> u8,
    change: fn(&mut DialSteps, u8),
) -> impl IntoView {
    let session = Session::expect();
    let steps = Memo::new(move |_| read(session.settings.with(|settings| settings.dial)));
    let input = move |event| {
        if let Ok(value) = event_target_value(&event).parse() {
            tasks::change_settings(session, |settings| change(&mut settings.dial, value));
        }
    };
    let words = move || match steps.get() {
        0 => "does not count",
        1..DialSteps::MIDDLE => "counts less",
        DialSteps::MIDDLE => "balanced",
        DialSteps::MOST.. => "counts most",
        _ => "counts more",
    };
    view! {
        <div class="slider">
            <label class="field-label" for=id>{label}</label>
            <span class="faint slider-words" aria-hidden="true">{words}</span>
            <input
                type="range"
                id=id
                min="0"
                max=DialSteps::MOST.to_string()
                step="1"
                prop:value=move || steps.get().to_string()
                aria-valuetext=words
                on:input=input
            />
        </div>
    }
}
