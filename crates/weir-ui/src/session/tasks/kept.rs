//! The user deletes a model that is kept in this browser.

use leptos::prelude::*;
use weir_browser::messages::{ModelFile, ToWorker};

use super::load::want;
use crate::session::{Session, queries};

/// Deletes what is kept of a model. It is not fetched again before the user asks for it.
pub fn delete_kept(session: Session, model: ModelFile) {
    let chosen = untrack(move || queries::model_file(session));
    if chosen.is_some_and(|chosen| chosen.shards == model.shards) {
        want(session, false);
        session.settings.update(|settings| settings.model = None);
        session.fetched.set(None);
    }
    session.with_worker(|worker| worker.send(&ToWorker::DeleteKept { model }));
}
