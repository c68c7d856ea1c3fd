//! The engine's world, as this worker finds it.

use std::time::Duration;

use weir_browser::{
    egress,
    storage::{IndexedLessons, IndexedStore},
    timers,
};
use weir_core::Moment;
use weir_engine::World;

use crate::{cloud::Cloud, gate::Doorway, local::Local, policy::Offloading};

/// Everything outside the engine, in one place.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) policy: Offloading,
    pub(crate) local: Local,
    pub(crate) cloud: Cloud,
    pub(crate) gate: Doorway,
    pub(crate) store: IndexedStore,
    pub(crate) lessons: IndexedLessons,
}

impl World for Page {
    type Policy = Offloading;
    type Local = Local;
    type Cloud = Cloud;
    type Gate = Doorway;
    type Store = IndexedStore;
    type Lessons = IndexedLessons;

    fn policy(&self) -> &Offloading {
        &self.policy
    }

    fn local(&self) -> &Local {
        &self.local
    }

    fn cloud(&self) -> &Cloud {
        &self.cloud
    }

    fn gate(&self) -> &Doorway {
        &self.gate
    }

    fn store(&self) -> &IndexedStore {
        &self.store
    }

    fn lessons(&self) -> &IndexedLessons {
        &self.lessons
    }

    fn now_ms(&self) -> f64 {
        timers::now_ms()
    }

    fn moment(&self) -> Moment {
        timers::moment()
    }

    fn online(&self) -> bool {
        egress::online()
    }

    async fn wait(&self, wait: Duration) {
        timers::after(wait.as_secs_f64() * 1e3).await;
    }
}
