//! The panel at the side: the local model, the budget, the balance, the cloud model, the looks.
//! Where there is no room beside the dialogue it is a drawer over it.

use leptos::{html, prelude::*};

use super::{
    budget::BudgetSection,
    cloud::CloudSection,
    dial::AnswerSection,
    icons::{self, Icon},
    local_model::LocalModelSection,
    privacy::PrivacySection,
    theme_choice::ThemeSection,
};
use crate::session::Session;

/// The panel at the side, always there where there is room for it.
#[component]
pub(super) fn Panel() -> impl IntoView {
    let session = Session::expect();
    let panel = NodeRef::<html::Aside>::new();
    Effect::new(move |_| {
        if session.drawer.get()
            && let Some(panel) = panel.get_untracked()
        {
            let _focused = panel.focus();
        }
    });
    view! {
        <div
            class="backdrop"
            class:open=move || session.drawer.get()
            on:click=move |_| session.drawer.set(false)
        ></div>
        <aside
            class="panel"
            class:open=move || session.drawer.get()
            aria-label="Settings"
            tabindex="-1"
            node_ref=panel
        >
            <div class="panel-head">
                <h2 class="panel-title">"Settings"</h2>
                <button
                    type="button"
                    class="button quiet round narrow-only"
                    data-testid="settings-close"
                    on:click=move |_| session.drawer.set(false)
                >
                    {icons::draw(Icon::Close)}
                    <span class="unseen">"Close the settings"</span>
                </button>
            </div>
            <BudgetSection/>
            <AnswerSection/>
            <CloudSection/>
            <PrivacySection/>
            <LocalModelSection/>
            <ThemeSection/>
        </aside>
    }
}
