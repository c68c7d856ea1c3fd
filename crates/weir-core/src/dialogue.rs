//! Dialogues: ordered turns, each one user input and its reply.

use serde::{Deserialize, Serialize};

use crate::{
    decision::Decision, mask::Wish, modality::Modality, opinion::Opinion, receipt::Receipt,
    reply::ReplyOptions,
};

/// Name of a turn, unique within its dialogue and ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TurnId(pub u64);

/// Name of an attachment, unique within its turn: its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttachmentId(pub usize);

/// What is remembered of an attachment; its bytes travel beside it and are not kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// What it is.
    pub modality: Modality,
    /// Its media type: `image/jpeg`, `audio/wav`.
    pub mime: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// Length of a clip in seconds; 0 for a picture.
    pub seconds: f32,
}

/// One user input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UserTurn {
    /// What the user wrote.
    pub text: String,
    /// What the user attached, by slot.
    pub attachments: Vec<Attachment>,
    /// Where the user wants it answered, if they said so.
    pub wish: Option<Wish>,
    /// What the reply should be like.
    #[serde(default)]
    pub options: ReplyOptions,
}

/// Who says something to a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// Weir itself.
    System,
    /// The user.
    User,
    /// The model, earlier.
    Assistant,
}

/// Who answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "where")]
pub enum Where {
    /// This device.
    Local {
        /// Name of the model.
        model: String,
    },
    /// A provider.
    Cloud {
        /// Name of the model.
        model: String,
        /// Host that received the call.
        host: String,
    },
}

/// How a reply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The model said all it wanted.
    Complete,
    /// It reached the output limit or the end of the context.
    Length,
    /// The user stopped it.
    Stopped,
    /// It broke off; what came before is kept.
    CutOff,
}

/// An answer, whole or broken off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// Its text.
    pub text: String,
    /// How it ended.
    pub ending: Ending,
    /// What it cost.
    pub receipt: Receipt,
    /// How it was decided.
    pub decision: Decision,
    /// What the user thinks of it, if they said so.
    #[serde(default)]
    pub opinion: Option<Opinion>,
}

/// One turn: an input, and its reply once there is one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Its name.
    pub id: TurnId,
    /// What the user said.
    pub user: UserTurn,
    /// What was answered.
    pub reply: Option<Reply>,
}
