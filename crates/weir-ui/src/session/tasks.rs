//! What changes a session: one file per thing that a person or the worker does.

mod approve;
mod ask;
mod attach;
mod choose;
mod dialogue;
mod judge;
mod kept;
mod load;
mod notice;
mod prefer;
mod receive;
mod retry;
mod run_on;
mod sign_in;
mod start;
mod stop;
mod write;

pub use approve::approve;
pub use ask::submit;
pub use attach::{capture, detach};
pub use choose::{choose_other, close_choice, look_at_address, look_at_files, take, take_offer};
pub use dialogue::new_dialogue;
pub use judge::{forget_lessons, judge, redo};
pub use kept::delete_kept;
pub use load::{cancel_loading, load_model, pause_loading, use_full_means};
pub use notice::{announce, dismiss, notify};
pub use prefer::{change_settings, set_cloud};
pub use retry::{edit, retry};
pub use run_on::{measure_again, run_on};
pub use sign_in::sign_in;
pub use start::start;
pub use stop::stop;
pub use write::write;
