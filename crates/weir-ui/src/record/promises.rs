//! What is promised, and how to see for oneself that it is kept.

use leptos::prelude::*;

/// Promise, and what to do to see that it is kept.
const PROMISES: [(&str, &str); 5] = [
    (
        "In private mode nothing leaves this device.",
        "Switch it on in the settings, open the browser's developer tools at “Network”, ask something with a picture attached: no line appears that goes anywhere but to this page's own address. Then take the device offline: it still answers.",
    ),
    (
        "No limit is overrun, not even by two tabs or a crash.",
        "Set the limit of today just above what is spent, open this page in a second tab, and ask in both at once. Close one in the middle of an answer: what was set aside for it is charged in full above, never lost.",
    ),
    (
        "What leaves is what you saw, and all of it is in the log.",
        "Compare a line of the log with the request's payload in the developer tools: text, pictures and bytes are the same.",
    ),
    (
        "Nobody else is told: no statistics, no third party, no font or script from elsewhere.",
        "Look at the header “Content-Security-Policy” of this page in the developer tools: “connect-src” names every place that it can reach at all, and the browser enforces it.",
    ),
    (
        "A key is kept where you said, and never shown.",
        "Type one in, then search for it in the developer tools: in “Application” (storage), “Elements” and “Console” it does not occur.",
    ),
];

/// What is promised, and how to see for oneself that it is kept.
#[component]
pub(super) fn Promises() -> impl IntoView {
    let all = PROMISES.map(|(promise, way)| {
        view! {
            <details class="record-promise">
                <summary>{promise}</summary>
                <p>{way}</p>
            </details>
        }
    });
    view! {
        <section class="section" aria-labelledby="record-promises">
            <h2 class="record-heading" id="record-promises">"See for yourself"</h2>
            {all.collect_view()}
        </section>
    }
}
