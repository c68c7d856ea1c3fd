//! A field for a number that may be left out.

use leptos::prelude::*;

use crate::session::{Session, Settings, tasks};

/// A field for one number of the settings. What cannot be read is said, and changes nothing.
#[component]
pub(super) fn NumberField<T: Send + Sync + 'static>(
    id: &'static str,
    testid: &'static str,
    label: &'static str,
    /// What an empty field means.
    empty: &'static str,
    initial: Option<String>,
    read: fn(&str) -> Result<Option<T>, String>,
    change: fn(&mut Settings, Option<T>),
) -> impl IntoView {
    let session = Session::expect();
    let problem = RwSignal::new(None::<String>);
    let input = move |event| match read(&event_target_value(&event)) {
        Ok(value) => {
            problem.set(None);
            tasks::change_settings(session, |settings| change(settings, value));
        }
        Err(message) => problem.set(Some(message)),
    };
    let problem_id = format!("{id}-problem");
    view! {
        <label class="field-label" for=id>{label}</label>
        <input
            class="field"
            type="text"
            inputmode="decimal"
            autocomplete="off"
            placeholder=empty
            id=id
            data-testid=testid
            value=initial
            aria-invalid=move || problem.with(Option::is_some).to_string()
            aria-describedby=problem_id.clone()
            on:input=input
        />
        <p class="field-problem" id=problem_id aria-live="polite">{move || problem.get()}</p>
    }
}
