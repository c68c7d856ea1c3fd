//! One turn, from what the user said to the receipt.
//!
//! `UserTurn` → what kind of turn it is → observation → mask → policy → decision → permit →
//! reservation → local generation or cloud stream → settlement → receipt. It runs one way, and
//! nothing here knows of a browser, a wire format or a tensor: the platform is a [`World`], and the
//! whole of it runs natively under test.
//!
//! - [`world`]: the traits that a platform fills in.
//! - [`conversation`]: what a model is told.
//! - [`engine`]: the dialogue, its ledger, and [`Engine::ask`]; [`Engine::go_on`] takes up an answer
//!   that was interrupted.
//! - [`observe`]: from a turn to the policy's observation.
//! - [`cloud_turn`], [`local_turn`]: carrying a decision out. [`attempt`]: one try of a cloud call.
//! - [`estimates`]: what past turns teach about the cloud.
//! - [`permit`]: the only key to the network.
//! - [`redaction`]: details of people, and keys, that are not sent.
//! - [`refusal`]: why a turn was not answered.

mod attempt;
mod cloud_turn;
mod conversation;
mod engine;
mod estimates;
mod local_turn;
mod observe;
mod permit;
pub mod redaction;
mod refusal;
mod world;

pub use conversation::{Message, SYSTEM, Speaker};
pub use engine::{Engine, Event, Preferences};
pub use estimates::Estimates;
pub use permit::Permit;
pub use refusal::{Refusal, Trouble};
pub use world::{
    Charged, Choice, Circumstances, CloudAnswer, CloudCall, CloudFailure, CloudModel, CloudTerms,
    Heard, LocalAnswer, LocalCall, LocalFailure, LocalModel, Policy, Saved, Store, StoreError,
    Understanding, Upload, World,
};
