//! Light or dark.

use leptos::prelude::*;

use crate::{
    session::{Session, tasks},
    theme::Theme,
};

/// Light, dark, or as the system says.
#[component]
pub(super) fn ThemeSection() -> impl IntoView {
    let session = Session::expect();
    let theme = Memo::new(move |_| session.settings.with(|settings| settings.theme));
    let options = Theme::ALL.map(|choice| view! {
        <label class="segment">
            <input
                type="radio"
                name="weir-theme"
                value=choice.name()
                prop:checked=move || theme.get() == choice
                on:change=move |_| tasks::change_settings(session, |settings| settings.theme = choice)
            />
            <span>{choice.label()}</span>
        </label>
    });
    view! {
        <section class="section">
            <fieldset class="segments">
                <legend class="section-title">"Appearance"</legend>
                {options.collect_view()}
            </fieldset>
        </section>
    }
}
