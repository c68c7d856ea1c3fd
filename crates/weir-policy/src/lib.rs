//! The offloading policy: what it reads, the network that judges, and the weights it is given.
//!
//! For every turn the worker asks three questions of this crate, in this order. *What would each
//! action bring and cost?* [`forecast::forecasts`] answers from the response model, the price and
//! the physics of network and device. *What does the turn look like?* [`features::encode`] turns an
//! [`weir_core::Observation`] into bounded numbers. *Which action?* [`TrainedPolicy::decide`] scores
//! every action with one small network and takes the likeliest one that the mask allows. The lab
//! asks the same questions of the same code while it trains, so that training and use agree.
//!
//! Nothing here trains, waits or touches a file: weights and priors come in as bytes and text, and
//! everything runs on burn's CPU backend, natively and in a browser's worker alike.
//!
//! - [`features`]: the observation as numbers, each with its unit and scale.
//! - [`network`]: the network, one set of weights for any number of attached inputs.
//! - [`policy`]: [`TrainedPolicy`], its [`PolicySpec`], and one decision.
//! - [`pacing`]: spreading the budget of a day over its dialogues.
//! - [`response`]: how good a reply each arm is expected to give; [`capability`]: by another local model
//!   than the measured one.
//! - [`forecast`]: what each action is expected to bring and to cost.
//! - [`situations`], [`decisions`]: turns to compare and time decisions on, the same on every machine.
//! - [`probe`]: which task a prompt is, read from the hidden states of the local model.

pub mod capability;
pub mod decisions;
pub mod features;
pub mod forecast;
mod inference;
pub mod network;
pub mod pacing;
pub mod policy;
pub mod probe;
pub mod response;
pub mod situations;

pub use decisions::Decisions;
pub use forecast::{Outlook, forecasts};
pub use network::Network;
pub use pacing::{Pacer, Pacing};
pub use policy::{Choice, DecideError, LoadError, PolicySpec, TrainedPolicy};
pub use probe::{Probe, ProbeError, Reading};
pub use response::{ResponseError, ResponseModel};
