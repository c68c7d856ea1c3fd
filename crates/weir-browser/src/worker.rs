//! The page's end of the worker: starts it, talks to it, and starts it again when it dies.

mod running;

use std::{
    cell::RefCell,
    fmt,
    rc::{Rc, Weak},
};

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::File;
use weir_cloud::Secret;
use weir_core::UserTurn;

use crate::{
    answers::Answers,
    jserror,
    listener::Listener,
    locks::{self, Held},
    means::{self, Marker},
    messages::{ErrorKind, FromWorker, Means, Preferences, RequestId, ToWorker},
    outbox::Outbox,
    timers::{Every, now_ms},
    watchdog::{CHECK_EVERY_MS, Verdict, Watchdog},
    wire::{self, Packet, Parcel},
};
use running::Running;

/// What the page hears of its worker.
#[derive(Clone, Debug, PartialEq)]
pub enum WorkerEvent {
    /// The worker said this. When a worker dies, the open requests that the next one cannot go on
    /// with are reported as [`FromWorker::Failed`] with [`ErrorKind::WorkerDied`] before anything
    /// else.
    Message(Box<FromWorker>),
    /// The worker died and a new one was started; it is told start, preferences and model again.
    Restarted {
        /// Why it died.
        reason: String,
        /// How many times this happened within five minutes.
        times: u32,
        /// The requests that it goes on with, once its model is there.
        resumed: Vec<RequestId>,
        /// What its model may use.
        means: Means,
    },
    /// The worker died too often, or no new one could be started. Nothing more will be heard.
    GaveUp {
        /// Why it died the last time.
        reason: String,
    },
}

/// Why there is no worker.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkerError {
    /// The browser refused to start it.
    #[error(
        "the browser refused to start Weir's worker ({0}); its script must come from the page's \
         own host, and the page's content security policy must allow it in `worker-src`"
    )]
    Refused(String),
}

/// A worker. Clones are handles to the same one; it ends with the last of them.
#[derive(Clone)]
pub struct WorkerHandle(Rc<Post>);

struct Post {
    url: String,
    on_event: Box<dyn Fn(WorkerEvent)>,
    /// Borrowed for moments, never while `on_event` runs: it may well call back.
    state: RefCell<State>,
    /// Held for as long as the page lives, so that others can tell whether it does.
    alive: RefCell<Option<Held>>,
    _check: Every,
    _visibility: Vec<Listener>,
}

struct State {
    worker: Option<Running>,
    watchdog: Watchdog,
    outbox: Outbox,
    answers: Answers,
    marker: Marker,
}

impl WorkerHandle {
    /// Starts the module worker at `url`; `on_event` hears everything about it, never from within
    /// a call to this handle.
    ///
    /// # Errors
    /// [`WorkerError::Refused`] where the browser refuses it at once. A script that cannot be
    /// loaded is an event.
    pub fn spawn(url: &str, on_event: impl Fn(WorkerEvent) + 'static) -> Result<Self, WorkerError> {
        let mut refused = None;
        let post = Rc::new_cyclic(|post: &Weak<Post>| {
            let worker = Post::run(url, post)
                .map_err(|thrown| refused = Some(jserror::text(&thrown)))
                .ok();
            let checked = post.clone();
            let tab = format!("weir:tab:{}", js_sys::Math::random());
            spawn_local(stay_alive(post.clone(), tab.clone()));
            Post {
                url: url.to_owned(),
                on_event: Box::new(on_event),
                state: RefCell::new(State {
                    worker,
                    watchdog: Watchdog::new(now_ms()),
                    outbox: Outbox::default(),
                    answers: Answers::default(),
                    marker: Marker::new(tab),
                }),
                alive: RefCell::default(),
                _visibility: watch_visibility(post),
                _check: Every::new(CHECK_EVERY_MS, move || {
                    if let Some(post) = checked.upgrade() {
                        post.check();
                    }
                }),
            }
        });
        match refused {
            Some(reason) => Err(WorkerError::Refused(reason)),
            None => Ok(Self(post)),
        }
    }

    /// Sends a message; before the worker listens, it waits its turn.
    pub fn send(&self, message: &ToWorker) {
        self.0.send(Parcel::from(message.clone()));
    }

    /// Asks for an answer to `turn`. `attachments` holds the bytes of its attachments, by slot.
    pub fn ask(&self, request: RequestId, turn: &UserTurn, attachments: Vec<Vec<u8>>) {
        let message = ToWorker::Ask {
            request,
            turn: turn.clone(),
            resume: None,
        };
        self.0.send(Parcel {
            attachments,
            ..Parcel::from(message)
        });
    }

    /// Replaces preferences and key; without a key the worker forgets the one it has.
    pub fn prefer(&self, preferences: &Preferences, key: Option<Secret>) {
        let message = ToWorker::Prefer {
            preferences: preferences.clone(),
        };
        self.0.send(Parcel {
            key,
            ..Parcel::from(message)
        });
    }

    /// Sends a message about a model, with those of its files that are on the user's device.
    pub fn send_with_files(&self, message: ToWorker, files: Vec<File>) {
        self.0.send(Parcel {
            files,
            ..Parcel::from(message)
        });
    }
}

impl Post {
    /// Starts a worker that tells `post` what it says and how it ends.
    fn run(url: &str, post: &Weak<Self>) -> Result<Running, JsValue> {
        let (hears, buries) = (post.clone(), post.clone());
        Running::start(
            url,
            move |packet| {
                if let Some(post) = hears.upgrade() {
                    post.hear(packet);
                }
            },
            move |reason| {
                if let Some(post) = buries.upgrade() {
                    post.bury(reason);
                }
            },
        )
    }

    fn send(self: &Rc<Self>, parcel: Parcel) {
        let mut state = self.state.borrow_mut();
        if state.worker.is_none() {
            drop(state);
            if let ToWorker::Ask { request, .. } = parcel.message {
                let post = Rc::clone(self);
                spawn_local(async move { post.lose(request) });
            }
            return;
        }
        let now = now_ms();
        state.watchdog.sent(&parcel.message, now);
        state.answers.sent(&parcel, now);
        state.offer(parcel);
        state.go_on(now);
        state.mark(None);
    }

    fn hear(self: &Rc<Self>, packet: &Packet) {
        let message = match wire::read::<FromWorker>(packet) {
            Ok(message) => message,
            Err(reason) => return self.bury(&reason),
        };
        let mut state = self.state.borrow_mut();
        let now = now_ms();
        state.watchdog.heard(&message, now);
        state.answers.heard(&message, now);
        if message == FromWorker::Alive {
            for parcel in state.outbox.open() {
                state.post(&parcel);
            }
        }
        state.go_on(now);
        state.mark(Some(&message));
        drop(state);
        (self.on_event)(WorkerEvent::Message(Box::new(message)));
    }

    fn check(self: &Rc<Self>) {
        let silence = {
            let mut state = self.state.borrow_mut();
            let watched = state.worker.is_some();
            state.watchdog.check(now_ms()).filter(|_| watched)
        };
        if let Some(silence) = silence {
            self.bury(&silence.to_string());
        }
    }

    /// Ends a worker that died, starts the next, and tells who waited for it.
    fn bury(self: &Rc<Self>, reason: &str) {
        let mut state = self.state.borrow_mut();
        state.worker = None;
        let verdict = state.watchdog.died(now_ms());
        let means = state.outbox.means();
        state.marker.died(means.unwrap_or_default());
        let next = match verdict {
            Verdict::Restart { times } => Self::run(&self.url, &Rc::downgrade(self))
                .map(|worker| (worker, times))
                .map_err(|thrown| jserror::text(&thrown)),
            Verdict::GiveUp => Err(reason.to_owned()),
        };
        let (fates, event) = match next {
            Ok((worker, times)) => {
                state.worker = Some(worker);
                let fates = state.answers.died();
                let restarted = WorkerEvent::Restarted {
                    reason: reason.to_owned(),
                    times,
                    resumed: fates.resumed.clone(),
                    means: state.save_means(times),
                };
                (fates, restarted)
            }
            Err(reason) => (state.answers.end(), WorkerEvent::GaveUp { reason }),
        };
        // Only now: what waits for the next worker says what its model may use.
        state.outbox.begin_again();
        drop(state);
        for request in fates.lost {
            self.lose(request);
        }
        (self.on_event)(event);
    }

    /// The page was hidden or shown, or is about to be left.
    fn seen(&self, visible: bool) {
        let state = &mut *self.state.borrow_mut();
        let means = state.outbox.means().unwrap_or_default();
        let answering = state.watchdog.answers_here();
        state.marker.seen(visible, means, answering);
    }

    fn lose(&self, request: RequestId) {
        let failed = FromWorker::Failed {
            request,
            kind: ErrorKind::WorkerDied,
            message: "Weir's worker stopped before it could answer. Your text is kept: send it \
                      again."
                .to_owned(),
            turn: None,
        };
        (self.on_event)(WorkerEvent::Message(Box::new(failed)));
    }
}

impl State {
    /// Sends a parcel, or has it wait until the worker listens.
    fn offer(&mut self, parcel: Parcel) {
        if let Some(parcel) = self.outbox.offer(parcel) {
            self.post(&parcel);
        }
    }

    /// Gives the worker the answers that it can go on with.
    fn go_on(&mut self, now: f64) {
        for parcel in self.answers.due(now) {
            self.watchdog.sent(&parcel.message, now);
            self.offer(parcel);
        }
    }

    fn mark(&mut self, heard: Option<&FromWorker>) {
        let means = self.outbox.means().unwrap_or_default();
        self.marker.look(heard, means, self.watchdog.answers_here());
    }

    /// What the model of the next worker may use: once may have been chance, but what happens again
    /// is helped by smaller means.
    fn save_means(&mut self, times: u32) -> Means {
        let Some(means) = self.outbox.means() else {
            return Means::FULL;
        };
        if times == 1 {
            return means;
        }
        let smaller = means.smaller(self.marker.ran_on());
        self.outbox.limit(smaller);
        means::keep(smaller);
        smaller
    }

    fn post(&self, parcel: &Parcel) {
        if let Some(worker) = &self.worker {
            worker.post(parcel);
        }
    }
}

/// Holds the lock that says that this page lives, until its handle is gone.
async fn stay_alive(post: Weak<Post>, tab: String) {
    let held = locks::hold(&tab, f64::from(i32::MAX)).await;
    if let Some(post) = post.upgrade() {
        post.alive.replace(held);
    }
}

/// Tells when the page is hidden, shown or left.
fn watch_visibility(post: &Weak<Post>) -> Vec<Listener> {
    let Some(window) = web_sys::window() else {
        return Vec::new();
    };
    let Some(document) = window.document() else {
        return Vec::new();
    };
    let watched = document.clone();
    let tell = |post: &Weak<Post>, visible| {
        if let Some(post) = post.upgrade() {
            post.seen(visible);
        }
    };
    let (changed, left) = (post.clone(), post.clone());
    vec![
        Listener::new(&document, "visibilitychange", move |_| {
            tell(&changed, !watched.hidden());
        }),
        Listener::new(&window, "pagehide", move |_| tell(&left, false)),
    ]
}

impl fmt::Debug for WorkerHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkerHandle")
            .field("url", &self.0.url)
            .finish_non_exhaustive()
    }
}
