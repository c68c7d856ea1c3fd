//! What the user lets leave the device.

use serde::{Deserialize, Serialize};

use crate::{
    dialogue::Attachment,
    modality::{Modality, ModalitySet},
};

/// Whether something may leave the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// It stays.
    Never,
    /// Only what the user looked at and approved, call by call.
    Ask,
    /// Without asking.
    Allow,
}

/// One rule for the text and one for each modality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivacyRules {
    /// The text of a dialogue. Where it stays, nothing goes: an upload without words is no question.
    pub text: Rule,
    /// Frames of a camera.
    pub camera_view: Rule,
    /// Pictures that the user chose.
    pub image: Rule,
    /// Recorded clips.
    pub microphone_clip: Rule,
}

impl PrivacyRules {
    /// The rule for a modality.
    #[must_use]
    pub const fn of(&self, modality: Modality) -> Rule {
        match modality {
            Modality::CameraView => self.camera_view,
            Modality::Image => self.image,
            Modality::MicrophoneClip => self.microphone_clip,
        }
    }

    /// The slots whose upload is not forbidden.
    #[must_use]
    pub fn uploads(&self, attachments: &[Attachment]) -> ModalitySet {
        let slots = attachments.iter().enumerate();
        slots
            .filter(|(_, attachment)| self.of(attachment.modality) != Rule::Never)
            .map(|(slot, _)| slot)
            .collect()
    }
}

impl Default for PrivacyRules {
    /// What is typed was written for somebody else's eyes; what a lens or a microphone catches is
    /// looked at first.
    fn default() -> Self {
        Self {
            text: Rule::Allow,
            camera_view: Rule::Ask,
            image: Rule::Ask,
            microphone_clip: Rule::Ask,
        }
    }
}

/// When details of people, and keys, are left out of what is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Redaction {
    /// Never by itself.
    Never,
    /// In what the user looks at first, and from then on in the rest of its dialogue.
    #[default]
    WhenAsked,
    /// In every call.
    Always,
}
