//! Who answers.

use leptos::prelude::*;
use weir_core::Where;

use super::icons::{self, Icon};
use crate::session::{Session, queries};

/// Who answers: this device, or which cloud model at which host.
#[component]
pub(super) fn Badge(place: Where) -> impl IntoView {
    let session = Session::expect();
    let name = place_name(&place);
    let (icon, at, model) = match place {
        Where::Local { model } => (Icon::Device, "On this device".to_owned(), model),
        Where::Cloud { model, host } => {
            let at = queries::offered_label(session, &host, &model).unwrap_or(host);
            (Icon::Cloud, format!("Cloud, {at}"), model)
        }
    };
    view! {
        <p class="badge" data-testid="badge" data-where=name>
            {icons::draw(icon)}
            <span class="badge-place">{at}</span>
            <span class="badge-model">{model}</span>
        </p>
    }
}

/// `local` or `cloud`, as programs read it.
pub(super) const fn place_name(place: &Where) -> &'static str {
    match place {
        Where::Local { .. } => "local",
        Where::Cloud { .. } => "cloud",
    }
}
