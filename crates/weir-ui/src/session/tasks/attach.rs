//! The user attaches a picture or a clip, or takes one away.

use leptos::prelude::*;
use weir_browser::capture::Captured;
use weir_core::ModalitySet;

use super::announce;
use crate::{
    session::{Capturing, Medium, Session},
    words,
};

/// Attaches what was captured and looked at, and closes the dialog.
pub fn attach(session: Session, captured: Captured) {
    let name = words::capitalised(words::modality(captured.modality));
    session.media.update(|media| {
        if media.len() < ModalitySet::MAX_SLOTS {
            media.push(captured.into());
        }
    });
    session.capturing.set(Capturing::Nothing);
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
