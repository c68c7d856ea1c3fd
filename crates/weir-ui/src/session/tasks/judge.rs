//! The user says what they think of an answer, or takes back what was learned from all of them.

use leptos::prelude::*;
use weir_browser::messages::ToWorker;
use weir_core::{Opinion, TurnId, mask::Wish};

use super::{announce, retry};
use crate::session::{ExchangeKey, Progress, Session};

/// Marks an answer; `None` takes the mark back.
pub fn judge(session: Session, key: ExchangeKey, opinion: Option<Opinion>) {
    let Some(turn) = stored(session, key) else {
        return;
    };
    session.exchanges.with_untracked(|exchanges| {
        let exchange = exchanges.iter().find(|exchange| exchange.key == key);
        if let Some(exchange) = exchange {
            exchange.progress.update(|progress| match progress {
                Progress::Answered(reply) => reply.opinion = opinion,
                Progress::Failed {
                    reply: Some(reply), ..
                } => reply.opinion = opinion,
                _ => {}
            });
        }
    });
    session.with_worker(|worker| worker.send(&ToWorker::Judge { turn, opinion }));
}

/// Has another answer in the place of the last one.
pub fn redo(session: Session, key: ExchangeKey, wish: Wish) {
    judge(session, key, Some(Opinion::Unwanted));
    retry(session, key, Some(wish));
}

/// Forgets what past turns taught.
pub fn forget_lessons(session: Session) {
    session.with_worker(|worker| worker.send(&ToWorker::ForgetLessons));
    announce(session, "Forgotten");
}

fn stored(session: Session, key: ExchangeKey) -> Option<TurnId> {
    session.exchanges.with_untracked(|exchanges| {
        let exchange = exchanges.iter().find(|exchange| exchange.key == key);
        exchange?.stored
    })
}
