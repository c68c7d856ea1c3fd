//! What changes a session: one file per thing that a person or the worker does.

mod ask;
mod attach;
mod dialogue;
mod load;
mod notice;
mod prefer;
mod receive;
mod retry;
mod start;
mod stop;
mod write;

pub use ask::submit;
pub use attach::{attach, detach};
pub use dialogue::new_dialogue;
pub use load::{load_model, pause_loading, use_full_means};
pub use notice::{announce, dismiss, notify};
pub use prefer::{change_settings, set_cloud};
pub use retry::{edit, retry};
pub use start::start;
pub use stop::stop;
pub use write::write;
