//! The user looked at what would leave, and changes it, or says whether it may.

use std::sync::Arc;

use leptos::prelude::*;
use weir_browser::messages::ToWorker;
use weir_core::{Approval, UserTurn};

use super::change_settings;
use crate::session::{ExchangeKey, Progress, Session, queries};

/// Says so to the worker. Sending something to a host is agreeing to it; the question shows what
/// was sent.
pub fn approve(session: Session, approval: Approval) {
    let asked = untrack(move || queries::departure(session));
    let Some((exchange, departure)) = asked else {
        return;
    };
    let Some(request) = exchange.request() else {
        return;
    };
    if let Approval::Send(revision) = &approval {
        if departure.first {
            change_settings(session, |settings| settings.consents.push(departure.host));
        }
        if revision.text != exchange.user.text {
            let user = UserTurn {
                text: revision.text.clone(),
                ..(*exchange.user).clone()
            };
            rewrite(session, exchange.key, user);
        }
    }
    if !matches!(approval, Approval::Look(_)) {
        exchange.progress.update(|progress| {
            if let Progress::Asked { departure, .. } = progress {
                *departure = None;
            }
        });
    }
    session.with_worker(|worker| worker.send(&ToWorker::Approve { request, approval }));
}

/// Shows another question in the place of one. What is drawn goes by its key, so it gets a new one.
fn rewrite(session: Session, key: ExchangeKey, user: UserTurn) {
    session.exchanges.update(|exchanges| {
        if let Some(exchange) = exchanges.iter_mut().find(|exchange| exchange.key == key) {
            exchange.key = session.next_number();
            exchange.user = Arc::new(user);
        }
    });
}
