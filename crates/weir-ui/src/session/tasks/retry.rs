//! The user asks again, or takes a question back to change it.

use leptos::prelude::*;
use weir_core::mask::Wish;

use super::ask::queued;
use crate::session::{ExchangeKey, Session};

/// Asks the same again, in the same place of the dialogue. Attachments of a dialogue that was
/// reloaded are gone; its text is asked alone.
pub fn retry(session: Session, key: ExchangeKey, wish: Option<Wish>) {
    session.exchanges.update(|exchanges| {
        if let Some(place) = exchanges.iter().position(|exchange| exchange.key == key) {
            let old = exchanges.remove(place);
            let text = old.user.text.clone();
            let again = queued(session, text, old.media, wish.or(old.user.wish));
            exchanges.push(again);
        }
    });
}

/// Takes a question and its attachments back into the composer, before what is there.
pub fn edit(session: Session, key: ExchangeKey) {
    let mut taken = None;
    session.exchanges.update(|exchanges| {
        if let Some(place) = exchanges.iter().position(|exchange| exchange.key == key) {
            taken = Some(exchanges.remove(place));
        }
    });
    let Some(exchange) = taken else {
        return;
    };
    session.text.update(|text| {
        *text = if text.trim().is_empty() {
            exchange.user.text.clone()
        } else {
            format!("{}\n\n{text}", exchange.user.text)
        };
    });
    session.media.update(|media| {
        media.splice(..0, exchange.media);
    });
}
