//! The dialog in which the user looks at what would be sent.

use leptos::prelude::*;
use weir_core::{Approval, Departure, Passage, Revision};

use super::{attachments::AttachmentLine, dialog::Dialog};
use crate::{
    format,
    session::{Medium, Session, queries, tasks},
};

/// The dialog for whatever is about to be sent. Closing it sends nothing.
#[component]
pub(super) fn DepartureDialog() -> impl IntoView {
    let session = Session::expect();
    let host = Memo::new(move |_| queries::departure(session).map(|(_, it)| it.host));
    let title = Signal::derive(move || format!("Send this to {}?", host.get().unwrap_or_default()));
    let open = Signal::derive(move || host.get().is_some());
    let withhold = move || tasks::approve(session, Approval::Withhold);
    let body = move || {
        let first = untrack(move || queries::departure(session));
        first.map(|(exchange, departure)| view! { <Look departure media=exchange.media/> })
    };
    view! {
        <Dialog title open on_close=withhold>{body}</Dialog>
    }
}

/// All of it: the words, the pictures, the sounds. The worker says what would be sent; what the user
/// changes is shown, and can be sent, once it has said so again.
#[component]
fn Look(
    /// What is shown first.
    departure: Departure,
    /// The attachments, by slot.
    media: Vec<Medium>,
) -> impl IntoView {
    let session = Session::expect();
    let revision = RwSignal::new(departure.revision.clone());
    let change = move |change: &dyn Fn(&mut Revision)| {
        revision.update(change);
        tasks::approve(session, Approval::Look(revision.get_untracked()));
    };
    let terms = if departure.first {
        "Nothing went to this host before. Sending this agrees to it."
    } else {
        ""
    };
    let answerable_here = departure.answerable_here;
    let attached = departure.revision.uploads;
    let attachments = media.into_iter().enumerate();
    let attachments = attachments
        .filter(|(slot, _)| attached.contains(*slot))
        .map(|(slot, medium)| {
            let leave_out = move |event| {
                let goes = event_target_checked(&event);
                change(&|revision| revision.uploads = revision.uploads.with(slot, goes));
            };
            view! {
                <li class="leaving">
                    <Original medium=medium.clone()/>
                    <label class="leaving-choice">
                        <input type="checkbox" checked data-testid="departure-upload" on:change=leave_out/>
                        <AttachmentLine attachment=medium.attachment/>
                    </label>
                </li>
            }
            .into_any()
        })
        .collect_view();
    let text = departure.revision.text.clone();
    let redact = departure.revision.redact;
    let now = Memo::new(move |before: Option<&Departure>| {
        let now = queries::departure(session).map(|(_, it)| it);
        now.or_else(|| before.cloned())
            .unwrap_or_else(|| departure.clone())
    });
    let earlier = move || {
        let earlier = now.with(|it| it.messages[..it.messages.len().saturating_sub(1)].to_vec());
        let count = format::counted(earlier.len() as u64, "message", "messages");
        view! {
            <summary>{count} " before it"</summary>
            {earlier.into_iter().map(|message| view! { <p>{written(message)}</p> }).collect_view()}
        }
    };
    let replaced = move || {
        let last = now.with(|it| it.messages.last().cloned())?;
        let any = last.iter().any(|it| it.placeholder.is_some());
        any.then(|| view! { <p data-testid="departure-diff">{written(last)}</p> })
    };
    let sendable = move || {
        revision.with(|wanted| {
            let said = !wanted.text.trim().is_empty() || !wanted.uploads.is_empty();
            said && now.with(|it| it.revision == *wanted)
        })
    };
    let most = move || format!("At most {}. {terms}", now.with(|it| it.most));
    let say = move |approval: Approval| move |_| tasks::approve(session, approval.clone());

    view! {
        <p class="faint">{most}</p>
        <textarea
            class="field"
            rows="3"
            aria-label="Your message"
            data-testid="departure-text"
            on:input=move |event| {
                let text = event_target_value(&event);
                change(&|revision| revision.text.clone_from(&text));
            }
        >
            {text}
        </textarea>
        {replaced}
        <label class="leaving-choice">
            <input
                type="checkbox"
                checked=redact
                data-testid="departure-redact"
                on:change=move |event| {
                    let redact = event_target_checked(&event);
                    change(&|revision| revision.redact = redact);
                }
            />
            "Replace personal details and keys"
        </label>
        <ul class="media">{attachments}</ul>
        <details data-testid="departure-earlier">{earlier}</details>
        <div class="actions">
            <button type="button" class="button" data-testid="departure-withhold" on:click=say(Approval::Withhold)>
                "Do not send"
            </button>
            {answerable_here.then(|| view! {
                <button type="button" class="button" data-testid="departure-here" on:click=say(Approval::Here)>
                    "Answer locally instead"
                </button>
            })}
            <button
                type="button"
                class="button primary"
                data-testid="departure-send"
                disabled=move || !sendable()
                on:click=move |_| tasks::approve(session, Approval::Send(revision.get_untracked()))
            >
                "Send"
            </button>
        </div>
    }
}

/// A picture in its own size, or a clip to play.
#[component]
fn Original(medium: Medium) -> impl IntoView {
    let address = medium.url.as_deref().map(|url| url.as_str().to_owned());
    // The address is good for as long as the medium lives: the view keeps it.
    let _kept = StoredValue::new(medium.url);
    if medium.attachment.modality.is_picture() {
        view! { <img class="leaving-picture" src=address alt="The picture that would be sent"/> }
            .into_any()
    } else {
        view! { <audio class="preview-sound" src=address controls aria-label="The clip that would be sent"></audio> }
            .into_any()
    }
}

/// A message with what goes in place of its details.
fn written(passages: Vec<Passage>) -> impl IntoView {
    let passages = passages.into_iter();
    passages
        .map(|Passage { text, placeholder }| match placeholder {
            Some(placeholder) => view! { <del>{text}</del> <ins>{placeholder}</ins> }.into_any(),
            None => text.into_any(),
        })
        .collect_view()
}
