//! What is about to leave the device, what the user says to it, and what is kept of it in the egress log.

use serde::{Deserialize, Serialize};

use crate::{
    calendar::Moment,
    dialogue::Speaker,
    entry::Reservation,
    modality::{Modality, ModalitySet},
    money::NanoUsd,
};

/// One call as it would be made, for the user to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// Who would receive it: host, with its port if it has one.
    pub host: String,
    /// Whether the user has not agreed yet to anything going to this host.
    pub first: bool,
    /// The text of every message in its passages, in order; the new one last.
    pub messages: Vec<Vec<Passage>>,
    /// The most it can cost.
    pub most: NanoUsd,
    /// Whether it could be answered on this device instead.
    pub answerable_here: bool,
    /// The new message and what goes along, as the user changed it so far; at first, all that may go.
    pub revision: Revision,
}

/// A part of a text, and what is sent in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// As it was said.
    pub text: String,
    /// The placeholder that goes in its place.
    pub placeholder: Option<String>,
}

impl Passage {
    /// What is sent of it.
    #[must_use]
    pub fn sent(&self) -> &str {
        self.placeholder.as_deref().unwrap_or(&self.text)
    }
}

/// What the user can change about a departure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// The new message, with its details.
    pub text: String,
    /// Whether placeholders go in place of details.
    pub redact: bool,
    /// Slots of the attachments that go along.
    pub uploads: ModalitySet,
}

/// What the user says to a departure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// Show it once more, with these changes.
    Look(Revision),
    /// Send what was shown. If that was another revision than this, this is shown first.
    Send(Revision),
    /// Answer on this device.
    Here,
    /// Send nothing.
    Withhold,
}

/// One call that left the device, or was given leave to a moment before it failed to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Departed {
    /// What the clock showed.
    pub at: Moment,
    /// Who was called: host, with its port if it has one.
    pub host: String,
    /// The model that was asked.
    pub model: String,
    /// The text, message by message, as it was sent.
    pub messages: Vec<(Speaker, String)>,
    /// What went along.
    pub uploads: Vec<DepartedUpload>,
    /// Length of the request's body.
    pub bytes: u64,
    /// The number of the ledger's line that says what it cost.
    pub reservation: Reservation,
}

/// An attachment that left the device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DepartedUpload {
    /// What it was.
    pub modality: Modality,
    /// Its media type.
    pub mime: String,
    /// Its length.
    pub bytes: u64,
    /// Length of a clip in seconds; 0 for a picture.
    pub seconds: f32,
    /// A picture made small, as an address that holds all of it (`data:`); `None` for a clip.
    pub thumbnail: Option<String>,
}
