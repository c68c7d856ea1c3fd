//! The user looks at another local model, and takes it.

use leptos::prelude::*;
use web_sys::File;
use weir_browser::messages::{ModelFile, ModelReport, ToWorker};

use super::load_model;
use crate::session::{Candidate, Choosing, Session, model_at, queries};

/// Asks which model it should be.
pub fn choose_other(session: Session) {
    session.choosing.set(Choosing::Asking);
}

/// Leaves everything as it is.
pub fn close_choice(session: Session) {
    session.choosing.set(Choosing::Nothing);
}

/// Looks at the model at an address.
pub fn look_at_address(session: Session, address: &str) {
    match model_at(address) {
        Some(model) => look(
            session,
            Candidate {
                model,
                files: Vec::new(),
            },
        ),
        None => session.choosing.set(Choosing::Refused(
            "This is no address that can be fetched. It must begin with https:// and lead to a GGUF \
             file."
                .to_owned(),
        )),
    }
}

/// Looks at the files that the user picked or dropped.
pub fn look_at_files(session: Session, files: Vec<File>) {
    if let Some(candidate) = Candidate::picked(files) {
        look(session, candidate);
    }
}

fn look(session: Session, candidate: Candidate) {
    let Candidate { model, files } = candidate.clone();
    session.choosing.set(Choosing::Looking(candidate));
    session.with_worker(|worker| worker.send_with_files(ToWorker::Inspect { model }, files));
}

/// The worker has looked.
pub(super) fn inspected(session: Session, model: &ModelFile, report: Result<ModelReport, String>) {
    let candidate = match session.choosing.get_untracked() {
        Choosing::Looking(candidate) if candidate.model == *model => candidate,
        // The user has moved on.
        _ => return,
    };
    session.choosing.set(match report {
        Ok(report) => Choosing::Found(candidate, Box::new(report)),
        Err(message) => Choosing::Refused(message),
    });
}

/// Loads what was looked at, in place of any other model. Where `keep`, it is loaded the next time,
/// too.
pub fn take(session: Session, keep: bool) {
    let Choosing::Found(candidate, report) = session.choosing.get_untracked() else {
        return;
    };
    close_choice(session);
    let Candidate { mut model, files } = candidate;
    if let Some(name) = report.name.filter(|name| !name.trim().is_empty()) {
        model.name = name;
    }
    replace(session, Candidate { model, files }, keep);
}

/// Loads a model that the page offers, or that is kept, in place of any other.
pub fn take_offer(session: Session, model: ModelFile) {
    close_choice(session);
    let files = Vec::new();
    replace(session, Candidate { model, files }, true);
}

fn replace(session: Session, Candidate { model, files }: Candidate, keep: bool) {
    session.picked.set_value(files);
    session.keep.set_value(keep);
    let offered_first = untrack(move || queries::offered_models(session).into_iter().next());
    let remembered = Some(&model)
        .filter(|model| keep && offered_first.as_ref() != Some(model))
        .cloned();
    session
        .settings
        .update(|settings| settings.model = remembered);
    session.chosen.set(Some(model));
    session.fetched.set(None);
    load_model(session);
}
