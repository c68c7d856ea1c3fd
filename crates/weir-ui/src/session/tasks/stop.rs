//! The user stops an answer.

use leptos::prelude::*;
use weir_browser::messages::ToWorker;

use super::edit;
use crate::session::{Session, queries};

/// Stops the answer that is arriving; what arrived is kept. A turn that is only waiting goes back
/// to the composer.
pub fn stop(session: Session) {
    let live = untrack(move || queries::live(session));
    if let Some(request) = live.and_then(|exchange| exchange.request()) {
        session.with_worker(|worker| worker.send(&ToWorker::Cancel { request }));
        return;
    }
    if let Some(exchange) = untrack(move || queries::next_queued(session)) {
        edit(session, exchange.key);
    }
}
