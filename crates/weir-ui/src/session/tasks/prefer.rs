//! The user changes the settings.

use leptos::prelude::*;
use weir_browser::messages::Preferences;
use weir_cloud::Secret;

use crate::session::{CloudChoice, Session, Settings};

/// Changes the settings; they are kept, and the worker is told.
pub fn change_settings(session: Session, change: impl FnOnce(&mut Settings)) {
    session.settings.update(change);
}

/// Chooses which cloud model may answer. The key stays in memory, and goes when the choice does.
pub fn set_cloud(session: Session, choice: CloudChoice, key: Option<Secret>) {
    session.key.set(key);
    session.settings.update(|settings| settings.cloud = choice);
}

/// Passes the preferences on. The key goes along only while a provider is there to use it.
pub(super) fn tell_worker(session: Session, preferences: &Preferences) {
    let key = session.key.get().filter(|_| preferences.provider.is_some());
    session.with_worker(|worker| worker.prefer(preferences, key));
}
