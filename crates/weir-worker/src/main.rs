//! The worker: owns device, model, policy and ledger, and answers the page's messages.
//!
//! It is where the crates meet that do not know of each other. [`session`] hears the page;
//! [`world`] joins the adapters that fit each crate to the engine: [`local`] (with [`loading`],
//! [`inspect`], [`devices`] and [`wanted`]), [`cloud`], [`gate`], [`policy`]. It decides nothing by itself.

mod cloud;
mod constructors;
mod devices;
mod gate;
mod inspect;
mod kinds;
mod loading;
mod local;
mod policy;
mod relaxed;
mod session;
mod wanted;
mod world;

use weir_browser::{
    inbox,
    messages::{ErrorKind, FromWorker},
    storage::{IndexedLessons, IndexedStore},
};

use crate::{
    cloud::Cloud, gate::Doorway, local::Local, policy::Offloading, session::Session, world::Page,
};

fn main() {
    constructors::run();
    // Where it cannot be, the plain kernels do the same, a little slower.
    relaxed::adopt(relaxed::MODULE).ok();
    let policy = match Offloading::shipped() {
        Ok(policy) => policy,
        Err(error) => {
            inbox::listen(|_| {});
            inbox::post(&FromWorker::Trouble {
                kind: ErrorKind::WorkerDied,
                message: format!("This build is broken: {error}."),
            });
            return;
        }
    };
    let session = Session::new(Page {
        policy,
        local: Local::default(),
        cloud: Cloud::default(),
        gate: Doorway::default(),
        store: IndexedStore::default(),
        lessons: IndexedLessons,
    });
    inbox::listen(move |incoming| session.hear(incoming));
}
