//! Where the local model should run.

use leptos::prelude::*;
use weir_browser::messages::{Chosen, DeviceChoice, LocalModelState};

use crate::session::{Session, tasks};

const CHOICES: [(DeviceChoice, &str, &str); 3] = [
    (DeviceChoice::Measure, "measure", "Whichever is quicker"),
    (DeviceChoice::WebGpu, "webgpu", "GPU"),
    (DeviceChoice::Cpu, "cpu", "CPU"),
];

/// Where the local model should run, and a new measurement where an old one decided.
#[component]
pub(super) fn DeviceSegments() -> impl IntoView {
    let session = Session::expect();
    let wanted = Memo::new(move |_| session.settings.with(|settings| settings.device));
    let was_measured = Memo::new(move |_| {
        session.model.with(|model| {
            let by = |chosen| matches!(chosen, Chosen::Memory | Chosen::Measurement { .. });
            matches!(model, LocalModelState::Ready { chosen, .. } if by(*chosen))
        })
    });
    let options = CHOICES.map(|(choice, name, label)| {
        view! {
            <label class="segment">
                <input
                    type="radio"
                    name="weir-device"
                    value=name
                    data-testid=format!("device-{name}")
                    prop:checked=move || wanted.get() == choice
                    on:change=move |_| tasks::run_on(session, choice)
                />
                <span>{label}</span>
            </label>
        }
    });
    view! {
        <fieldset class="segments">
            <legend class="field-label">"Run it on"</legend>
            {options.collect_view()}
        </fieldset>
        <Show when=move || was_measured.get()>
            <div class="actions start">
                <button
                    type="button"
                    class="button small"
                    data-testid="measure-again"
                    on:click=move |_| tasks::measure_again(session)
                >
                    "Measure again"
                </button>
            </div>
        </Show>
    }
}
