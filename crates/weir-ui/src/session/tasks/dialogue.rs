//! The stored dialogue is shown, or a new one begun.

use leptos::prelude::*;
use weir_browser::messages::ToWorker;
use weir_core::Turn;

use super::{announce, stop};
use crate::session::{Exchange, Phase, Progress, Session, queries};

/// Shows `turns` as the dialogue, before whatever was typed while they were being read. A turn that
/// is shown already stays as it is drawn.
pub(super) fn show(session: Session, turns: Vec<Turn>) {
    session.exchanges.update(|exchanges| {
        let mut before = std::mem::take(exchanges);
        for turn in turns {
            let shown = before
                .iter()
                .position(|exchange| exchange.stored == Some(turn.id));
            exchanges.push(match shown {
                Some(place) => before.remove(place),
                None => Exchange::restored(session.next_number(), turn),
            });
        }
        before.retain(|exchange| exchange.stored.is_none());
        exchanges.append(&mut before);
    });
}

/// Forgets the dialogue and begins a new one, once the answer that is arriving has stopped: its
/// charge belongs to the old one. What is typed stays in the composer.
pub fn new_dialogue(session: Session) {
    stop(session);
    session.renewing.set(true);
}

/// Begins the new dialogue when nothing is in its way any more.
pub(super) fn renew(session: Session) {
    if !session.renewing.get() || queries::live(session).is_some() {
        return;
    }
    session.renewing.set(false);
    session.with_worker(|worker| worker.send(&ToWorker::NewDialogue));
    session.restoring.update_value(|expected| *expected += 1);
    session.exchanges.update(|exchanges| {
        exchanges
            .retain(|exchange| exchange.progress.with_untracked(Progress::phase) == Phase::Queued);
    });
    announce(session, "New dialogue");
}
