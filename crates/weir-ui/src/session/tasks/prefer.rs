//! The user changes the settings.

use leptos::prelude::*;
use weir_browser::messages::Preferences;
use weir_cloud::Secret;

use crate::session::{CloudChoice, Session, Settings, kept_key};

/// Changes the settings; they are kept, and the worker is told.
pub fn change_settings(session: Session, change: impl FnOnce(&mut Settings)) {
    session.settings.update(change);
}

/// Chooses which cloud model may answer. The key stays in memory, with `keep_key` also in this tab,
/// and goes when the choice does.
pub fn set_cloud(session: Session, choice: CloudChoice, key: Option<Secret>, keep_key: bool) {
    match (&choice, &key) {
        (CloudChoice::Own { provider, .. }, Some(key)) if keep_key => {
            kept_key::keep(&provider.base_url, key);
        }
        _ => kept_key::forget(),
    }
    session.key.set(key);
    session.settings.update(|settings| settings.cloud = choice);
}

/// What the user decides in one tab counts in the others at once: a limit or private mode that the rest
/// of them do not know of would be none.
pub(super) fn follow_other_tabs(session: Session) {
    let heard = window_event_listener_untyped("storage", move |_| take_over(session));
    on_cleanup(move || heard.remove());
}

/// Takes over what is stored. Where nothing is, somebody cleared it: that decides nothing.
fn take_over(session: Session) {
    let Some(decided) = Settings::stored() else {
        return;
    };
    let before = session.settings.get_untracked();
    if before == decided {
        return;
    }
    // A key is for the provider that it was typed in for, and no other.
    if before.cloud != decided.cloud {
        session.key.set(kept_key::load(&decided.cloud));
    }
    session.settings.set(decided);
}

/// Passes the preferences on. The key goes along only while a provider is there to use it.
pub(super) fn tell_worker(session: Session, preferences: &Preferences) {
    let key = session.key.get().filter(|_| preferences.provider.is_some());
    session.with_worker(|worker| worker.prefer(preferences, key));
}
