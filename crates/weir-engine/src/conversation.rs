//! What a model is told: the dialogue as messages.

use weir_core::{Modality, Speaker, Turn, UserTurn};

/// One message to a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who says it.
    pub speaker: Speaker,
    /// What.
    pub text: String,
}

/// What every model is told first. The task probe is trained behind it.
pub const SYSTEM: &str = "You are Weir, a helpful assistant. Answer briefly and to the point.";

impl Message {
    fn new(speaker: Speaker, text: impl Into<String>) -> Self {
        Self {
            speaker,
            text: text.into(),
        }
    }
}

/// The dialogue up to and including the new message `text`. Turns that got no reply are left out: a model that sees
/// two questions in a row answers the wrong one.
pub(crate) fn conversation(turns: &[Turn], text: &str) -> Vec<Message> {
    let mut messages = vec![Message::new(Speaker::System, SYSTEM)];
    for turn in turns {
        if let Some(reply) = &turn.reply {
            messages.push(Message::new(Speaker::User, turn.user.text.as_str()));
            messages.push(Message::new(Speaker::Assistant, reply.text.as_str()));
        }
    }
    messages.push(Message::new(Speaker::User, text));
    messages
}

/// The same for a local model, which sees text alone: it is told what it cannot see.
pub(crate) fn local_conversation(turns: &[Turn], user: &UserTurn) -> Vec<Message> {
    let mut messages = conversation(turns, &user.text);
    if let Some(last) = messages.last_mut() {
        for attachment in &user.attachments {
            let what = match attachment.modality {
                Modality::CameraView => "a camera picture, which you cannot see",
                Modality::Image => "a picture, which you cannot see",
                Modality::MicrophoneClip => "a sound recording, which you cannot hear",
            };
            last.text.push_str(&format!("\n[Attached: {what}]"));
        }
    }
    messages
}
