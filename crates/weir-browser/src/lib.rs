//! The browser as Weir needs it: capture, storage, the worker and its messages, egress.

pub mod messages;
