//! Spans: the stretches of use that a limit can be about.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::calendar::Day;

/// What a limit is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// One turn, with all the calls that it took.
    Turn,
    /// One dialogue.
    Dialogue,
    /// A day of the user's calendar, over all dialogues.
    Day,
    /// A month of the user's calendar, over all dialogues.
    Month,
}

/// One of something for each [`Span`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spans<T> {
    /// For a turn.
    pub turn: T,
    /// For a dialogue.
    pub dialogue: T,
    /// For a day.
    pub day: T,
    /// For a month.
    pub month: T,
}

/// Which turn, dialogue and day something belongs to. A ledger's own stamp only ever goes forward,
/// so a span that it left never comes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Number of the turn, over all dialogues.
    pub turn: u64,
    /// Number of the dialogue.
    pub dialogue: u64,
    /// The day, and with it the month.
    pub day: Day,
}

impl Span {
    /// All spans, shortest first.
    pub const ALL: [Self; 4] = [Self::Turn, Self::Dialogue, Self::Day, Self::Month];
}

impl<T> Spans<T> {
    /// What `one` says of each span.
    pub fn each(mut one: impl FnMut(Span) -> T) -> Self {
        Self {
            turn: one(Span::Turn),
            dialogue: one(Span::Dialogue),
            day: one(Span::Day),
            month: one(Span::Month),
        }
    }

    /// The one for `span`.
    #[must_use]
    pub const fn of(&self, span: Span) -> &T {
        match span {
            Span::Turn => &self.turn,
            Span::Dialogue => &self.dialogue,
            Span::Day => &self.day,
            Span::Month => &self.month,
        }
    }

    /// The one for `span`, to be changed.
    pub const fn of_mut(&mut self, span: Span) -> &mut T {
        match span {
            Span::Turn => &mut self.turn,
            Span::Dialogue => &mut self.dialogue,
            Span::Day => &mut self.day,
            Span::Month => &mut self.month,
        }
    }
}

impl Stamp {
    /// Whether both belong to the same turn, dialogue, day or month.
    #[must_use]
    pub fn shares(self, span: Span, other: Self) -> bool {
        match span {
            Span::Turn => self.turn == other.turn,
            Span::Dialogue => self.dialogue == other.dialogue,
            Span::Day => self.day == other.day,
            Span::Month => self.day.month() == other.day.month(),
        }
    }
}

/// As it ends a sentence about what is left: “for today”.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Turn => "for this turn",
            Self::Dialogue => "for this dialogue",
            Self::Day => "for today",
            Self::Month => "for this month",
        })
    }
}
