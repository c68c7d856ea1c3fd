//! A modal dialog. The browser traps the focus in it, closes it on Escape and gives the focus back.

use leptos::{ev, html, prelude::*};

/// A modal dialog that is open while `open` says so. Whatever closes it calls `on_close`.
#[component]
pub(crate) fn Dialog(
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// Whether it is open.
    #[prop(into)]
    open: Signal<bool>,
    /// Called when the user closes it.
    on_close: impl Fn() + Copy + Send + 'static,
    /// What is in it. It is drawn only while the dialog is open.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else {
            return;
        };
        match (open.get(), dialog.open()) {
            (true, false) => {
                let _shown = dialog.show_modal();
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let cancel = move |event: ev::Event| {
        event.prevent_default();
        on_close();
    };

    view! {
        <dialog class="dialog" node_ref=dialog aria-label=move || title.get() on:cancel=cancel>
            <Show when=move || open.get()>
                <h2 class="dialog-title">{move || title.get()}</h2>
                {children()}
            </Show>
        </dialog>
    }
}
