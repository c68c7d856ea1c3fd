//! How much of a limit is used.

use leptos::prelude::*;

/// A bar: spent, then set aside, of a limit. Without a limit it is not drawn.
#[component]
pub(crate) fn Meter(
    /// What it measures.
    label: &'static str,
    /// Share of the limit that is spent and share that is set aside, 0 to 1; `None` without a limit.
    #[prop(into)]
    shares: Signal<Option<(f64, f64)>>,
    /// The same in words.
    #[prop(into)]
    words: Signal<String>,
) -> impl IntoView {
    let width = move |share: f64| format!("{:.2}%", share.clamp(0.0, 1.0) * 100.0);
    let spent = move || shares.get().map_or(0.0, |(spent, _)| spent);
    let reserved = move || shares.get().map_or(0.0, |(_, reserved)| reserved);
    view! {
        <div class="meter-frame">
            <Show when=move || shares.get().is_some()>
                <div
                    class="meter"
                    role="meter"
                    aria-label=label
                    aria-valuemin="0"
                    aria-valuemax="100"
                    aria-valuenow=move || format!("{:.0}", (spent() + reserved()).min(1.0) * 100.0)
                    aria-valuetext=move || words.get()
                >
                    <span class="meter-spent" style:width=move || width(spent())></span>
                    <span class="meter-reserved" style:width=move || width(reserved())></span>
                </div>
            </Show>
            <p class="meter-words">{move || words.get()}</p>
        </div>
    }
}
