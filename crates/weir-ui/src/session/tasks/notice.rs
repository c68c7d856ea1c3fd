//! Something happened outside any turn, or is to be read out.

use leptos::prelude::*;
use weir_browser::messages::ErrorKind;

use crate::session::{Notice, Session};

/// Shows a notice until it is dismissed; the same one twice is shown once.
pub fn notify(session: Session, kind: ErrorKind, message: String) {
    let key = session.next_number();
    session.notices.update(|notices| {
        notices.retain(|notice| notice.kind != kind);
        notices.push(Notice { key, kind, message });
    });
}

/// Takes a notice away.
pub fn dismiss(session: Session, key: u32) {
    session
        .notices
        .update(|notices| notices.retain(|notice| notice.key != key));
}

/// Has a screen reader say something once it is free to.
pub fn announce(session: Session, words: &str) {
    session.announcement.set(words.to_owned());
}
