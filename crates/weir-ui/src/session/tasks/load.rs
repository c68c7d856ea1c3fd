//! The user asks for the local model, pauses its download, or takes back that they asked.

use leptos::{prelude::*, task::spawn_local};
use weir_browser::{
    means,
    messages::{ErrorKind, Means, ToWorker},
    models::room,
};

use super::notify;
use crate::session::{Session, queries};

/// Fetches and loads the local model, from where it was paused if it was. It is loaded without
/// asking from now on, and the browser is asked to keep it.
pub fn load_model(session: Session) {
    begin(session);
    if session.kept_for_good.get_untracked().is_none() {
        spawn_local(async move {
            let kept = room::keep_for_good().await;
            session.kept_for_good.try_set(Some(kept));
        });
    }
}

/// The same without a click, where that was decided before.
pub(super) fn begin(session: Session) {
    let Some(model) = untrack(move || queries::model_file(session)) else {
        notify(
            session,
            ErrorKind::Download,
            "This page offers no local model. Set up a cloud model in the settings.".to_owned(),
        );
        return;
    };
    want(session, true);
    let (files, keep) = (session.picked.get_value(), session.keep.get_value());
    let means = session.means.get_untracked();
    session.with_worker(|worker| {
        worker.send_with_files(ToWorker::Load { model, keep, means }, files);
    });
}

/// Stops fetching; what is here is kept, and nothing is fetched until the user asks again.
pub fn pause_loading(session: Session) {
    want(session, false);
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

/// Stops fetching, and deletes what was fetched.
pub fn cancel_loading(session: Session) {
    want(session, false);
    session.fetched.set(None);
    session.with_worker(|worker| worker.send(&ToWorker::CancelLoading));
}

/// Whether the model is wanted, now and the next time the page is opened.
pub(super) fn want(session: Session, wanted: bool) {
    session.model_wanted.set(wanted);
    session
        .settings
        .update(|settings| settings.model_accepted = wanted);
}
