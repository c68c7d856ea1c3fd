//! A field for a number that may be left out.

use leptos::{html, prelude::*};

use crate::session::{Session, Settings, tasks};

/// A change of the settings.
pub(super) type Change = Box<dyn FnOnce(&mut Settings)>;

/// A field for one number of the settings. What cannot be read is said, and changes nothing.
#[component]
pub(super) fn NumberField(
    id: &'static str,
    testid: &'static str,
    label: &'static str,
    /// What an empty field means.
    empty: &'static str,
    /// The number as it is in the settings.
    written: Box<dyn Fn(&Settings) -> Option<String>>,
    /// What is typed as a change of the settings, or why it is none.
    read: Box<dyn Fn(&str) -> Result<Change, String>>,
) -> impl IntoView {
    let session = Session::expect();
    let problem = RwSignal::new(None::<String>);
    let read = StoredValue::new_local(read);
    let read = move |text: &str| read.with_value(|read| read(text));
    let input = move |event| match read(&event_target_value(&event)) {
        Ok(change) => {
            problem.set(None);
            tasks::change_settings(session, change);
        }
        Err(message) => problem.set(Some(message)),
    };
    let field = NodeRef::<html::Input>::new();
    // What was typed here stays as it was typed; what another tab decided takes its place.
    Effect::new(move |_| {
        let Some(field) = field.get() else {
            return;
        };
        session.settings.with(|settings| {
            let mut said = settings.clone();
            let is_number = read(&field.value()).map(|change| change(&mut said)).is_ok();
            if !is_number || said != *settings {
                field.set_value(&written(settings).unwrap_or_default());
                problem.set(None);
            }
        });
    });
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
            node_ref=field
            aria-invalid=move || problem.with(Option::is_some).to_string()
            aria-describedby=problem_id.clone()
            on:input=input
        />
        <p class="field-problem" id=problem_id aria-live="polite">{move || problem.get()}</p>
    }
}
