//! What is drawn: one component a file. Components show what the session's queries say and call its
//! tasks; none keeps state that outlives it.

#![expect(
    unreachable_pub,
    reason = "`#[component]` writes `pub` before what it makes of a component"
)]

mod announcer;
mod answer;
mod attachments;
mod badge;
mod bar;
mod budget;
mod chat;
mod cloud;
mod composer;
mod decision_table;
mod departure;
mod device_choice;
mod dial;
mod dialog;
mod empty_state;
mod error_card;
pub(crate) mod icons;
mod kept_models;
mod local_model;
mod markdown_view;
mod marks;
mod meter;
mod model_card;
mod model_choice;
mod model_report;
mod new_dialogue;
mod notices;
mod number_field;
mod panel;
mod privacy;
mod question;
mod receipt;
mod reply_settings;
mod resize;
mod theme_choice;
mod transcript;

pub use chat::Chat;
pub(crate) use dialog::Dialog;
pub(crate) use meter::Meter;
