//! The gate: asks the user through the page, and writes the egress log.

use std::cell::RefCell;

use futures::channel::oneshot;
use weir_browser::{
    capture::picture,
    storage::departures::{self, Departed, DepartedUpload},
};
use weir_core::{Approval, Departure};
use weir_engine::{Crossing, Gate, StoreError, Upload};

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

    async fn record(&self, crossing: Crossing<'_>) -> Result<(), StoreError> {
        let Crossing {
            reservation,
            at,
            terms,
            call,
            bytes,
        } = crossing;
        let mut uploads = Vec::new();
        for upload in &call.uploads {
            uploads.push(departed(upload).await);
        }
        let messages = call.messages.iter();
        departures::append(&Departed {
            at,
            host: terms.host.clone(),
            model: terms.model.clone(),
            messages: messages
                .map(|message| (message.speaker, message.text.clone()))
                .collect(),
            uploads,
            bytes,
            reservation,
        })
        .await?;
        Ok(())
    }
}

async fn departed(upload: &Upload<'_>) -> DepartedUpload {
    let thumbnail = if upload.modality.is_picture() {
        picture::thumbnail(upload.bytes).await.ok()
    } else {
        None
    };
    DepartedUpload {
        modality: upload.modality,
        mime: upload.mime.to_owned(),
        bytes: upload.bytes.len() as u64,
        seconds: upload.seconds,
        thumbnail,
    }
}
