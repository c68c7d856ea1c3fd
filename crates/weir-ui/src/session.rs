//! The state of one chat, and everything that changes it.
//!
//! A [`Session`] is a handful of signals that live outside the component tree: a reply keeps
//! arriving whichever components are on the page. [`queries`] read them and change nothing;
//! [`tasks`] change them, one file per thing that a person or the worker does. Components show what
//! queries say and call tasks; nothing else writes a signal.

mod candidate;
mod draft;
mod exchange;
mod kept_key;
mod options;
pub mod queries;
mod settings;
pub mod tasks;

use leptos::prelude::*;
use web_sys::File;
use weir_browser::{
    config::PageConfig,
    messages::{ErrorKind, KeptModel, LocalModelState, Means, ModelFile},
    worker::WorkerHandle,
};
use weir_cloud::Secret;
use weir_core::{Spans, Spending, mask::Wish};

use crate::capture::Wanted;

pub use candidate::{Candidate, Choosing, model_at};
pub use draft::Draft;
pub use exchange::{Exchange, ExchangeKey, Medium, Phase, Progress};
pub use options::{ChatOptions, device_named};
pub use queries::{Status, Wait};
pub use settings::{CloudChoice, DialSteps, Settings};

/// The state of one chat. Cheap to copy: it names its signals, which live as long as the chat does.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// The dialogue, oldest first.
    pub exchanges: RwSignal<Vec<Exchange>>,
    /// Whether the worker listens.
    pub engine: RwSignal<Engine>,
    /// How far the local model is.
    pub model: RwSignal<LocalModelState>,
    /// Whether the local model is wanted: asked for, and not paused.
    pub model_wanted: RwSignal<bool>,
    /// What the local model may use of this machine.
    pub means: RwSignal<Means>,
    /// How much of the model's file was here when that was last said.
    pub fetched: RwSignal<Option<Fetched>>,
    /// The models of which something is kept in this browser.
    pub kept: RwSignal<Vec<KeptModel>>,
    /// Whether the browser promised to keep them, once it was asked.
    pub kept_for_good: RwSignal<Option<bool>>,
    /// The local model that the user chose on this page.
    pub chosen: RwSignal<Option<ModelFile>>,
    /// Which other local model is being looked at, in the dialog for it.
    pub choosing: RwSignal<Choosing, LocalStorage>,
    /// What this dialogue spent and set aside.
    pub ledger: RwSignal<Committed>,
    /// What the user decided, kept on this device.
    pub settings: RwSignal<Settings>,
    /// The provider's key, kept in memory, and in this tab only if the user asked for it.
    pub key: RwSignal<Option<Secret>>,
    /// The models that whoever serves the page offers, once that is known.
    pub offers: RwSignal<Option<PageConfig>>,
    /// What is typed and not sent.
    pub text: RwSignal<String>,
    /// What is attached and not sent.
    pub media: RwSignal<Vec<Medium>>,
    /// Where the next turn should be answered.
    pub wish: RwSignal<Option<Wish>>,
    /// What is to be captured as soon as the module for that is here.
    pub wanted: RwSignal<Option<Wanted>, LocalStorage>,
    /// What went wrong or happened outside any turn.
    pub notices: RwSignal<Vec<Notice>>,
    /// The last thing to be read out.
    pub announcement: RwSignal<String>,
    /// Whether the side panel is open where there is no room for it beside the dialogue.
    pub drawer: RwSignal<bool>,
    /// Whether a new dialogue is to begin as soon as it can.
    renewing: RwSignal<bool>,
    /// Whether the module beside the page's own listens.
    aside: StoredValue<bool>,
    options: StoredValue<ChatOptions>,
    worker: StoredValue<Option<WorkerHandle>, LocalStorage>,
    /// The files of the chosen model, if the user picked them from the device.
    picked: StoredValue<Vec<File>, LocalStorage>,
    /// Whether what is fetched or copied of the chosen model is kept.
    keep: StoredValue<bool>,
    /// Pieces of the live reply that the next animation frame will show.
    pieces: StoredValue<String>,
    /// How often the worker still has to say what the stored dialogue is, before its word counts.
    restoring: StoredValue<u32>,
    /// Counts exchanges, requests and notices.
    counter: StoredValue<u32>,
}

/// Whether the worker listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Not yet, or not again.
    Starting,
    /// It does.
    Listening,
    /// It died too often to be started again.
    GaveUp {
        /// Why.
        reason: String,
    },
}

/// How much of a file is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Bytes that are here.
    pub bytes: u64,
    /// Bytes of the whole file, if known.
    pub total: Option<u64>,
}

/// What counts against the budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// Spent in this turn, dialogue, day and month.
    pub spent: Spans<Spending>,
    /// Set aside for calls that are running.
    pub reserved: Spans<Spending>,
}

/// Something outside any turn that a person should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its name on this page.
    pub key: u32,
    /// What went wrong, as a word for programs.
    pub kind: ErrorKind,
    /// What went wrong and what to do, for people.
    pub message: String,
}

impl Session {
    /// The state of a chat that has just been opened: settings and draft as they were left.
    #[must_use]
    pub fn new(options: ChatOptions) -> Self {
        let settings = Settings::load();
        let key = kept_key::load(&settings.cloud);
        Self {
            exchanges: RwSignal::new(Vec::new()),
            engine: RwSignal::new(Engine::Starting),
            model: RwSignal::new(LocalModelState::Absent),
            model_wanted: RwSignal::new(false),
            means: RwSignal::new(Means::FULL),
            fetched: RwSignal::new(None),
            kept: RwSignal::new(Vec::new()),
            kept_for_good: RwSignal::new(None),
            chosen: RwSignal::new(None),
            choosing: RwSignal::new_local(Choosing::Nothing),
            ledger: RwSignal::new(Committed::default()),
            settings: RwSignal::new(settings),
            key: RwSignal::new(key),
            offers: RwSignal::new(None),
            text: RwSignal::new(Draft::load().whole()),
            media: RwSignal::new(Vec::new()),
            wish: RwSignal::new(None),
            wanted: RwSignal::new_local(None),
            aside: StoredValue::new(false),
            notices: RwSignal::new(Vec::new()),
            announcement: RwSignal::new(String::new()),
            drawer: RwSignal::new(false),
            renewing: RwSignal::new(false),
            options: StoredValue::new(options),
            worker: StoredValue::new_local(None),
            picked: StoredValue::new_local(Vec::new()),
            keep: StoredValue::new(true),
            pieces: StoredValue::new(String::new()),
            restoring: StoredValue::new(1),
            counter: StoredValue::new(0),
        }
    }

    /// The session that the surrounding chat provides.
    ///
    /// # Panics
    /// Outside a chat, which is a mistake in the page's code.
    #[must_use]
    pub fn expect() -> Self {
        expect_context()
    }

    /// Address of the page that shows what was spent and what left the device, if there is one.
    pub(crate) fn record(self) -> Option<&'static str> {
        self.options.with_value(|options| options.record)
    }

    /// A number that no exchange, request or notice of this page has had.
    fn next_number(self) -> u32 {
        self.counter
            .try_update_value(|counter| {
                *counter = counter.wrapping_add(1);
                *counter
            })
            .unwrap_or_default()
    }

    fn with_worker(self, act: impl FnOnce(&WorkerHandle)) {
        self.worker.with_value(|worker| {
            if let Some(worker) = worker {
                act(worker);
            }
        });
    }
}
