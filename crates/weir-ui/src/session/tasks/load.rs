//! The user asks for the local model, or pauses its download.

use leptos::prelude::*;
use weir_browser::{
    means,
    messages::{ErrorKind, Means, ToWorker},
};

use super::notify;
use crate::session::{Session, queries};

/// Fetches and loads the local model, from where it was paused if it was. It is loaded without
/// asking from now on.
pub fn load_model(session: Session) {
    let Some(model) = untrack(move || queries::model_file(session)) else {
        notify(
            session,
            ErrorKind::Download,
            "This page offers no local model. Set up a cloud model in the settings.".to_owned(),
        );
        return;
    };
    session.model_wanted.set(true);
    session
        .settings
        .update(|settings| settings.model_accepted = true);
    let means = session.means.get_untracked();
    session.with_worker(|worker| worker.send(&ToWorker::Load { model, means }));
}

/// Stops fetching; what is here is kept, and nothing is fetched until the user asks again.
pub fn pause_loading(session: Session) {
    session.model_wanted.set(false);
    session
        .settings
        .update(|settings| settings.model_accepted = false);
    session.with_worker(|worker| worker.send(&ToWorker::PauseLoading));
}

/// Lets the local model use all of this machine again, after a crash had it use less.
pub fn use_full_means(session: Session) {
    means::keep(Means::FULL);
    session.means.set(Means::FULL);
    if session.model_wanted.get_untracked() {
        load_model(session);
    }
}
