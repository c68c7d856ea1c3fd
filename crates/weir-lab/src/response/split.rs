//! Holding replies out: what a model learns from, and what it is judged on.

use serde::Serialize;

use super::logged::{Logged, Reply};
use crate::draws::Draws;

/// What is held out as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldOut {
    /// Single turns. The same prompt, and other turns of the dialogue, may be learnt from.
    Turns,
    /// Dialogues. The same prompt may be learnt from in other dialogues.
    Dialogues,
    /// Prompts. Nothing that was ever answered to them is learnt from.
    Prompts,
}

impl HeldOut {
    /// All of them, from the easiest to the hardest.
    pub const ALL: [Self; 3] = [Self::Turns, Self::Dialogues, Self::Prompts];

    /// As tables call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Turns => "turns",
            Self::Dialogues => "dialogues",
            Self::Prompts => "prompts",
        }
    }

    const fn unit(self, place: usize, reply: &Reply) -> usize {
        match self {
            Self::Turns => place,
            Self::Dialogues => reply.dialogue,
            Self::Prompts => reply.prompt,
        }
    }
}

/// Share of the units that is held out.
const SHARE: f64 = 0.2;

/// Places of replies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// To learn from.
    pub learnt: Vec<usize>,
    /// Held out, to judge on.
    pub judged: Vec<usize>,
}

impl Split {
    /// The split of `logged` that `seed` and `number` name: a fifth of the units, drawn without
    /// replacement, is held out. Neither part is empty if there are two units or more.
    #[must_use]
    pub fn draw(logged: &Logged, held_out: HeldOut, seed: u64, number: u64) -> Self {
        let replies = || logged.replies.iter().enumerate();
        let mut units: Vec<usize> = replies()
            .map(|(place, reply)| held_out.unit(place, reply))
            .collect();
        units.sort_unstable();
        units.dedup();
        Draws::of(seed, number).shuffle(&mut units);
        units.truncate(((units.len() as f64 * SHARE).round() as usize).max(1));
        let (judged, learnt) = replies()
            .map(|(place, reply)| (place, held_out.unit(place, reply)))
            .partition::<Vec<_>, _>(|(_, unit)| units.contains(unit));
        let places = |chosen: Vec<(usize, usize)>| chosen.into_iter().map(|(place, _)| place);
        Self {
            learnt: places(learnt).collect(),
            judged: places(judged).collect(),
        }
    }
}
