//! The choice made in a turn.

use serde::{Deserialize, Serialize};

use crate::modality::ModalitySet;

/// Where a turn is answered, and what is uploaded for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// On this device; nothing leaves it.
    Local,
    /// By a cloud model, with this set of attachments beside the text.
    Cloud(ModalitySet),
}

impl Action {
    /// All `1 + 2^slots` actions of a turn with `slots` attachable inputs: local, then cloud by
    /// number of uploads and, within a number, in ascending order of slots. For three slots this
    /// is the order of TMO (arXiv 2502.11007, section 3).
    #[must_use]
    pub fn enumerate(slots: usize) -> Vec<Self> {
        let slots = slots.min(ModalitySet::MAX_SLOTS);
        let mut sets: Vec<_> = (0..1_u32 << slots)
            .map(|bits| ModalitySet::from_bits(bits as u16))
            .collect();
        sets.sort_by_key(|set| (set.len(), set.slots().collect::<Vec<_>>()));
        std::iter::once(Self::Local)
            .chain(sets.into_iter().map(Self::Cloud))
            .collect()
    }

    /// What it uploads beside the text.
    #[must_use]
    pub const fn uploads(self) -> ModalitySet {
        match self {
            Self::Local => ModalitySet::EMPTY,
            Self::Cloud(uploads) => uploads,
        }
    }

    /// Whether anything leaves the device.
    #[must_use]
    pub const fn is_cloud(self) -> bool {
        matches!(self, Self::Cloud(_))
    }
}
