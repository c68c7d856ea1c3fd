//! The user writes in the composer.

use leptos::prelude::*;
use weir_browser::messages::ErrorKind;

use crate::session::Session;

/// Puts `text` into the composer, and takes back the remark that there was none.
pub fn write(session: Session, text: String) {
    let is_remark = |kind| kind == ErrorKind::EmptyPrompt;
    let remarked = session
        .notices
        .with_untracked(|notices| notices.iter().any(|notice| is_remark(notice.kind)));
    if remarked {
        session
            .notices
            .update(|notices| notices.retain(|notice| !is_remark(notice.kind)));
    }
    session.text.set(text);
}
