//! The bar at the top: the name, how far the engine is, a new dialogue, the settings.

use leptos::{html, prelude::*};
use weir_browser::messages::DeviceKind;

use super::{
    icons::{self, Icon},
    new_dialogue::NewDialogue,
};
use crate::{
    session::{Session, queries},
    words,
};

/// The bar at the top.
#[component]
pub(super) fn Bar() -> impl IntoView {
    let session = Session::expect();
    let status = Memo::new(move |_| queries::status(session));
    let device = Memo::new(move |_| queries::device(session));
    let opener = NodeRef::<html::Button>::new();
    // Closing the drawer gives the focus back to what opened it.
    Effect::new(move |was_open: Option<bool>| {
        let is_open = session.drawer.get();
        if was_open == Some(true)
            && !is_open
            && let Some(opener) = opener.get_untracked()
        {
            let _focused = opener.focus();
        }
        is_open
    });

    view! {
        <div class="bar">
            <h1 class="brand">{icons::mark()} "Weir"</h1>
            <p class="status" data-state=move || status.with(|status| status.state)>
                <span class="status-light" aria-hidden="true"></span>
                <span data-testid="status" data-state=move || status.with(|status| status.state)>
                    {move || status.with(|status| status.text.clone())}
                </span>
                {move || device.get().map(|device| view! {
                    <span class="status-device" data-testid="device" data-device=device_name(device)>
                        {words::device(device)}
                    </span>
                })}
            </p>
            <span class="spring"></span>
            <NewDialogue/>
            <button
                type="button"
                class="button quiet"
                data-testid="settings"
                aria-haspopup="true"
                aria-expanded=move || session.drawer.get().to_string()
                node_ref=opener
                on:click=move |_| session.drawer.set(true)
            >
                {icons::draw(Icon::Sliders)}
                <span class="wide-only">"Settings"</span>
                <span class="unseen narrow-only">"Settings"</span>
            </button>
        </div>
    }
}

const fn device_name(device: DeviceKind) -> &'static str {
    match device {
        DeviceKind::WebGpu => "webgpu",
        DeviceKind::Cpu => "cpu",
    }
}
