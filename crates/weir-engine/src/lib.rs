//! One turn, from what the user said to the receipt.
//!
//! `UserTurn` → what kind of turn it is → observation → mask → policy → decision → gate →
//! reservation → permit → local generation or cloud stream → settlement → receipt. It runs one way, and
//! nothing here knows of a browser, a wire format or a tensor: the platform is a [`World`], and the
//! whole of it runs natively under test.
//!
//! - [`world`]: the traits that a platform fills in.
//! - [`conversation`]: what a model is told.
//! - [`engine`]: the dialogue, its ledger, and [`Engine::ask`]; [`Engine::go_on`] takes up an answer
//!   that was interrupted.
//! - [`observe`]: from a turn to the policy's observation.
//! - [`gate`]: what the user looks at before it leaves, and the last word on whether it may.
//! - [`cloud_turn`], [`local_turn`]: carrying a decision out. [`attempt`]: one try of a cloud call.
//! - [`lessons`]: what past turns teach, kept over reloads. [`estimates`]: how quick network, cloud and
//!   device are, from [`recent`] observations. [`breaker`]: a provider that keeps failing rests.
//! - [`judge`], [`feedback`]: what users think of replies corrects what is expected of the next ones.
//! - [`failover`]: from a place that failed to the other one.
//! - [`permit`]: the only key to the network.
//! - [`redaction`]: details of people, and keys, that are not sent.
//! - [`refusal`]: why a turn was not answered.

mod attempt;
mod breaker;
mod cloud_turn;
mod conversation;
mod engine;
mod estimates;
mod failover;
mod feedback;
mod gate;
mod judge;
mod lessons;
mod local_turn;
mod observe;
mod permit;
mod recent;
pub mod redaction;
mod refusal;
mod shared;
mod world;

pub use breaker::{Breaker, Circuit};
pub use conversation::{Message, SYSTEM};
pub use engine::{Engine, Event, Preferences};
pub use estimates::{Call, Estimates};
pub use lessons::Lessons;
pub use permit::Permit;
pub use refusal::{Refusal, Trouble};
pub use weir_core::Speaker;
pub use world::{
    Charged, Choice, Circumstances, CloudAnswer, CloudCall, CloudFailure, CloudModel, CloudTerms,
    Gate, Heard, LessonStore, LocalAnswer, LocalCall, LocalFailure, LocalModel, Policy, Saved,
    Store, StoreError, Tab, Understanding, Upload, World,
};
