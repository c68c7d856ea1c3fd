//! The traits that a platform fills in. A page has one [`World`]; a test makes its own.

use std::{future::Future, time::Duration};

use weir_core::{
    Approval, Attachment, CloudEstimate, Departed, Departure, DeviceEstimate, Forecast, Ledger,
    Mask, Modality, Moment, NetworkEstimate, Observation, Price, ReplyOptions, SaidToken, TaskMix,
    TokenUsage, Turn, dialogue::Ending,
};

use crate::{conversation::Message, lessons::Lessons, permit::Permit, refusal::Trouble};

/// Everything outside the engine.
pub trait World {
    /// Decides.
    type Policy: Policy;
    /// Answers on this device.
    type Local: LocalModel;
    /// Answers elsewhere.
    type Cloud: CloudModel;
    /// Asks the user.
    type Gate: Gate;
    /// Remembers.
    type Store: Store;
    /// Remembers what was learned.
    type Lessons: LessonStore;

    /// The policy.
    fn policy(&self) -> &Self::Policy;
    /// The local model, loaded or not.
    fn local(&self) -> &Self::Local;
    /// The cloud model, set up or not.
    fn cloud(&self) -> &Self::Cloud;
    /// The gate.
    fn gate(&self) -> &Self::Gate;
    /// The store.
    fn store(&self) -> &Self::Store;
    /// The store of what was learned.
    fn lessons(&self) -> &Self::Lessons;
    /// Milliseconds on a clock that never goes back.
    fn now_ms(&self) -> f64;
    /// What the device's clock and calendar show. Anybody may set them: the ledger tells days apart
    /// by this, and nothing is measured with it.
    fn moment(&self) -> Moment;
    /// Whether the device has a network at all.
    fn online(&self) -> bool;
    /// Completes after `wait`, not before.
    fn wait(&self, wait: Duration) -> impl Future<Output = ()>;
}

/// What a forecast is made from.
#[derive(Debug)]
pub struct Circumstances<'a> {
    /// What kind of turn this is.
    pub task: TaskMix,
    /// What is attached, by slot.
    pub attachments: &'a [Attachment],
    /// How much each attachment has to do with the prompt, by slot.
    pub relevance: &'a [f32],
    /// Tokens of the prompt as the local model counts them.
    pub prompt_tokens: u32,
    /// No provider counts more tokens than this in the text of the prompt.
    pub prompt_tokens_bound: u64,
    /// Bytes of the text of the prompt.
    pub prompt_bytes: u64,
    /// The longest reply that is asked for, in tokens.
    pub output_limit: u32,
    /// The way to the cloud.
    pub network: NetworkEstimate,
    /// The cloud model.
    pub cloud: CloudEstimate,
    /// This device.
    pub device: DeviceEstimate,
    /// The cloud model's price; `None` if none is set up, and cloud actions are infeasible.
    pub price: Option<Price>,
}

/// What a policy chose.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Index of a feasible action.
    pub index: usize,
    /// Probability of each action; 0 where it is infeasible.
    pub probabilities: Vec<f32>,
    /// Estimate of the reward still to come.
    pub value: f32,
}

/// Decides where a turn is answered.
pub trait Policy {
    /// One forecast for each action, in the order of [`weir_core::Action::enumerate`].
    fn forecasts(&self, circumstances: &Circumstances<'_>) -> Vec<Forecast>;
    /// Chooses a feasible action; `None` if the mask has none.
    fn choose(&self, observation: &Observation, mask: &Mask) -> Option<Choice>;
}

/// What the local model makes of a prompt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Understanding {
    /// What kind of turn it is.
    pub task: TaskMix,
    /// How much a picture has to do with it, 0 to 1.
    pub picture_relevance: f32,
    /// How much a recording has to do with it, 0 to 1.
    pub sound_relevance: f32,
    /// Tokens of the prompt. More than [`LocalModel::longest_prompt`] if it does not fit even
    /// without the dialogue's earlier turns.
    pub prompt_tokens: u32,
}

impl Understanding {
    /// Of a prompt that was not read: nothing is known of it but its length. English has about four
    /// bytes to a token.
    #[must_use]
    pub fn unread(messages: &[Message]) -> Self {
        let bytes: usize = messages.iter().map(|message| message.text.len()).sum();
        Self {
            task: TaskMix::UNKNOWN,
            picture_relevance: 0.5,
            sound_relevance: 0.5,
            prompt_tokens: u32::try_from(bytes / 4).unwrap_or(u32::MAX),
        }
    }

    /// How much an attachment of this kind has to do with the prompt, 0 to 1.
    #[must_use]
    pub const fn relevance(&self, modality: Modality) -> f32 {
        if modality.is_picture() {
            self.picture_relevance
        } else {
            self.sound_relevance
        }
    }
}

/// What a local model is to answer.
#[derive(Clone, Copy, Debug)]
pub struct LocalCall<'a> {
    /// The dialogue.
    pub messages: &'a [Message],
    /// What the reply should be like.
    pub options: &'a ReplyOptions,
    /// The longest reply, in tokens, if the options say nothing of it.
    pub output_limit: u32,
    /// The tokens of the reply that were said before an interruption. It goes on behind them; they
    /// are not heard again.
    pub said: &'a [u32],
}

/// What is heard of a local answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Heard<'a> {
    /// Tokens of the prompt that were read, and tokens in all.
    Read(u32, u32),
    /// So many of the oldest turns do not fit into the context any more, and are not seen.
    Forgotten(u32),
    /// A piece of the reply, and the tokens since the last one.
    Piece(&'a str, &'a [SaidToken]),
}

/// A local reply; its text was heard piece by piece.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocalAnswer {
    /// How it ended.
    pub ending: Ending,
    /// Tokens that were read.
    pub prompt_tokens: u32,
    /// Tokens of the reply, with those that were said before.
    pub tokens: u32,
    /// Prompt tokens that were read in a second, if enough were to tell.
    pub read_per_second: Option<f32>,
    /// Tokens that were generated in a second, if enough were to tell.
    pub said_per_second: Option<f32>,
}

/// Why the local model does not answer, or broke off: what went wrong and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocalFailure {
    /// No answer can be made as it was asked for.
    #[error("{0}")]
    Request(String),
    /// The device, or what runs on it, failed.
    #[error("{0}")]
    Device(String),
}

/// Answers on this device.
#[expect(async_fn_in_trait, reason = "a world lives on one thread")]
pub trait LocalModel {
    /// Its name, once it is loaded.
    fn name(&self) -> Option<String>;
    /// The longest prompt, in tokens, after which it can still answer.
    fn longest_prompt(&self) -> u32;
    /// How quick it is, and whether it can answer at all.
    fn estimate(&self) -> DeviceEstimate;
    /// Reads the prompt, whose last message begins with what the user typed, `text`; `read` hears
    /// tokens read and tokens in all. Without a loaded model it counts what it can and knows no
    /// task.
    ///
    /// # Errors
    /// When the device fails.
    async fn understand(
        &self,
        messages: &[Message],
        text: &str,
        read: &mut dyn FnMut(u32, u32),
    ) -> Result<Understanding, LocalFailure>;
    /// Answers. Dropping the future stops it between tokens.
    ///
    /// # Errors
    /// [`LocalFailure`]; what was heard before stands.
    async fn answer(
        &self,
        call: LocalCall<'_>,
        hear: &mut dyn FnMut(Heard<'_>),
    ) -> Result<LocalAnswer, LocalFailure>;
}

/// Who would be called, and at what price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudTerms {
    /// Host, with its port if it has one.
    pub host: String,
    /// Name of the model.
    pub model: String,
    /// Its price.
    pub price: Price,
}

/// One attachment that goes along.
#[derive(Clone, Copy, Debug)]
pub struct Upload<'a> {
    /// What it is.
    pub modality: Modality,
    /// Its media type.
    pub mime: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Length of a clip in seconds; 0 for a picture.
    pub seconds: f32,
}

/// One call to a cloud model.
#[derive(Clone, Debug)]
pub struct CloudCall<'a> {
    /// The dialogue.
    pub messages: &'a [Message],
    /// What goes along with its last message.
    pub uploads: Vec<Upload<'a>>,
    /// The longest reply, in tokens; the request carries it.
    pub output_limit: u32,
    /// Which try of this call it is, counted from 1.
    pub attempt: u32,
}

/// A cloud reply; its text was heard piece by piece.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CloudAnswer {
    /// How it ended.
    pub ending: Ending,
    /// What the provider reported.
    pub usage: Option<TokenUsage>,
    /// Milliseconds from the call to the head of its answer, if that was seen.
    pub head_ms: Option<f32>,
}

/// What a failed call cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charged {
    /// It certainly did not leave the device.
    NotSent,
    /// It left and was turned away: it used data, and cost no money.
    Nothing,
    /// It ran, and this was reported.
    Reported(TokenUsage),
    /// Nobody knows: the worst case counts.
    Unknown,
}

/// Why a cloud call broke off.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CloudFailure {
    /// What went wrong, by name.
    pub trouble: Trouble,
    /// What went wrong and what to do.
    pub message: String,
    /// What it cost.
    pub charged: Charged,
    /// After which wait the same call may be made again without asking the user; `None` if it may
    /// not. Heeded only where it cost no money and nothing was heard.
    pub again: Option<Duration>,
}

/// Answers elsewhere.
#[expect(async_fn_in_trait, reason = "a world lives on one thread")]
pub trait CloudModel {
    /// Who would be called; `None` if nobody is set up or the price is unknown.
    fn terms(&self) -> Option<CloudTerms>;
    /// Whether the provider's format has a place for such an attachment of the user's.
    fn takes(&self, modality: Modality, mime: &str) -> bool;
    /// No provider counts more tokens than this in the text of `messages`.
    fn prompt_tokens_bound(&self, messages: &[Message]) -> u64;
    /// The exact length of the request's body.
    fn body_bytes(&self, call: &CloudCall<'_>) -> u64;
    /// Makes the call; `hear` gets the text piece by piece. Dropping the future aborts it.
    ///
    /// # Errors
    /// When it is refused or breaks off; what was heard before stands.
    async fn answer(
        &self,
        permit: Permit,
        call: &CloudCall<'_>,
        hear: &mut dyn FnMut(&str),
    ) -> Result<CloudAnswer, CloudFailure>;
}

/// Asks the user before something leaves, and makes what is kept of it small.
#[expect(async_fn_in_trait, reason = "a world lives on one thread")]
pub trait Gate {
    /// What the user says to this departure. Dropping the future takes the question back.
    async fn approve(&self, departure: &Departure) -> Approval;
    /// A picture made small for the egress log, as an address that holds all of it (`data:`); `None` if
    /// it cannot be read.
    async fn thumbnail(&self, picture: &Upload<'_>) -> Option<String>;
}

/// What is remembered of a dialogue. It is written as one, so that a turn and its charge can never
/// be remembered apart.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Saved {
    /// Its turns.
    pub turns: Vec<Turn>,
    /// Its ledger.
    pub ledger: Ledger,
}

/// One of the tabs that share what is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tab {
    /// Whether the dialogue is kept for it. There is one such tab; others have dialogues of their
    /// own, of which only the charges are remembered.
    pub keeps: bool,
    /// The dialogues that go on in other tabs.
    pub elsewhere: Vec<u64>,
}

impl Saved {
    /// Lets `tab` make a change, and says which dialogue of the ledger is its own. A tab that does
    /// not keep the dialogue finds no turns here, and what it leaves of them is dropped.
    pub fn lend<T>(&mut self, tab: &Tab, change: impl FnOnce(&mut Self, &Tab) -> T) -> (T, u64) {
        let kept = (!tab.keeps).then(|| (self.ledger.dialogue(), std::mem::take(&mut self.turns)));
        let changed = change(self, tab);
        let own = self.ledger.dialogue();
        if let Some((dialogue, turns)) = kept {
            self.ledger.take_up(dialogue);
            self.turns = turns;
        }
        (changed, own)
    }
}

/// Why something could not be remembered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// What is stored cannot be read, and nobody knows what it says.
    #[error("what is stored could not be read: {0}")]
    Unreadable(String),
    /// It could not be written; what was stored before is still there.
    #[error("the dialogue could not be stored: {0}")]
    NotStored(String),
}

/// Remembers a dialogue and the ledger over reloads.
#[expect(async_fn_in_trait, reason = "a world lives on one thread")]
pub trait Store {
    /// Reads what is stored (at first nothing: the default), lets this tab `change` it through
    /// [`Saved::lend`], and writes it, with the line for the egress log that `change` may give, all or
    /// nothing. No other tab reads or writes in between.
    ///
    /// # Errors
    /// When it cannot be read, and then `change` is not called; or when it cannot be written.
    async fn change<T>(
        &self,
        change: impl FnOnce(&mut Saved, &Tab) -> (T, Option<Departed>),
    ) -> Result<T, StoreError>;
    /// Writes `saved` over what cannot be read.
    ///
    /// # Errors
    /// When the storage cannot be written.
    async fn replace(&self, saved: &Saved) -> Result<(), StoreError>;
}

/// Remembers what past turns taught. What is lost is learned again, so nothing here fails.
#[expect(async_fn_in_trait, reason = "a world lives on one thread")]
pub trait LessonStore {
    /// What was kept last; nothing if that cannot be read.
    async fn recall(&self) -> Lessons;
    /// Replaces it, if that can be done.
    async fn keep(&self, lessons: &Lessons);
}
