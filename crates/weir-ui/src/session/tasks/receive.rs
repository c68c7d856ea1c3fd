//! The worker says something.

use leptos::prelude::*;
use weir_browser::{
    messages::{ErrorKind, FromWorker, LocalModelState, RequestId},
    worker::WorkerEvent,
};
use weir_core::Turn;

use super::{announce, choose, dialogue, notify};
use crate::{
    session::{Committed, Engine, Exchange, Fetched, Phase, Progress, Session, queries},
    words,
};

/// Takes in what the worker says.
pub(super) fn receive(session: Session, event: WorkerEvent) {
    match event {
        WorkerEvent::Message(message) => take(session, *message),
        WorkerEvent::Restarted {
            reason,
            resumed,
            means,
            ..
        } => {
            session.engine.set(Engine::Starting);
            session.model.set(LocalModelState::Absent);
            session.means.set(means);
            notify(
                session,
                ErrorKind::WorkerDied,
                format!(
                    "{}. Nothing of the dialogue is lost.",
                    words::capitalised(reason.trim_end_matches('.'))
                ),
            );
            for request in resumed {
                resume(session, request);
            }
        }
        WorkerEvent::GaveUp { reason } => session.engine.set(Engine::GaveUp { reason }),
    }
}

fn take(session: Session, message: FromWorker) {
    match message {
        FromWorker::Alive => {}
        FromWorker::Restored { turns } => {
            // After a restart none is expected: the page knows more than the storage does.
            if session.restoring.get_value() == 1 {
                dialogue::show(session, turns);
            }
            session
                .restoring
                .update_value(|expected| *expected = expected.saturating_sub(1));
            session.engine.set(Engine::Listening);
        }
        FromWorker::Model { state } => model(session, state),
        FromWorker::Kept { models } => session.kept.set(models),
        FromWorker::Inspected { model, report } => choose::inspected(session, &model, report),
        FromWorker::Ledger { spent, reserved } => session.ledger.set(Committed { spent, reserved }),
        FromWorker::Reading {
            request,
            done,
            total,
        } => update(session, request, |progress| {
            if let Progress::Asked { reading, .. } = progress {
                *reading = Some((done, total));
            }
        }),
        FromWorker::Decided { request, decision } => update(session, request, |progress| {
            if let Progress::Asked { decision: slot, .. } = progress {
                *slot = Some(decision);
            }
        }),
        FromWorker::Departing { request, departure } => update(session, request, |progress| {
            if let Progress::Asked {
                departure: slot, ..
            } = progress
            {
                *slot = Some(Box::new(departure));
            }
        }),
        FromWorker::Forgotten { request, turns } => forget(session, request, turns),
        FromWorker::AskingAgain { request, wait_ms } => ask_again(session, request, wait_ms),
        FromWorker::Piece { request, text, .. } => piece(session, request, &text),
        FromWorker::Finished { request, turn } => finish(session, request, turn),
        FromWorker::Failed {
            request,
            kind,
            message,
            turn,
        } => {
            name(session, request, turn.as_ref());
            update(session, request, |progress| {
                *progress = Progress::Failed {
                    kind,
                    message,
                    reply: turn.and_then(|turn| turn.reply).map(Box::new),
                };
            });
        }
        FromWorker::Trouble { kind, message } => notify(session, kind, message),
    }
}

fn model(session: Session, state: LocalModelState) {
    match &state {
        // The last word of a download that was just cancelled says nothing any more.
        LocalModelState::Downloading { bytes, total, .. }
            if session.model_wanted.get_untracked() =>
        {
            session.fetched.set(Some(Fetched {
                bytes: *bytes,
                total: *total,
            }));
        }
        LocalModelState::Ready { .. } => {
            session.fetched.set(None);
            announce(session, "The local model is ready");
        }
        LocalModelState::Failed { .. } => session.model_wanted.set(false),
        _ => {}
    }
    session.model.set(state);
}

/// The exchange that a message is about; `None` for an old request, whose late messages are harmless.
fn find(session: Session, request: RequestId) -> Option<Exchange> {
    untrack(move || queries::live(session)).filter(|exchange| exchange.request() == Some(request))
}

fn update(session: Session, request: RequestId, change: impl FnOnce(&mut Progress)) {
    if let Some(exchange) = find(session, request) {
        exchange.progress.update(change);
    }
}

/// An answer goes on in the next worker; what is shown of it stays.
fn resume(session: Session, request: RequestId) {
    update(session, request, |progress| {
        if let Progress::Asked {
            reading, resumed, ..
        } = progress
        {
            *reading = None;
            *resumed = true;
        }
    });
    announce(session, words::INTERRUPTED);
}

/// The local model sees less of the dialogue than before. It is read out once per change.
fn forget(session: Session, request: RequestId, turns: u32) {
    update(session, request, |progress| {
        if let Progress::Asked { forgotten, .. } = progress {
            *forgotten = turns;
        }
    });
    let newly = find(session, request)
        .and_then(|exchange| untrack(move || queries::newly_forgotten(session, exchange.key)));
    if let Some(turns) = newly {
        announce(session, &words::forgotten(turns));
    }
}

/// The call waits to be made again; waits are read out, their ends are not.
fn ask_again(session: Session, request: RequestId, wait_ms: u32) {
    update(session, request, |progress| {
        if let Progress::Asked { again, .. } = progress {
            *again = Some(wait_ms);
        }
    });
    if wait_ms > 0 {
        announce(session, &words::asking_again(wait_ms));
    }
}

/// Pieces are gathered, and shown once per frame however many arrive.
fn piece(session: Session, request: RequestId, text: &str) {
    let Some(exchange) = find(session, request) else {
        return;
    };
    let is_first = session.pieces.with_value(String::is_empty);
    session.pieces.update_value(|pieces| pieces.push_str(text));
    if is_first {
        request_animation_frame(move || {
            if exchange.request() == Some(request) {
                let pieces = session.pieces.try_update_value(std::mem::take);
                exchange
                    .live
                    .update(|live| live.push_str(&pieces.unwrap_or_default()));
            }
        });
    }
}

/// The exchange has the name of the turn that was stored of it, under which it can be judged.
fn name(session: Session, request: RequestId, turn: Option<&Turn>) {
    let key = find(session, request).map(|exchange| exchange.key);
    session.exchanges.update(|exchanges| {
        let mut named = exchanges.iter_mut();
        if let Some(exchange) = named.find(|exchange| Some(exchange.key) == key) {
            exchange.stored = turn.map(|turn| turn.id);
        }
    });
}

fn finish(session: Session, request: RequestId, turn: Turn) {
    name(session, request, Some(&turn));
    let Some(exchange) = find(session, request) else {
        return;
    };
    let progress = turn.reply.map_or(Progress::Unanswered, |reply| {
        Progress::Answered(Box::new(reply))
    });
    announce(
        session,
        match progress.phase() {
            Phase::Stopped => "Answer stopped",
            _ => "Answer finished",
        },
    );
    exchange.progress.set(progress);
}
