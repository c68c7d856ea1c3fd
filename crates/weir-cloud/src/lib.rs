//! Cloud providers: wire formats, streaming, errors and prices, over any transport.
//!
//! One call goes one way. A [`ChatCall`] is bounded ([`bound()`]) so that its worst case can be
//! reserved, written out ([`body`]) so that the exact bytes are known before they leave, and
//! run by [`Client::chat`], which hands on each piece of text as it arrives and ends in a
//! [`ChatReply`] or a [`CloudFailure`]. A failure is named in words a person can act on, and says
//! whether the provider may have charged for it: whoever keeps the ledger decides by that alone.
//!
//! Nothing here knows a socket, a browser or a clock: [`Transport`] and [`Timer`] bring them.
//!
//! - [`message`]: what is said to a model. [`mod@bound`]: the most it can cost in tokens.
//! - [`provider`], [`secret`]: whom it is said to, and the key.
//! - [`chat`]: the call. [`transport`], [`patience`]: what it needs of the world.
//! - [`wire`]: the choice of a wire format, each of which is behind one trait: `openai`, `anthropic`,
//!   `gemini`.
//! - [`sse`]: event streams. `reading`: what has been read of an answer. `count`: of tokens.
//! - [`error`]: what can go wrong. `refusal`: how an answer says so. [`retry`]: whether to try again.
//! - [`prices`]: what models cost, as of a date.

pub mod bound;
pub mod chat;
pub mod error;
pub mod message;
pub mod patience;
pub mod prices;
pub mod provider;
pub mod retry;
pub mod secret;
pub mod sse;
pub mod transport;
pub mod wire;

mod anthropic;
mod count;
mod gemini;
mod openai;
mod reading;
mod refusal;

pub use bound::{MediaBound, bound};
pub use chat::{ChatReply, Client, Finish};
pub use error::{Charged, CloudError, CloudFailure, Retry, RetryAfter};
pub use message::{AudioFormat, ChatCall, Message, Part, Role};
pub use patience::{Patience, Timer};
pub use provider::{Provider, ProviderError};
pub use retry::{Next, Retries};
pub use secret::{Secret, SecretError};
pub use transport::{HttpRequest, HttpResponse, Transport, TransportError};
pub use wire::{Dialect, body};
