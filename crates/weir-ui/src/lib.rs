//! Leptos components of the chat and their state, shared by the demo and the widget.
//!
//! [`Chat`] is the whole of it. It makes a [`session::Session`], which holds the state and talks to
//! the worker, and draws it. State flows one way: a component calls a task
//! ([`session::tasks`]), the task changes signals or sends the worker a message, the worker's
//! answers change signals in their turn ([`session::tasks`] again), and components follow what the
//! queries ([`session::queries`]) say. The engine is known by its messages alone
//! ([`weir_browser::messages`]); nothing here names the runtime that the model uses.
//!
//! - [`session`]: state, queries, tasks.
//! - [`components`]: what is drawn, one component a file.
//! - [`aside`]: the module beside the page's own, for what is needed only now and then: [`capture`],
//!   and [`record`], the page to verify from.
//! - [`markdown`]: replies as a tree of a closed set of constructs.
//! - [`words`]: every word for a value of the engine. [`format`]: numbers as people read them.
//! - [`theme`]: light and dark.

pub mod aside;
pub mod capture;
pub mod components;
pub mod format;
pub mod markdown;
pub mod record;
pub mod session;
pub mod theme;
pub mod words;

pub use components::Chat;
pub use session::ChatOptions;
