//! The `weir` world: dialogues on sampled networks, devices, prices, budgets and dials.
//!
//! A [`Scenario`] says what dialogues are like: a pack of [`crate::scenario`] with its responses.
//! [`Episode::draw`] draws one of them entirely from its seed, before any action is taken; [`World`]
//! plays it.

mod budget;
mod conditions;
mod episode;
mod network;
mod play;
mod scenario;
mod sense;

pub use conditions::Conditions;
pub use episode::{Episode, Luck, TurnPlan};
pub use network::Trace;
pub use play::World;
pub use scenario::{Noise, Scenario};
pub use sense::Sense;
