//! Policies that need no training. [`super::oracle`] has a room of its own.

use super::{
    choice::{Choice, VIEWS},
    costs::association,
    dialogue::Dialogue,
};
use crate::draws::Draws;

/// Something that decides turns of TMO's dialogues, one dialogue after the other.
pub trait Policy: std::fmt::Debug + Send {
    /// Begins a dialogue, at its first turn.
    fn begin(&mut self, _dialogue: &Dialogue<'_>) {}

    /// What it does in the present turn.
    fn choose(&mut self, dialogue: &Dialogue<'_>) -> Choice;
}

/// The same action always.
#[derive(Clone, Copy, Debug)]
pub struct Constant(pub Choice);

impl Policy for Constant {
    fn choose(&mut self, _: &Dialogue<'_>) -> Choice {
        self.0
    }
}

/// Chance: each cloud action as likely as the others, as in the reference.
#[derive(Clone, Debug)]
pub struct Random {
    local: f32,
    draws: Draws,
}

impl Random {
    /// The reference's "Random": local half the time.
    #[must_use]
    pub fn anywhere(seed: u64) -> Self {
        Self {
            local: 0.5,
            draws: Draws::of(seed, 20),
        }
    }

    /// The reference's "Cloud": never local.
    #[must_use]
    pub fn cloud(seed: u64) -> Self {
        Self {
            local: 0.0,
            draws: Draws::of(seed, 21),
        }
    }
}

impl Policy for Random {
    fn choose(&mut self, _: &Dialogue<'_>) -> Choice {
        if self.draws.chance(self.local) {
            return Choice::LOCAL;
        }
        let cloud = &Choice::ALL[1..];
        cloud[self.draws.below(cloud.len())]
    }
}

/// The action of highest reward in this turn, the first of equal ones.
#[derive(Clone, Copy, Debug)]
pub enum Greedy {
    /// Of all actions: the kNN router, as the estimator looks at the five nearest logged turns.
    Unmasked,
    /// Of those that the mask allows.
    Masked,
    /// Of all, when the turn's own views are not looked at but taken to be as similar to the prompt
    /// as views are on average.
    Blind([f64; VIEWS]),
}

impl Policy for Greedy {
    fn choose(&mut self, dialogue: &Dialogue<'_>) -> Choice {
        let associations = match self {
            Self::Unmasked | Self::Masked => dialogue.turn().association,
            Self::Blind(similarity) => association(similarity),
        };
        let reward = |choice: Choice| {
            let response = dialogue.response(choice);
            let association = associations[choice.place()];
            dialogue.costs().reward(choice, response, association)
        };
        let candidates = match self {
            Self::Masked => dialogue.allowed(),
            Self::Unmasked | Self::Blind(_) => Choice::ALL.to_vec(),
        };
        best(candidates, reward)
    }
}

/// The first of `candidates` that have the highest value; local if there are none.
pub(super) fn best(
    candidates: impl IntoIterator<Item = Choice>,
    value: impl Fn(Choice) -> f64,
) -> Choice {
    candidates
        .into_iter()
        .map(|choice| (choice, value(choice)))
        .reduce(|best, next| if next.1 > best.1 { next } else { best })
        .map_or(Choice::LOCAL, |(choice, _)| choice)
}
