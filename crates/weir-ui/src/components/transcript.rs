//! The dialogue, in a place of its own that scrolls.

use leptos::{html, prelude::*};

use super::{
    answer::AnswerView,
    empty_state::EmptyState,
    icons::{self, Icon},
    question::QuestionView,
    resize::on_resize,
};
use crate::session::Session;

/// Nearer to the end than this many pixels counts as being there.
const NEAR_THE_END: i32 = 64;

/// The dialogue. It follows a growing answer unless the reader has scrolled away from the end.
#[component]
pub(super) fn Transcript() -> impl IntoView {
    let session = Session::expect();
    let frame = NodeRef::<html::Div>::new();
    let thread = NodeRef::<html::Div>::new();
    let at_end = RwSignal::new(true);
    let to_end = move || {
        if let Some(frame) = frame.get_untracked() {
            frame.set_scroll_top(frame.scroll_height());
        }
    };
    let look = move || {
        if let Some(frame) = frame.get_untracked() {
            let below = frame.scroll_height() - frame.client_height() - frame.scroll_top();
            at_end.set(below < NEAR_THE_END);
        }
    };
    Effect::new(move |_| {
        if let Some(thread) = thread.get() {
            on_resize(&thread, move || {
                if at_end.try_get_untracked() == Some(true) {
                    to_end();
                }
            });
        }
    });
    // Whoever sends something wants to see it.
    let count = Memo::new(move |_| session.exchanges.with(Vec::len));
    Effect::new(move |before: Option<usize>| {
        let now = count.get();
        if before.is_some_and(|before| now > before) {
            at_end.set(true);
            to_end();
        }
        now
    });

    view! {
        <div class="transcript-frame">
            <div
                class="transcript"
                role="log"
                aria-live="off"
                aria-label="Dialogue"
                tabindex="0"
                node_ref=frame
                on:scroll=move |_| look()
            >
                <div class="thread" node_ref=thread>
                    <Show when=move || count.get() == 0>
                        <EmptyState/>
                    </Show>
                    <For
                        each=move || session.exchanges.get()
                        key=|exchange| exchange.key
                        let(exchange)
                    >
                        <QuestionView exchange=exchange.clone()/>
                        <AnswerView exchange=exchange/>
                    </For>
                </div>
            </div>
            <Show when=move || !at_end.get()>
                <button type="button" class="to-end" on:click=move |_| to_end()>
                    {icons::draw(Icon::Down)}
                    <span class="unseen">"Go to the latest message"</span>
                </button>
            </Show>
        </div>
    }
}
