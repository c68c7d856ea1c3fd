//! What the page and the worker say to each other.
//!
//! Every message is plain data. What must not pass through a serialiser (an API key) or should not
//! be copied (attachments' bytes) travels in fields of its own beside it: [`crate::worker`].
//!
//! Enums are tagged from the outside. For a tag inside, serde buffers each message and reads it once
//! more out of that buffer, with code of its own for every type: 28 kB of the page's download.

use serde::{Deserialize, Serialize};
use weir_cloud::Dialect;
use weir_core::{
    Approval, Decision, Departure, Dial, Interrupted, Limits, Opinion, Price, PrivacyRules,
    Redaction, SaidToken, Spans, Spending, Turn, TurnId, UserTurn,
};

mod model;

pub use model::{Fit, KeptModel, ModelFile, ModelReport, Shard};

/// Numbers the turns that a page asked for, ascending; a late answer to an old one is harmless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(pub u32);

/// Which device the local model should run on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceChoice {
    /// Whichever a short measurement finds quicker; what was measured before is remembered.
    #[default]
    Measure,
    /// The same, and what is remembered is forgotten first.
    MeasureAgain,
    /// WebGPU.
    WebGpu,
    /// The processor.
    Cpu,
}

/// A device that the local model does run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// WebGPU.
    WebGpu,
    /// The processor.
    Cpu,
}

/// How much of this machine the local model may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Means {
    /// The GPU, if that was chosen or measures quicker.
    pub gpu: bool,
    /// Tokens that the model remembers at most, prompt and reply together.
    pub context: u32,
}

/// A cloud model as the user set it up; its key travels beside this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderSettings {
    /// The wire format that it speaks.
    #[serde(default)]
    pub dialect: Dialect,
    /// Base URL: for the OpenAI-compatible format up to and including `/v1`.
    pub base_url: String,
    /// Name of the model there.
    pub model: String,
    /// What it costs; `None` asks the price table.
    pub price: Option<Price>,
}

/// What the user decided once and for every turn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Preferences {
    /// Limits of a turn, a dialogue, a day and a month.
    pub limits: Limits,
    /// Quality, speed, cost.
    pub dial: Dial,
    /// Nothing leaves the device.
    pub private: bool,
    /// What may leave it otherwise.
    pub rules: PrivacyRules,
    /// When details are left out.
    pub redaction: Redaction,
    /// Whether the user agreed to the cloud model's host.
    pub consented: bool,
    /// The cloud model, if one is set up.
    pub provider: Option<ProviderSettings>,
}

/// From the page to the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToWorker {
    /// Always the first. The worker answers with [`FromWorker::Restored`].
    Start {
        /// What the user decided.
        preferences: Preferences,
        /// Where the local model should run.
        device: DeviceChoice,
    },
    /// Fetch this model (or take it from storage) and load it, in place of any other.
    Load {
        /// The model. Those of its files that are on the user's device travel in the field `files`.
        model: ModelFile,
        /// What it may use.
        means: Means,
        /// Whether what is fetched or copied is kept for the next time.
        keep: bool,
    },
    /// Stop fetching or loading; what was fetched is kept.
    PauseLoading,
    /// Stop fetching or loading, and delete what was fetched.
    CancelLoading,
    /// Look at the head of this model and say what it is: [`FromWorker::Inspected`].
    Inspect {
        /// The model, with its `files` as in [`ToWorker::Load`].
        model: ModelFile,
    },
    /// Where the local model should run from now on. One that is loaded is loaded anew.
    RunOn {
        /// Where.
        device: DeviceChoice,
    },
    /// Say which models are kept: [`FromWorker::Kept`].
    ListKept,
    /// Delete a model that is kept, then list the others. One that is loaded goes on answering.
    DeleteKept {
        /// The model.
        model: ModelFile,
    },
    /// Replaces the preferences. A provider's key travels in the field `key`; without one the key
    /// is forgotten.
    Prefer {
        /// What the user decided.
        preferences: Preferences,
    },
    /// Answer a turn, or go on with its answer. The bytes of its attachments travel in the field
    /// `attachments`, in order.
    Ask {
        /// The number of this request.
        request: RequestId,
        /// What the user said.
        turn: UserTurn,
        /// Its answer, where another worker died in the middle of it: the rest is asked for.
        resume: Option<Interrupted>,
    },
    /// What the user says to the last [`FromWorker::Departing`].
    Approve {
        /// The request that it belongs to.
        request: RequestId,
        /// What they say.
        approval: Approval,
    },
    /// Stop answering; what was said so far is kept.
    Cancel {
        /// The request to stop.
        request: RequestId,
    },
    /// What the user thinks of the reply to a turn. A last one that is unwanted makes room for another.
    Judge {
        /// The turn.
        turn: TurnId,
        /// What they think; `None` takes it back.
        opinion: Option<Opinion>,
    },
    /// Forget what past turns taught.
    ForgetLessons,
    /// Forget the dialogue and start a new one, with a new ledger.
    NewDialogue,
}

/// How far the local model is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocalModelState {
    /// None was asked for.
    Absent,
    /// The devices are being measured.
    Measuring,
    /// Its file is being fetched.
    Downloading {
        /// Bytes that are here.
        bytes: u64,
        /// Bytes of the whole file, if the server said so.
        total: Option<u64>,
        /// Bytes per second, lately.
        rate: f64,
    },
    /// Its file is compared with its SHA-256.
    Verifying {
        /// Bytes that were read.
        bytes: u64,
        /// Bytes of the whole file.
        total: u64,
    },
    /// It goes into the device's memory.
    Loading {
        /// Bytes that were uploaded.
        bytes: u64,
        /// Bytes of the whole file.
        total: u64,
    },
    /// It can answer.
    Ready {
        /// Its name.
        name: String,
        /// Where it runs.
        device: DeviceKind,
        /// The adapter's name, or why the processor was taken.
        detail: String,
        /// Tokens per second in the measurement.
        tokens_per_second: f32,
        /// Why it runs there.
        chosen: Chosen,
        /// Tokens that it remembers.
        context: u32,
        /// Bytes of memory that it was expected to take.
        memory: u64,
    },
    /// It cannot be used; the message says what to do.
    Failed {
        /// What went wrong, as a word for programs.
        kind: ErrorKind,
        /// What went wrong, for people.
        message: String,
        /// Where it is too large: about how long a file may be that fits.
        fitting_bytes: Option<u64>,
    },
}

/// Why a device was taken.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// The user or the page asked for it.
    Wish,
    /// No other can be used.
    Need,
    /// It was measured quicker just now.
    Measurement {
        /// Milliseconds that the measurement of all devices took.
        ms: f64,
    },
    /// It was measured quicker before.
    Memory,
}

/// Errors by name; the message beside it speaks to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// Nothing was typed or attached.
    EmptyPrompt,
    /// Longer than the local model's context, and not sent to a cloud.
    PromptTooLong,
    /// No model can answer: none loaded, and the cloud is not allowed or not set up.
    NothingCanAnswer,
    /// Another turn is still being answered.
    Busy,
    /// The user does not want it sent.
    Withheld,
    /// The budget does not allow the only place that could answer.
    OverBudget,
    /// The file could not be fetched.
    Download,
    /// The file is not what its hash says.
    WrongHash,
    /// The file is not a GGUF that can be used.
    BadModel,
    /// No room to keep the file.
    StorageFull,
    /// The model needs more memory than there is.
    TooLarge,
    /// The answer cannot be made as it was asked for, e.g. in that JSON schema.
    Request,
    /// The device failed or was lost.
    Device,
    /// The cloud could not be reached.
    CloudUnreachable,
    /// This device has no network.
    CloudOffline,
    /// The cloud is there, but keeps its answers from web pages.
    CloudBlocked,
    /// The cloud said nothing for too long.
    CloudSlow,
    /// The cloud wants to be paid first.
    CloudPayment,
    /// The cloud's rules do not allow the request or its answer.
    CloudDeclined,
    /// The cloud does not know the model or the address.
    CloudNotFound,
    /// What answered does not speak as the provider that is set up should.
    CloudForeign,
    /// The cloud refused the key.
    CloudKey,
    /// The cloud asks to wait.
    CloudRateLimited,
    /// The cloud is failing.
    CloudFailing,
    /// The cloud's answer broke off.
    CloudCutOff,
    /// The cloud refused the request for another reason.
    CloudRefused,
    /// What is set up for the cloud cannot be used: a bad URL, an unknown price.
    Provider,
    /// The worker died and was started again.
    WorkerDied,
    /// Storage failed.
    Storage,
}

/// From the worker to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromWorker {
    /// The worker listens; messages sent before this are lost.
    Alive,
    /// The dialogue as it was stored, after [`ToWorker::Start`] and after [`ToWorker::NewDialogue`].
    Restored {
        /// Its turns.
        turns: Vec<Turn>,
    },
    /// How far the local model is.
    Model {
        /// The state.
        state: LocalModelState,
    },
    /// What a model is, after [`ToWorker::Inspect`].
    Inspected {
        /// The model that was asked about.
        model: ModelFile,
        /// What it is, or why that could not be read, for people.
        report: Result<ModelReport, String>,
    },
    /// Which models are kept.
    Kept {
        /// The models, and parts of models.
        models: Vec<KeptModel>,
    },
    /// The ledger changed.
    Ledger {
        /// Spent in this turn, dialogue, day and month.
        spent: Spans<Spending>,
        /// Set aside for calls that are running.
        reserved: Spans<Spending>,
    },
    /// The prompt is being read locally.
    Reading {
        /// The request.
        request: RequestId,
        /// Tokens read.
        done: u32,
        /// Tokens in all.
        total: u32,
    },
    /// The policy decided, or the user did otherwise.
    Decided {
        /// The request.
        request: RequestId,
        /// What, and why.
        decision: Decision,
    },
    /// The user is to look at what would be sent; nothing is before [`ToWorker::Approve`].
    Departing {
        /// The request.
        request: RequestId,
        /// What would be sent.
        departure: Departure,
    },
    /// The local model answers without the oldest turns, which do not fit into its context any more.
    Forgotten {
        /// The request.
        request: RequestId,
        /// How many it does not see.
        turns: u32,
    },
    /// The cloud turned the call away without charging for it.
    AskingAgain {
        /// The request.
        request: RequestId,
        /// Milliseconds after which it is made again; 0 once it is.
        wait_ms: u32,
    },
    /// A piece of the reply.
    Piece {
        /// The request.
        request: RequestId,
        /// Text to append.
        text: String,
        /// The tokens since the last piece; none of a reply from the cloud.
        tokens: Vec<SaidToken>,
    },
    /// The turn is over and stored.
    Finished {
        /// The request.
        request: RequestId,
        /// The turn with its reply, to take the place of the pieces.
        turn: Turn,
    },
    /// The turn could not be answered. Its text is stored; nothing of the dialogue is lost.
    Failed {
        /// The request.
        request: RequestId,
        /// What went wrong, as a word for programs.
        kind: ErrorKind,
        /// What went wrong and what to do, for people.
        message: String,
        /// The turn with what was received before it broke off, if anything was.
        turn: Option<Turn>,
    },
    /// Something outside any turn went wrong.
    Trouble {
        /// What went wrong, as a word for programs.
        kind: ErrorKind,
        /// What went wrong and what to do, for people.
        message: String,
    },
}
