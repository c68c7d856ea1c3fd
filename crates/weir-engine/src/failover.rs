//! A place that failed before any of its text was heard, so that the other may be asked instead.
//!
//! The turn is then decided once more, with the failed place shut in the mask: rules, limits and
//! everything else that stands between a decision and the network hold for the second as for the
//! first.

use weir_core::{Decision, Receipt, Where, decision::Reason, mask::Wish};

use crate::{engine::Carried, refusal::Trouble};

/// What failed, what that took and cost, and what went wrong.
pub(crate) struct Failed {
    pub(crate) receipt: Receipt,
    pub(crate) trouble: Trouble,
    pub(crate) message: String,
}

impl Failed {
    /// The local model could not even read the prompt.
    pub(crate) fn reading(model: String, message: String) -> Self {
        Self {
            receipt: Receipt::blank(Where::Local { model }),
            trouble: Trouble::Device,
            message,
        }
    }

    /// `carried`, if it failed and the other place may be asked: not where the user chose this one,
    /// for the turn or when they saw what would be sent, nor where the request itself is at fault.
    pub(crate) fn of(carried: &Carried, wish: Option<Wish>, decision: &Decision) -> Option<Self> {
        let (trouble, message) = carried.broken.clone()?;
        let kept_here = decision.reason == Reason::Approval && !decision.action.is_cloud();
        let chosen = wish.is_some() || kept_here;
        let may = !chosen && carried.text.is_empty() && trouble != Trouble::Request;
        may.then(|| Self {
            receipt: carried.receipt.clone(),
            trouble,
            message,
        })
    }

    /// Whether it was the cloud.
    pub(crate) const fn is_cloud(&self) -> bool {
        matches!(self.receipt.place, Where::Cloud { .. })
    }

    /// What became of the turn elsewhere, with what this took and cost.
    pub(crate) fn then(self, carried: Carried) -> Carried {
        let broken = carried.broken.map(|(trouble, message)| {
            let both = format!("{} {message}", self.message);
            (trouble, both)
        });
        Carried {
            receipt: carried.receipt.after(self.receipt, self.message),
            broken,
            ..carried
        }
    }
}
