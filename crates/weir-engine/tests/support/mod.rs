//! A world whose models say what a test scripts, and which remembers what was asked of it.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use futures::{executor::block_on, future};
use weir_core::{
    Action, Attachment, DeviceEstimate, Forecast, JsonFormat, Mask, Modality, Moment, NanoUsd,
    Observation, Price, ReplyOptions, SaidToken, Spending, TaskMix, TokenUsage, Turn, UserTurn,
    dialogue::Ending, mask::Wish, price::CallBound,
};
use weir_engine::{
    Charged, Choice, Circumstances, CloudAnswer, CloudCall, CloudFailure, CloudModel, CloudTerms,
    Engine, Event, Heard, LocalAnswer, LocalCall, LocalFailure, LocalModel, Message, Permit,
    Policy, Preferences, Refusal, Saved, Store, StoreError, Trouble, Understanding, World,
};

pub(crate) const PRICE: Price = Price {
    input: NanoUsd::new(100),
    cached_input: NanoUsd::new(50),
    output: NanoUsd::new(400),
    audio_input: None,
    image_tokens: 1_000,
    audio_tokens_per_second: 30,
};

/// How the cloud answers.
#[derive(Clone, Debug)]
pub(crate) enum Script {
    Answer(Option<TokenUsage>),
    Fail(Trouble, Charged),
    /// Turns this many calls away, to be made again after a wait, then answers.
    TurnAway {
        times: u32,
        charged: Charged,
        again: Duration,
    },
    /// Says a piece and then nothing more, for ever.
    Hang,
}

#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) prefers_cloud: Cell<bool>,
    pub(crate) local_ready: Cell<bool>,
    pub(crate) local_fails: Cell<bool>,
    pub(crate) online: Cell<bool>,
    pub(crate) cloud: RefCell<Option<Script>>,
    /// Whether the cloud's format has no place for sound.
    pub(crate) deaf: Cell<bool>,
    pub(crate) calls: Cell<u32>,
    pub(crate) heard_locally: RefCell<Vec<Message>>,
    pub(crate) uploads: RefCell<Vec<Vec<u8>>>,
    pub(crate) permits: RefCell<Vec<(String, u64)>>,
    pub(crate) stored: RefCell<Option<Saved>>,
    /// The ledger as it was stored when the cloud was called.
    pub(crate) stored_at_call: RefCell<Option<Saved>>,
    /// The same while it was waited.
    pub(crate) stored_at_wait: RefCell<Option<Saved>>,
    pub(crate) store_fails: Cell<bool>,
    pub(crate) load_fails: Cell<bool>,
    pub(crate) clock: Cell<Moment>,
    /// How long was waited, wait by wait.
    pub(crate) waits: RefCell<Vec<Duration>>,
    /// Whether a wait never ends.
    pub(crate) clock_stands_still: Cell<bool>,
    now: Cell<f64>,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            prefers_cloud: Cell::new(false),
            local_ready: Cell::new(true),
            local_fails: Cell::new(false),
            online: Cell::new(true),
            cloud: RefCell::new(Some(Script::Answer(Some(USAGE)))),
            deaf: Cell::new(false),
            calls: Cell::new(0),
            heard_locally: RefCell::default(),
            uploads: RefCell::default(),
            permits: RefCell::default(),
            stored: RefCell::default(),
            stored_at_call: RefCell::default(),
            stored_at_wait: RefCell::default(),
            store_fails: Cell::new(false),
            load_fails: Cell::new(false),
            clock: Cell::new(Moment::new(1_800_000_000_000, 0)),
            waits: RefCell::default(),
            clock_stands_still: Cell::new(false),
            now: Cell::new(0.0),
        }
    }
}

pub(crate) const USAGE: TokenUsage = TokenUsage {
    input: 30,
    cached_input: 10,
    audio_input: 0,
    output: 20,
};

impl World for Desk {
    type Policy = Self;
    type Local = Self;
    type Cloud = Self;
    type Store = Self;

    fn policy(&self) -> &Self {
        self
    }
    fn local(&self) -> &Self {
        self
    }
    fn cloud(&self) -> &Self {
        self
    }
    fn store(&self) -> &Self {
        self
    }
    fn now_ms(&self) -> f64 {
        self.now.set(self.now.get() + 10.0);
        self.now.get()
    }
    fn moment(&self) -> Moment {
        self.clock.get()
    }
    fn online(&self) -> bool {
        self.online.get()
    }
    async fn wait(&self, wait: Duration) {
        self.waits.borrow_mut().push(wait);
        self.stored_at_wait.replace(self.stored.borrow().clone());
        if self.clock_stands_still.get() {
            future::pending::<()>().await;
        }
        self.now.set(self.now.get() + wait.as_secs_f64() * 1e3);
    }
}

impl Policy for Desk {
    fn forecasts(&self, circumstances: &Circumstances<'_>) -> Vec<Forecast> {
        let worst = |action: Action| match (action, circumstances.price) {
            (Action::Cloud(uploads), Some(price)) => Spending {
                usd: price.worst_case(CallBound {
                    prompt_tokens: circumstances.prompt_tokens_bound,
                    images: uploads.len() as u32,
                    audio_seconds: 0,
                    output_tokens: u64::from(circumstances.output_limit),
                }),
                millis: 2_000,
                bytes: 0,
                images: uploads.len() as u32,
            },
            _ => Spending {
                millis: 1_000,
                ..Spending::ZERO
            },
        };
        Action::enumerate(circumstances.attachments.len())
            .into_iter()
            .map(|action| Forecast {
                action,
                quality: if action.is_cloud() { 1.0 } else { 0.5 },
                quality_deviation: 0.1,
                association: 0.0,
                seconds: 1.0,
                usd: 0.0,
                worst: worst(action),
            })
            .collect()
    }

    fn choose(&self, observation: &Observation, mask: &Mask) -> Option<Choice> {
        let wanted = |action: Action| action.is_cloud() == self.prefers_cloud.get();
        let feasible: Vec<_> = mask.all_feasible().collect();
        let best = feasible
            .iter()
            .rev()
            .find(|(_, action)| wanted(action.get()))
            .or(feasible.first())?;
        let mut probabilities = vec![0.0; observation.forecasts.len()];
        probabilities[best.0] = 1.0;
        Some(Choice {
            index: best.0,
            probabilities,
            value: 1.0,
        })
    }
}

impl LocalModel for Desk {
    fn name(&self) -> Option<String> {
        Some("tiny".to_owned())
    }
    fn longest_prompt(&self) -> u32 {
        1_000
    }
    fn estimate(&self) -> DeviceEstimate {
        DeviceEstimate {
            ready: self.local_ready.get(),
            prefill_tokens_per_second: 100.0,
            decode_tokens_per_second: 20.0,
        }
    }
    async fn understand(
        &self,
        messages: &[Message],
        _text: &str,
        read: &mut dyn FnMut(u32, u32),
    ) -> Result<Understanding, LocalFailure> {
        let bytes: usize = messages.iter().map(|message| message.text.len()).sum();
        read(1, 1);
        Ok(Understanding {
            task: TaskMix::UNKNOWN,
            picture_relevance: 0.5,
            sound_relevance: 0.5,
            prompt_tokens: bytes as u32 / 4,
        })
    }
    async fn answer(
        &self,
        call: LocalCall<'_>,
        hear: &mut dyn FnMut(Heard<'_>),
    ) -> Result<LocalAnswer, LocalFailure> {
        self.heard_locally.replace(call.messages.to_vec());
        let token = |id| SaidToken { id, logprob: None };
        if call.messages.len() > 4 {
            hear(Heard::Forgotten(1));
        }
        if call.said.is_empty() {
            hear(Heard::Piece("from ", &[token(1)]));
        }
        if let Some(JsonFormat::Schema(_)) = call.options.json {
            return Err(LocalFailure::Request("no such schema".to_owned()));
        }
        if self.local_fails.get() {
            return Err(LocalFailure::Device("the device was lost".to_owned()));
        }
        hear(Heard::Piece("here", &[token(2)]));
        Ok(LocalAnswer {
            ending: Ending::Complete,
            prompt_tokens: 12,
            tokens: 2,
        })
    }
}

impl CloudModel for Desk {
    fn terms(&self) -> Option<CloudTerms> {
        self.cloud.borrow().as_ref().map(|_| CloudTerms {
            host: "cloud.test".to_owned(),
            model: "large".to_owned(),
            price: PRICE,
        })
    }
    fn takes(&self, modality: Modality, _mime: &str) -> bool {
        modality.is_picture() || !self.deaf.get()
    }
    fn prompt_tokens_bound(&self, messages: &[Message]) -> u64 {
        messages
            .iter()
            .map(|message| message.text.len() as u64)
            .sum()
    }
    fn body_bytes(&self, call: &CloudCall<'_>) -> u64 {
        self.prompt_tokens_bound(call.messages)
            + call
                .uploads
                .iter()
                .map(|upload| upload.bytes.len() as u64)
                .sum::<u64>()
    }
    async fn answer(
        &self,
        permit: Permit,
        call: &CloudCall<'_>,
        hear: &mut dyn FnMut(&str),
    ) -> Result<CloudAnswer, CloudFailure> {
        self.calls.set(self.calls.get() + 1);
        self.permits
            .borrow_mut()
            .push((permit.host().to_owned(), permit.bytes_limit()));
        self.uploads.replace(
            call.uploads
                .iter()
                .map(|upload| upload.bytes.to_vec())
                .collect(),
        );
        self.stored_at_call.replace(self.stored.borrow().clone());
        let script = self.cloud.borrow().clone();
        match script {
            Some(Script::Answer(usage)) => {
                hear("from ");
                hear("there");
                Ok(CloudAnswer {
                    ending: Ending::Complete,
                    usage,
                })
            }
            Some(Script::Fail(trouble, charged)) => {
                if charged != Charged::Nothing {
                    hear("half");
                }
                Err(CloudFailure {
                    trouble,
                    message: "it broke".to_owned(),
                    charged,
                    again: None,
                })
            }
            Some(Script::TurnAway {
                times,
                charged,
                again,
            }) => {
                if call.attempt > times {
                    hear("from there");
                    return Ok(CloudAnswer {
                        ending: Ending::Complete,
                        usage: Some(USAGE),
                    });
                }
                if matches!(charged, Charged::Reported(_) | Charged::Unknown) {
                    hear("half");
                }
                Err(CloudFailure {
                    trouble: Trouble::CloudRateLimited,
                    message: "Slow down.".to_owned(),
                    charged,
                    again: Some(again),
                })
            }
            Some(Script::Hang) | None => {
                hear("half");
                future::pending().await
            }
        }
    }
}

impl Store for Desk {
    async fn load(&self) -> Result<Option<Saved>, StoreError> {
        if self.load_fails.get() {
            return Err(StoreError("the disk is asleep".to_owned()));
        }
        Ok(self.stored.borrow().clone())
    }
    async fn save(&self, saved: &Saved) -> Result<(), StoreError> {
        if self.store_fails.get() {
            return Err(StoreError("the disk is full".to_owned()));
        }
        self.stored.replace(Some(saved.clone()));
        Ok(())
    }
}

pub(crate) fn engine(desk: Desk, preferences: Preferences) -> Engine<Desk> {
    Engine::new(desk, preferences)
}

pub(crate) fn offloading(script: Script) -> Desk {
    Desk {
        prefers_cloud: Cell::new(true),
        cloud: RefCell::new(Some(script)),
        ..Desk::default()
    }
}

pub(crate) fn turn(text: &str) -> UserTurn {
    UserTurn {
        text: text.to_owned(),
        attachments: Vec::new(),
        wish: None,
        options: ReplyOptions::default(),
    }
}

pub(crate) fn wishing(text: &str, wish: Wish) -> UserTurn {
    UserTurn {
        wish: Some(wish),
        ..turn(text)
    }
}

pub(crate) fn with_picture(text: &str) -> UserTurn {
    let attachment = Attachment {
        modality: Modality::Image,
        mime: "image/jpeg".to_owned(),
        bytes: 3,
        seconds: 0.0,
    };
    UserTurn {
        attachments: vec![attachment],
        ..turn(text)
    }
}

/// Asks and waits; what was heard does not matter.
pub(crate) fn ask(engine: &Engine<Desk>, user: UserTurn) -> Result<Turn, Refusal> {
    let media: Vec<Vec<u8>> = user.attachments.iter().map(|_| vec![1, 2, 3]).collect();
    block_on(engine.ask(user, &media, future::pending(), &mut |_| {}))
}

/// Asks, and cancels at the first piece that is heard.
pub(crate) fn ask_and_stop(engine: &Engine<Desk>, user: UserTurn) -> Result<Turn, Refusal> {
    let (stop, stopped) = futures::channel::oneshot::channel::<()>();
    let mut stop = Some(stop);
    let cancel = async {
        let _ = stopped.await;
    };
    block_on(engine.ask(user, &[], cancel, &mut |event| {
        if let (Event::Piece { .. }, Some(stop)) = (event, stop.take()) {
            let _ = stop.send(());
        }
    }))
}
