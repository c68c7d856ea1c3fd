//! The nine actions of a turn.

use weir_core::{Action, ModalitySet};

use crate::dataset::LoggedTurn;

/// Camera views that can be uploaded.
pub const VIEWS: usize = 3;
/// What costs are told apart by: local, and the cloud with 0 to 3 views.
pub const ARMS: usize = VIEWS + 2;

/// One of TMO's nine actions: local, the cloud with the text alone, and the cloud with one, two or
/// three views, in the order of [`Action::enumerate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice(usize);

/// The views that each action uploads, a bit for each.
const UPLOADS: [u16; 9] = [
    0b000, 0b000, 0b001, 0b010, 0b100, 0b011, 0b101, 0b110, 0b111,
];

impl Choice {
    /// Answered on the device.
    pub const LOCAL: Self = Self(0);
    /// Answered in the cloud with every view.
    pub const EVERYTHING: Self = Self(UPLOADS.len() - 1);
    /// All of them, by place.
    pub const ALL: [Self; UPLOADS.len()] = {
        let mut all = [Self::LOCAL; UPLOADS.len()];
        let mut place = 0;
        while place < all.len() {
            all[place] = Self(place);
            place += 1;
        }
        all
    };

    /// What was done in a logged turn.
    #[must_use]
    pub fn logged(turn: &LoggedTurn) -> Self {
        let same = |choice: &Self| choice.arm() == turn.arm && choice.uploads() == turn.uploads;
        Self::ALL.into_iter().find(same).unwrap_or(Self::LOCAL)
    }

    /// Its place in [`Choice::ALL`].
    #[must_use]
    pub const fn place(self) -> usize {
        self.0
    }

    /// The views that it uploads.
    #[must_use]
    pub const fn uploads(self) -> ModalitySet {
        ModalitySet::from_bits(UPLOADS[self.0])
    }

    /// 0 for local, 1 + views for the cloud.
    #[must_use]
    pub const fn arm(self) -> usize {
        if self.0 == 0 {
            0
        } else {
            1 + self.uploads().len()
        }
    }

    /// The same action in Weir's words.
    #[must_use]
    pub const fn action(self) -> Action {
        if self.0 == 0 {
            Action::Local
        } else {
            Action::Cloud(self.uploads())
        }
    }

    /// As the estimator reads it: whether it is the cloud, then whether each view goes there.
    pub(super) fn flags(self) -> [i8; 1 + VIEWS] {
        let uploads = self.uploads();
        std::array::from_fn(|place| match place {
            0 => i8::from(self != Self::LOCAL),
            view => i8::from(uploads.contains(view - 1)),
        })
    }
}
