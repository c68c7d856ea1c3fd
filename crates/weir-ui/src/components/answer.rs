//! An answer: waiting, arriving, there, or failed.

use leptos::prelude::*;
use weir_core::{Modality, legible, mask::Wish};

use super::{
    badge::{Badge, place_name},
    error_card::ErrorCard,
    icons::{self, Icon},
    markdown_view::MarkdownView,
    marks::Marks,
    receipt::ReceiptView,
};
use crate::{
    format, markdown,
    session::{Exchange, ExchangeKey, Phase, Progress, Session, Wait, queries, tasks},
    words,
};

/// An answer. What is drawn changes with its phase; within a phase only what has to changes.
#[component]
pub(super) fn AnswerView(exchange: Exchange) -> impl IntoView {
    let session = Session::expect();
    let progress = exchange.progress.clone();
    let phase = Memo::new(move |_| progress.with(Progress::phase));
    let progress = exchange.progress.clone();
    let place = Memo::new(move |_| progress.with(|progress| queries::place(session, progress)));
    let attached: Vec<Modality> = exchange
        .user
        .attachments
        .iter()
        .map(|attachment| attachment.modality)
        .collect();

    let key = exchange.key;
    let forgotten = Memo::new(move |_| queries::newly_forgotten(session, key));
    let body = move || match phase.get() {
        Phase::Queued => view! { <Queued wish=exchange.user.wish/> }.into_any(),
        Phase::Live => view! { <Live exchange=exchange.clone()/> }.into_any(),
        Phase::Unanswered => view! { <Unanswered key=exchange.key/> }.into_any(),
        Phase::Done | Phase::Stopped | Phase::Failed => {
            view! { <Ended exchange=exchange.clone() attached=attached.clone()/> }.into_any()
        }
    };

    view! {
        <article
            class="answer"
            data-testid="answer"
            aria-label="Weir"
            data-state=move || phase.get().name()
            data-where=move || place.with(|place| place.as_ref().map(place_name))
        >
            {move || forgotten.get().map(|turns| view! {
                <p class="aside" role="note" data-testid="forgotten" data-turns=turns.to_string()>
                    {words::forgotten(turns)}
                </p>
            })}
            {move || place.get().map(|place| view! { <Badge place/> })}
            {body}
        </article>
    }
}

/// It waits on the page.
#[component]
fn Queued(wish: Option<Wish>) -> impl IntoView {
    let session = Session::expect();
    let wait = Memo::new(move |_| queries::wait_for(session, wish));
    view! {
        <p class="waiting">
            <span class="waiting-dots" aria-hidden="true"></span>
            {move || wait.with(|wait| wait.as_ref().map(words::waiting))}
        </p>
        <Show when=move || wait.get() == Some(Wait::Choice)>
            <div class="actions start">
                <button type="button" class="button primary" on:click=move |_| tasks::load_model(session)>
                    "Download the local model"
                </button>
                <button type="button" class="button" on:click=move |_| session.drawer.set(true)>
                    "Set up a cloud model"
                </button>
            </div>
        </Show>
    }
}

/// It arrives.
#[component]
fn Live(exchange: Exchange) -> impl IntoView {
    let live = exchange.live.clone();
    let has_begun = Memo::new(move |_| live.with(|live| !live.is_empty()));
    let progress = exchange.progress;
    let asked = progress.clone();
    let reading = move || {
        progress.with(|progress| match progress {
            Progress::Asked {
                reading: Some((done, total)),
                ..
            } if done < total => {
                let share = format::percent(*done as f32 / (*total).max(1) as f32);
                format!("Reading the dialogue, {share}")
            }
            Progress::Asked {
                again: Some(wait_ms),
                ..
            } => words::asking_again(*wait_ms),
            Progress::Asked { decision: None, .. } => "Deciding where to answer".to_owned(),
            _ => "Thinking".to_owned(),
        })
    };
    let text = exchange.live;
    let resumed = Memo::new(move |_| {
        asked.with(|progress| matches!(progress, Progress::Asked { resumed: true, .. }))
    });
    view! {
        <p class="answer-text live">{move || text.with(|text| legible(text).into_owned())}</p>
        <Show when=move || resumed.get()>
            <p class="aside" role="note" data-testid="resumed">{words::INTERRUPTED}</p>
        </Show>
        <p class="waiting" hidden=move || has_begun.get()>
            <span class="waiting-dots" aria-hidden="true"></span>
            {reading}
        </p>
    }
}

/// It is stored without an answer: the page was closed while it was being answered.
#[component]
fn Unanswered(key: ExchangeKey) -> impl IntoView {
    let session = Session::expect();
    view! {
        <p class="aside">"This was not answered."</p>
        <div class="actions start">
            <button type="button" class="button small" on:click=move |_| tasks::retry(session, key, None)>
                {icons::draw(Icon::Retry)} "Ask again"
            </button>
        </div>
    }
}

/// It is there, or as much of it as there will be.
#[component]
fn Ended(exchange: Exchange, attached: Vec<Modality>) -> impl IntoView {
    let key = exchange.key;
    let shown = exchange.progress.clone();
    let progress = exchange.progress.get_untracked();
    let live = exchange.live.get_untracked();
    let reply = progress.reply().cloned();
    let text = reply.as_ref().map_or(&live, |reply| &reply.text);
    let text = legible(text).into_owned();
    let ending = reply.as_ref().and_then(|reply| words::ending(reply.ending));
    let error = match progress {
        Progress::Failed { kind, message, .. } => Some(view! { <ErrorCard key kind message/> }),
        _ => None,
    };
    let has_failed = error.is_some();
    let failover = reply
        .as_ref()
        .and_then(|reply| reply.receipt.failover.as_ref());
    let failover = failover.map(words::failover);
    let copied = text.clone();
    let has_text = !text.is_empty();
    view! {
        {failover.map(|failover| view! {
            <p class="aside" role="note" data-testid="failover">{failover}</p>
        })}
        {has_text.then(|| view! {
            <div class="answer-text"><MarkdownView nodes=markdown::parse(&text)/></div>
        })}
        {ending.filter(|_| !has_failed).map(|ending| view! { <p class="aside">{ending}</p> })}
        {error}
        <div class="answer-foot">
            {reply.map(|reply| view! {
                <ReceiptView receipt=reply.receipt decision=reply.decision attached/>
            })}
            {has_text.then(|| view! { <Copy text=copied/> <Marks key progress=shown/> })}
        </div>
    }
}

/// Copies the answer as it was written.
#[component]
fn Copy(text: String) -> impl IntoView {
    let session = Session::expect();
    let copy = move |_| {
        let _written = window().navigator().clipboard().write_text(&text);
        tasks::announce(session, "Copied");
    };
    view! {
        <button type="button" class="button quiet small copy" on:click=copy>
            {icons::draw(Icon::Copy)}
            <span class="unseen">"Copy this answer"</span>
        </button>
    }
}
