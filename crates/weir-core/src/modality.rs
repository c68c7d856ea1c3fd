//! Modalities and sets of them.

use serde::{Deserialize, Serialize};

/// One kind of input that can be attached to a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    /// A frame of a camera; a scenario may have several views.
    CameraView,
    /// A picture that the user chose.
    Image,
    /// A recorded clip of speech or sound.
    MicrophoneClip,
}

impl Modality {
    /// Whether providers price and bound it as a picture rather than as sound.
    #[must_use]
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::CameraView | Self::Image)
    }
}

/// A set of up to [`ModalitySet::MAX_SLOTS`] attached inputs, by their slot in the turn.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct ModalitySet(u16);

impl ModalitySet {
    /// Slots that a set can hold; 2¹² subsets are the most any scenario asks for.
    pub const MAX_SLOTS: usize = 12;
    /// No attached input: a text-only call.
    pub const EMPTY: Self = Self(0);

    /// The set whose bit `i` says whether slot `i` is in it; bits beyond the last slot are dropped.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits & ((1 << Self::MAX_SLOTS) - 1))
    }

    /// The first `slots` slots.
    #[must_use]
    pub const fn first(slots: usize) -> Self {
        let slots = if slots > Self::MAX_SLOTS {
            Self::MAX_SLOTS
        } else {
            slots
        };
        Self(((1_u32 << slots) - 1) as u16)
    }

    /// Bit `i` set where slot `i` is in the set.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// How many slots are in the set.
    #[must_use]
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether nothing is attached.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `slot` is in the set.
    #[must_use]
    pub const fn contains(self, slot: usize) -> bool {
        slot < Self::MAX_SLOTS && self.0 & (1 << slot) != 0
    }

    /// Whether every slot of this set is in `other`.
    #[must_use]
    pub const fn is_subset_of(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// The same with `slot` in it or not.
    #[must_use]
    pub const fn with(self, slot: usize, is_in: bool) -> Self {
        let one = Self::first(slot + 1).0 & !Self::first(slot).0;
        Self(if is_in { self.0 | one } else { self.0 & !one })
    }

    /// The slots that are in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The slots in ascending order.
    pub fn slots(self) -> impl Iterator<Item = usize> {
        (0..Self::MAX_SLOTS).filter(move |slot| self.contains(*slot))
    }
}

impl FromIterator<usize> for ModalitySet {
    /// Slots at or beyond [`ModalitySet::MAX_SLOTS`] are dropped.
    fn from_iter<I: IntoIterator<Item = usize>>(slots: I) -> Self {
        Self(
            slots
                .into_iter()
                .filter(|slot| *slot < Self::MAX_SLOTS)
                .fold(0, |bits, slot| bits | 1 << slot),
        )
    }
}
