//! The user sends a turn. It waits on the page until something can answer, then goes to the worker.

use leptos::prelude::*;
use weir_browser::messages::{ErrorKind, RequestId};
use weir_core::{UserTurn, mask::Wish};

use super::{announce, notify, write};
use crate::session::{Draft, Engine, Exchange, Medium, Progress, Session, queries};

/// Sends what is in the composer. The composer is empty afterwards; the text is in the dialogue.
pub fn submit(session: Session) {
    let text = session.text.get_untracked();
    let media = session.media.get_untracked();
    if text.trim().is_empty() && media.is_empty() {
        notify(
            session,
            ErrorKind::EmptyPrompt,
            "Write something, or attach a picture or a clip.".to_owned(),
        );
        return;
    }
    write(session, String::new());
    session.media.set(Vec::new());
    let exchange = queued(session, text, media, session.wish.get_untracked());
    session
        .exchanges
        .update(|exchanges| exchanges.push(exchange));
}

/// A new exchange with this input.
pub(super) fn queued(
    session: Session,
    text: String,
    media: Vec<Medium>,
    wish: Option<Wish>,
) -> Exchange {
    let attachments = media
        .iter()
        .map(|medium| medium.attachment.clone())
        .collect();
    let user = UserTurn {
        text,
        attachments,
        wish,
        options: session
            .settings
            .with_untracked(|settings| settings.replies.clone()),
    };
    Exchange::queued(session.next_number(), user, media)
}

/// Gives the next waiting turn to the worker, unless it has to wait for something.
pub(super) fn ask_next(session: Session) {
    if session.renewing.get() {
        return;
    }
    let Some(exchange) = queries::next_queued(session) else {
        return;
    };
    if queries::wait_for(session, exchange.user.wish).is_some() {
        return;
    }
    if let Engine::GaveUp { reason } = session.engine.get() {
        exchange.progress.set(Progress::Failed {
            kind: ErrorKind::WorkerDied,
            message: format!("{reason} Reload the page; what you wrote is kept."),
            reply: None,
        });
        return;
    }
    let request = RequestId(session.next_number());
    let attachments = exchange
        .media
        .iter()
        .map(|medium| medium.bytes.to_vec())
        .collect();
    session.pieces.set_value(String::new());
    session.with_worker(|worker| worker.ask(request, &exchange.user, attachments));
    exchange.progress.set(Progress::Asked {
        request,
        reading: None,
        decision: None,
        departure: None,
        forgotten: 0,
        again: None,
        resumed: false,
    });
    announce(session, "Answering");
}

/// Keeps what was typed for this tab until the worker has it.
pub(super) fn keep_draft(session: Session) {
    let unsent = session.exchanges.with(|exchanges| {
        exchanges
            .iter()
            .filter(|exchange| exchange.progress.with(Progress::is_unsent))
            .map(|exchange| exchange.user.text.clone())
            .collect()
    });
    let text = session.text.get();
    Draft { unsent, text }.save();
}
