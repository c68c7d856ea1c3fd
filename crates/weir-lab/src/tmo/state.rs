//! What TMO's policies and its estimator see of a dialogue.

use weir_core::Task;

use super::choice::{Choice, VIEWS};

/// Turns that a state holds.
const SPAN: usize = 5;
/// Numbers of one turn: where the turn *before* it was answered (−1 none, 0 local, 1 cloud), which
/// views went there, and the task of the turn itself.
const TURN: usize = VIEWS + 2;
/// Numbers of a state.
pub const WIDTH: usize = SPAN * TURN;

/// The last five turns, oldest first, the present one last; −1 where there was none.
///
/// As in the reference, the task is a number on a scale, in the alphabetical order of the names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State([i8; WIDTH]);

impl State {
    /// The first turn of a dialogue.
    #[must_use]
    pub fn first(task: Task) -> Self {
        let mut numbers = [-1; WIDTH];
        numbers[WIDTH - 1 - VIEWS..].fill(0);
        numbers[WIDTH - 1] = number(task);
        Self(numbers)
    }

    /// What follows when this turn is answered by `choice` and the next is of `task`.
    #[must_use]
    pub fn after(mut self, choice: Choice, task: Task) -> Self {
        self.0.copy_within(TURN.., 0);
        self.0[WIDTH - TURN..WIDTH - 1].copy_from_slice(&choice.flags());
        self.0[WIDTH - 1] = number(task);
        self
    }

    /// The numbers, oldest turn first.
    #[must_use]
    pub const fn numbers(&self) -> &[i8; WIDTH] {
        &self.0
    }
}

/// M4A1 has no turn of [`Task::Other`].
const fn number(task: Task) -> i8 {
    match task {
        Task::Assistive => 0,
        Task::MessageEditing => 1,
        Task::Query => 2,
        Task::Recommendation => 3,
        Task::Other => 4,
    }
}
