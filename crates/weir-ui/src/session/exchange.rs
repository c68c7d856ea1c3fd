//! One turn as the page shows it: what was asked, and how far the answer is.

use std::sync::Arc;

use leptos::prelude::*;
use weir_browser::{
    capture::{Captured, ObjectUrl},
    messages::{ErrorKind, RequestId},
};
use weir_core::{Attachment, Decision, Departure, Reply, Turn, TurnId, UserTurn, dialogue::Ending};

/// Name of an exchange on this page.
pub type ExchangeKey = u32;

/// One turn as the page shows it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Its name on this page.
    pub key: ExchangeKey,
    /// Its name in the stored dialogue, if it came from there.
    pub stored: Option<TurnId>,
    /// What the user said.
    pub user: Arc<UserTurn>,
    /// The attachments themselves, by slot; empty for a turn that was stored, which keeps none.
    pub media: Vec<Medium>,
    /// How far the answer is.
    pub progress: ArcRwSignal<Progress>,
    /// The answer while it arrives.
    pub live: ArcRwSignal<String>,
}

/// A captured picture or clip, and an address that the page can show it from.
#[derive(Clone, Debug)]
pub struct Medium {
    /// What it is.
    pub attachment: Attachment,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// Its address on this page; given back when the last holder is gone.
    pub url: Option<Arc<ObjectUrl>>,
}

/// How far an answer is.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// The page keeps it until something can answer.
    Queued,
    /// The worker has it.
    Asked {
        /// The worker's name for it.
        request: RequestId,
        /// Prompt tokens that were read locally, and all of them.
        reading: Option<(u32, u32)>,
        /// What the policy decided.
        decision: Option<Decision>,
        /// What the user is to look at before it leaves.
        departure: Option<Box<Departure>>,
        /// How many of the oldest turns the local model does not see.
        forgotten: u32,
        /// The cloud turned the call away, and it is made again after so many milliseconds.
        again: Option<u32>,
        /// Whether a worker died in the middle of it, and another goes on.
        resumed: bool,
    },
    /// It is answered.
    Answered(Box<Reply>),
    /// It could not be answered.
    Failed {
        /// What went wrong, as a word for programs.
        kind: ErrorKind,
        /// What went wrong and what to do, for people.
        message: String,
        /// What arrived before.
        reply: Option<Box<Reply>>,
    },
    /// It is stored without an answer.
    Unanswered,
}

/// The kinds of [`Progress`], which decide what is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// [`Progress::Queued`].
    Queued,
    /// [`Progress::Asked`].
    Live,
    /// [`Progress::Answered`], whole.
    Done,
    /// [`Progress::Answered`], stopped by the user.
    Stopped,
    /// [`Progress::Failed`], or an answer that broke off.
    Failed,
    /// [`Progress::Unanswered`].
    Unanswered,
}

impl Phase {
    /// As programs read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Live => "streaming",
            Self::Done => "done",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Unanswered => "unanswered",
        }
    }
}

impl Progress {
    /// Its kind.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self {
            Self::Queued => Phase::Queued,
            Self::Asked { .. } => Phase::Live,
            Self::Answered(reply) => match reply.ending {
                Ending::Complete | Ending::Length => Phase::Done,
                Ending::Stopped => Phase::Stopped,
                Ending::CutOff => Phase::Failed,
            },
            Self::Failed { .. } => Phase::Failed,
            Self::Unanswered => Phase::Unanswered,
        }
    }

    /// The answer, whole or broken off.
    #[must_use]
    pub fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Answered(reply) => Some(reply),
            Self::Failed { reply, .. } => reply.as_deref(),
            Self::Queued | Self::Asked { .. } | Self::Unanswered => None,
        }
    }

    /// What was decided, once it was.
    #[must_use]
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Asked { decision, .. } => decision.as_ref(),
            _ => self.reply().map(|reply| &reply.decision),
        }
    }

    /// How many of the dialogue's oldest turns the local model left out.
    #[must_use]
    pub fn forgotten(&self) -> u32 {
        match self {
            Self::Asked { forgotten, .. } => *forgotten,
            _ => self.reply().map_or(0, |reply| reply.receipt.forgotten),
        }
    }

    /// Whether the worker has not yet shown that it stored the turn, so that the page must keep it.
    #[must_use]
    pub const fn is_unsent(&self) -> bool {
        matches!(
            self,
            Self::Queued
                | Self::Asked {
                    reading: None,
                    decision: None,
                    ..
                }
                | Self::Failed {
                    kind: ErrorKind::WorkerDied | ErrorKind::Busy | ErrorKind::Storage,
                    reply: None,
                    ..
                }
        )
    }
}

impl Exchange {
    /// A turn that is still to be asked.
    #[must_use]
    pub fn queued(key: ExchangeKey, user: UserTurn, media: Vec<Medium>) -> Self {
        Self {
            key,
            stored: None,
            user: Arc::new(user),
            media,
            progress: ArcRwSignal::new(Progress::Queued),
            live: ArcRwSignal::new(String::new()),
        }
    }

    /// A turn as it was stored.
    #[must_use]
    pub fn restored(key: ExchangeKey, turn: Turn) -> Self {
        let progress = turn.reply.map_or(Progress::Unanswered, |reply| {
            Progress::Answered(Box::new(reply))
        });
        Self {
            key,
            stored: Some(turn.id),
            user: Arc::new(turn.user),
            media: Vec::new(),
            progress: ArcRwSignal::new(progress),
            live: ArcRwSignal::new(String::new()),
        }
    }

    /// The request under which the worker answers it now.
    #[must_use]
    pub fn request(&self) -> Option<RequestId> {
        self.progress.with_untracked(|progress| match progress {
            Progress::Asked { request, .. } => Some(*request),
            _ => None,
        })
    }
}

impl From<Captured> for Medium {
    fn from(captured: Captured) -> Self {
        Self {
            attachment: captured.attachment(),
            url: captured.object_url().ok().map(Arc::new),
            bytes: captured.bytes.into(),
        }
    }
}
