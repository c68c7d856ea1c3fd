//! Leptos components of the chat and their state, shared by the demo and the widget.
