//! A world whose models say what a test scripts, and which remembers what was asked of it.
//!
//! - `models`: what they say. `shelves`: what is stored and logged, and what the user says at the gate.

mod models;
mod shelves;

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
    time::Duration,
};

use futures::{executor::block_on, future};
use weir_core::{
    Action, Approval, Attachment, Departed, Departure, Forecast, Mask, Modality, Moment, NanoUsd,
    Observation, Price, ReplyOptions, Spending, TokenUsage, Turn, UserTurn, mask::Wish,
    price::CallBound,
};
use weir_engine::{
    Charged, Choice, Circumstances, Engine, Event, Lessons, Message, Policy, Preferences, Refusal,
    Saved, Trouble, World,
};

pub(crate) const PRICE: Price = Price {
    input: NanoUsd::new(100),
    cached_input: NanoUsd::new(50),
    output: NanoUsd::new(400),
    audio_input: None,
    image_tokens: 1_000,
    audio_tokens_per_second: 30,
};

/// What the user says to a departure that is shown.
pub(crate) type Answer = fn(&Departure) -> Approval;

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
    /// Says the new message again, letter by letter.
    Echo,
    /// Says a piece and then nothing more, for ever.
    Hang,
}

#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) prefers_cloud: Cell<bool>,
    pub(crate) local_ready: Cell<bool>,
    pub(crate) local_fails: Cell<bool>,
    pub(crate) reading_fails: Cell<bool>,
    /// Whether what fails does so before anything is heard of it.
    pub(crate) says_nothing_before: Cell<bool>,
    pub(crate) online: Cell<bool>,
    pub(crate) cloud: RefCell<Option<Script>>,
    /// Whether the cloud's format has no place for sound.
    pub(crate) deaf: Cell<bool>,
    pub(crate) calls: Cell<u32>,
    /// What the user says to each departure, in turn; then, and at first, they send it.
    pub(crate) approvals: RefCell<VecDeque<Answer>>,
    pub(crate) departures: RefCell<Vec<Departure>>,
    /// Whether the user looks at it for ever.
    pub(crate) undecided: Cell<bool>,
    /// The egress log.
    pub(crate) log: RefCell<Vec<Departed>>,
    /// Whether a write with a line for the log fails.
    pub(crate) log_fails: Cell<bool>,
    /// The messages of the last call.
    pub(crate) heard_elsewhere: RefCell<Vec<Message>>,
    pub(crate) heard_locally: RefCell<Vec<Message>>,
    pub(crate) uploads: RefCell<Vec<Vec<u8>>>,
    pub(crate) permits: RefCell<Vec<(String, u64)>>,
    pub(crate) stored: Rc<RefCell<Option<Saved>>>,
    /// The dialogues that go on in all tabs of the browser.
    locks: Rc<RefCell<Vec<u64>>>,
    /// The one that goes on in this tab.
    goes_on: Cell<Option<u64>>,
    keeps: Cell<bool>,
    /// The ledger as it was stored when the cloud was called.
    pub(crate) stored_at_call: RefCell<Option<Saved>>,
    /// The same while it was waited.
    pub(crate) stored_at_wait: RefCell<Option<Saved>>,
    pub(crate) lessons: RefCell<Lessons>,
    /// What the policy saw last.
    pub(crate) seen: RefCell<Option<Observation>>,
    pub(crate) store_fails: Cell<bool>,
    pub(crate) store_waits: Cell<bool>,
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
            reading_fails: Cell::new(false),
            says_nothing_before: Cell::new(false),
            online: Cell::new(true),
            cloud: RefCell::new(Some(Script::Answer(Some(USAGE)))),
            deaf: Cell::new(false),
            calls: Cell::new(0),
            approvals: RefCell::default(),
            departures: RefCell::default(),
            undecided: Cell::new(false),
            log: RefCell::default(),
            log_fails: Cell::new(false),
            heard_elsewhere: RefCell::default(),
            heard_locally: RefCell::default(),
            uploads: RefCell::default(),
            permits: RefCell::default(),
            stored: Rc::default(),
            locks: Rc::default(),
            goes_on: Cell::default(),
            keeps: Cell::new(true),
            stored_at_call: RefCell::default(),
            stored_at_wait: RefCell::default(),
            lessons: RefCell::default(),
            seen: RefCell::default(),
            store_fails: Cell::new(false),
            store_waits: Cell::new(false),
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
    type Gate = Self;
    type Store = Self;
    type Lessons = Self;

    fn policy(&self) -> &Self {
        self
    }
    fn local(&self) -> &Self {
        self
    }
    fn cloud(&self) -> &Self {
        self
    }
    fn gate(&self) -> &Self {
        self
    }
    fn store(&self) -> &Self {
        self
    }
    fn lessons(&self) -> &Self {
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
        self.seen.replace(Some(observation.clone()));
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

impl Desk {
    /// Another tab of the same browser, whose dialogue is not kept.
    pub(crate) fn beside(&self, script: Script) -> Self {
        Self {
            keeps: Cell::new(false),
            stored: Rc::clone(&self.stored),
            locks: Rc::clone(&self.locks),
            ..offloading(script)
        }
    }
    /// The tab is gone: it holds no lock any more.
    pub(crate) fn close(&self) {
        let gone = self.goes_on.take();
        self.locks.borrow_mut().retain(|it| Some(*it) != gone);
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
