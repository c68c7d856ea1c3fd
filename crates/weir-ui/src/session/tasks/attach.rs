//! The user attaches a picture or a clip, or takes one away.

use leptos::prelude::*;
use weir_browser::{capture::Captured, messages::ErrorKind};
use weir_core::ModalitySet;

use super::{announce, notify};
use crate::{
    aside,
    capture::Wanted,
    session::{Medium, Session},
    words,
};

/// Has something captured. The module for that is fetched first if it is not there yet.
pub fn capture(session: Session, wanted: Wanted) {
    if session.aside.get_value() {
        return aside::want(&wanted);
    }
    session.wanted.set(Some(wanted));
    let url = session
        .options
        .with_value(|options| options.aside_url.clone());
    aside::load(&url, move || {
        session.wanted.set(None);
        let message =
            "A part of the page could not be fetched. Check the connection and try again.";
        notify(session, ErrorKind::Download, message.to_owned());
    });
}

/// Takes in what is captured beside the chat.
pub(super) fn listen(session: Session) {
    let ready = move || {
        session.aside.set_value(true);
        if let Some(wanted) = session.wanted.get_untracked() {
            session.wanted.set(None);
            aside::want(&wanted);
        }
    };
    aside::listen(ready, move |captured| attach(session, captured));
}

/// Attaches what was captured and looked at.
fn attach(session: Session, captured: Captured) {
    let name = words::capitalised(words::modality(captured.modality));
    session.media.update(|media| {
        if media.len() < ModalitySet::MAX_SLOTS {
            media.push(captured.into());
        }
    });
    announce(session, &format!("{name} attached"));
}

/// Takes the attachment at `place` away.
pub fn detach(session: Session, place: usize) {
    session.media.update(|media| {
        if place < media.len() {
            let Medium { attachment, .. } = media.remove(place);
            let name = words::capitalised(words::modality(attachment.modality));
            announce(session, &format!("{name} removed"));
        }
    });
}
