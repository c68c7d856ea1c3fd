//! The words of Weir as types: money, budgets, actions, observations, receipts.
//!
//! Everything here is plain data and arithmetic: no I/O, no async, no clock, and no floating point
//! where money is concerned. The other crates meet in these types, so a rule that must hold
//! everywhere (a ledger never promises more than its limit, an infeasible action never becomes a
//! decision) is held here, where it can be tested without a browser.
//!
//! - [`money`]: [`NanoUsd`], integer money.
//! - [`modality`], [`action`]: what can be attached, and the `1 + 2^X` choices of a turn.
//! - [`task`]: categories of a turn and the probabilities over them.
//! - [`dialogue`]: turns, attachments, replies. [`reply`]: what a local reply should be like.
//! - [`calendar`], [`span`]: days and months; the turn, dialogue, day or month that a limit is about.
//! - [`budget`], [`ledger`]: limits; what was reserved and spent under them.
//! - [`entry`], [`export`]: the ledger's lines, and how a user takes them along.
//! - [`price`]: prices, token usage, and the worst case of a call.
//! - [`conditions`]: the network and the devices as physics.
//! - [`observation`]: what the policy sees, and [`dial`], what the user asks for.
//! - [`rule`]: what the user lets leave the device. [`departure`]: what is about to.
//! - [`mask`]: which actions are feasible.
//! - [`opinion`]: what a user thinks of a reply.
//! - [`legible`]: text of strangers, without what a reader cannot see.
//! - [`decision`], [`receipt`]: what was chosen and why; what it cost and what left the device.

pub mod action;
pub mod budget;
pub mod calendar;
pub mod conditions;
pub mod decision;
pub mod departure;
pub mod dial;
pub mod dialogue;
pub mod entry;
pub mod export;
pub mod ledger;
pub mod legible;
pub mod mask;
pub mod modality;
pub mod money;
pub mod observation;
pub mod opinion;
pub mod price;
pub mod receipt;
pub mod reply;
pub mod rule;
pub mod span;
mod standing;
pub mod task;

pub use action::Action;
pub use budget::{Budget, Limits, Spending};
pub use calendar::{Day, Moment, Month};
pub use conditions::{CloudEstimate, DeviceEstimate, NetworkEstimate};
pub use decision::{ActionScore, Constraint, Decision};
pub use departure::{Approval, Departed, DepartedUpload, Departure, Passage, Revision};
pub use dial::Dial;
pub use dialogue::{Attachment, AttachmentId, Reply, Speaker, Turn, TurnId, UserTurn, Where};
pub use entry::{Basis, Entry, Reservation, Reserved};
pub use ledger::{Ledger, LedgerError};
pub use legible::legible;
pub use mask::{Feasible, Mask};
pub use modality::{Modality, ModalitySet};
pub use money::NanoUsd;
pub use observation::{Forecast, Observation, PastTurn};
pub use opinion::Opinion;
pub use price::{CallBound, Price, TokenUsage};
pub use receipt::Receipt;
pub use reply::{Interrupted, JsonFormat, ReplyOptions, SaidToken, TokenLogprob, TopLogprob};
pub use rule::{PrivacyRules, Redaction, Rule};
pub use span::{Span, Spans, Stamp};
pub use task::{Task, TaskMix};
