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
    let icon = match place {
        Where::Local { .. } => Icon::Device,
        Where::Cloud { .. } => Icon::Cloud,
    };
    let model = match &place {
        Where::Local { model } | Where::Cloud { model, .. } => model.clone(),
    };
    let at = move || match &place {
        Where::Local { .. } => "On this device".to_owned(),
        Where::Cloud { host, model } => {
            format!("Cloud, {}", queries::provider_name(session, host, model))
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
