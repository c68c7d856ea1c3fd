//! How good a probe is on prompts that it has not seen.

use weir_core::Task;

/// Right readings of one yes-or-no question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Binary {
    /// Prompts where the answer is yes, and how many of them were read so.
    pub yes: (u32, u32),
    /// Prompts where the answer is no, and how many of them were read so.
    pub no: (u32, u32),
}

impl Binary {
    pub(super) fn count(&mut self, label: bool, right: bool) {
        let side = if label { &mut self.yes } else { &mut self.no };
        side.0 += 1;
        side.1 += u32::from(right);
    }
}

/// Accuracy on held-out prompts.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Prompts that were learnt from.
    pub learning: usize,
    /// Held-out prompts by their task (row) and what was read (column).
    pub confusion: [[u32; Task::ALL.len()]; Task::ALL.len()],
    /// Held-out prompts that were read right as the second turn of a dialogue.
    pub later_right: u32,
    /// Whether something to be seen was told.
    pub picture: Binary,
    /// Whether something to be heard was told.
    pub sound: Binary,
    /// Layer, strength and cross-validated accuracy of everything tried.
    pub tried: Vec<(usize, f32, f32)>,
    /// The strength of regularisation that was picked.
    pub strength: f32,
}

impl Report {
    /// Held-out prompts read right.
    #[must_use]
    pub fn right(&self) -> u32 {
        (0..Task::ALL.len())
            .map(|task| self.confusion[task][task])
            .sum()
    }

    /// Held-out prompts.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.confusion.iter().flatten().sum()
    }
}

/// The 95 % interval of a share of `right` out of `total` (Wilson 1927).
#[must_use]
pub fn wilson(right: u32, total: u32) -> (f32, f32) {
    let (n, z) = (total.max(1) as f32, 1.96_f32);
    let share = right as f32 / n;
    let middle = share + z * z / (2.0 * n);
    let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    (
        ((middle - half) / scale).max(0.0),
        ((middle + half) / scale).min(1.0),
    )
}
