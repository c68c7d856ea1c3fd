//! The gate: asks the user through the page.

use std::cell::RefCell;

use futures::channel::oneshot;
use weir_browser::capture::picture;
use weir_core::{Approval, Departure};
use weir_engine::{Gate, Upload};

/// Where the page's word is waited for.
#[derive(Debug, Default)]
pub(crate) struct Doorway {
    waiting: RefCell<Option<oneshot::Sender<Approval>>>,
}

impl Doorway {
    /// The user said this to what they were shown last. If nobody waits for it any more, it is
    /// too late.
    pub(crate) fn hear(&self, approval: Approval) {
        if let Some(waiting) = self.waiting.take() {
            let _ = waiting.send(approval);
        }
    }
}

impl Gate for Doorway {
    /// The page is shown the departure by the engine's own event.
    async fn approve(&self, _: &Departure) -> Approval {
        let (said, hears) = oneshot::channel();
        self.waiting.replace(Some(said));
        hears.await.unwrap_or(Approval::Withhold)
    }

    async fn thumbnail(&self, picture: &Upload<'_>) -> Option<String> {
        picture::thumbnail(picture.bytes).await.ok()
    }
}
