//! A chat opens: the worker is started, the stored dialogue shown, the settings passed on.

use leptos::{prelude::*, task::spawn_local};
use weir_browser::{
    config::{PageConfig, fetch_config},
    means,
    messages::{DeviceChoice, ErrorKind, ToWorker},
    storage::stored_dialogue,
    worker::WorkerHandle,
};

use super::{ask, attach, dialogue, load, notify, prefer, receive::receive, sign_in};
use crate::session::{Engine, Session, queries};

/// Starts everything that a chat needs. Called once, inside the component that owns the session.
pub fn start(session: Session) {
    let (url, asked) = session
        .options
        .with_value(|options| (options.worker_url.clone(), options.device));
    let device = match asked {
        DeviceChoice::Measure => session.settings.with_untracked(|settings| settings.device),
        named => named,
    };
    match WorkerHandle::spawn(&url, move |event| receive(session, event)) {
        Ok(worker) => {
            worker.send(&ToWorker::Start {
                preferences: queries::preferences(session),
                device,
            });
            worker.send(&ToWorker::ListKept);
            session.worker.set_value(Some(worker));
        }
        Err(error) => session.engine.set(Engine::GaveUp {
            reason: error.to_string(),
        }),
    }
    keep_in_step(session);
    prefer::follow_other_tabs(session);
    attach::listen(session);
    spawn_local(show_stored_dialogue(session));
    spawn_local(learn_offers(session));
    if session.options.with_value(|options| options.sign_in) {
        spawn_local(sign_in::take_key(session));
    }
}

/// What follows from other changes, whoever made them.
fn keep_in_step(session: Session) {
    let preferences = Memo::new(move |_| queries::preferences(session));
    Effect::new(move |_| prefer::tell_worker(session, &preferences.get()));
    Effect::new(move |before: Option<()>| {
        session.settings.with(|settings| {
            if before.is_some() {
                settings.save();
            }
        });
    });
    Effect::new(move |_| ask::keep_draft(session));
    Effect::new(move |_| dialogue::renew(session));
    Effect::new(move |_| ask::ask_next(session));
}

/// The dialogue is read from storage at once: the worker, which does the same, takes seconds to come.
async fn show_stored_dialogue(session: Session) {
    let Ok(turns) = stored_dialogue().await else {
        return;
    };
    if session.restoring.try_get_value() == Some(1) {
        dialogue::show(session, turns);
    }
}

async fn learn_offers(session: Session) {
    let found = means::find().await;
    let offers = fetch_config().await;
    if session.offers.try_get_untracked().is_none() {
        return;
    }
    let offers = offers.unwrap_or_else(|error| {
        notify(session, ErrorKind::Provider, error.to_string());
        PageConfig::default()
    });
    session.means.set(found.means);
    session.offers.set(Some(offers));
    let accepted = session
        .settings
        .with_untracked(|settings| settings.model_accepted);
    if accepted || session.options.with_value(|options| options.load_at_once) {
        load::begin(session);
    }
}
