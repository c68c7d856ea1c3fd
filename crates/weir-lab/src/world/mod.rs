//! The `weir` world: dialogues on sampled networks, devices, prices, budgets and dials.
//!
//! A [`Scenario`] says what dialogues are like. [`Episode::draw`] draws one of them entirely from its
//! seed, before any action is taken; [`World`] plays it.

mod episode;
mod network;
mod play;
mod scenario;

pub use episode::{Conditions, Episode, Luck, TurnPlan};
pub use network::{Profile, Trace};
pub use play::World;
pub use scenario::{Noise, Scenario};
