//! What the page asks for, one message at a time.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures::{
    channel::oneshot,
    future::{AbortHandle, abortable},
};
use wasm_bindgen_futures::spawn_local;
use weir_browser::{
    inbox::{Incoming, post},
    messages::{
        DeviceChoice, ErrorKind, FromWorker, LocalModelState, ModelFile, Preferences, RequestId,
        ToWorker,
    },
    models, timers,
};
use weir_cloud::Secret;
use weir_core::{Interrupted, UserTurn};
use weir_engine::{Engine, Event, Refusal, StoreError};

use crate::{
    inspect,
    kinds::kind,
    loading::{self, Order},
    world::Page,
};

/// The dialogue of one page.
#[derive(Debug)]
pub(crate) struct Session {
    engine: Engine<Page>,
    device: Cell<DeviceChoice>,
    /// What was loaded last, to be loaded anew on another device.
    ordered: RefCell<Option<Rc<Order>>>,
    /// Stops the answer that is under way.
    answering: RefCell<Option<(RequestId, oneshot::Sender<()>)>>,
    /// Stops the load that is under way.
    loading: RefCell<Option<AbortHandle>>,
}

impl Session {
    pub(crate) fn new(world: Page) -> Rc<Self> {
        Rc::new(Self {
            engine: Engine::new(world, weir_engine::Preferences::default()),
            device: Cell::default(),
            ordered: RefCell::default(),
            answering: RefCell::default(),
            loading: RefCell::default(),
        })
    }

    /// Does what the page says. Whatever takes time goes on beside it.
    pub(crate) fn hear(self: &Rc<Self>, incoming: Incoming) {
        let Incoming {
            message,
            attachments,
            key,
            files,
        } = incoming;
        match message {
            ToWorker::Start {
                preferences,
                device,
            } => {
                self.device.set(device);
                self.prefer(&preferences, key);
                let session = Rc::clone(self);
                spawn_local(async move { session.restore().await });
            }
            ToWorker::Prefer { preferences } => self.prefer(&preferences, key),
            ToWorker::Load { model, keep, means } => self.load(Rc::new(Order {
                model,
                picked: files,
                keep,
                means,
            })),
            ToWorker::PauseLoading => drop(self.stop_loading()),
            ToWorker::CancelLoading => {
                if let Some(order) = self.stop_loading() {
                    spawn_local(async move {
                        // The load lets its file go first.
                        timers::yield_to_events().await;
                        delete(&order.model).await;
                    });
                }
            }
            ToWorker::Inspect { model } => spawn_local(async move {
                let report = inspect::inspect(&model, &files).await;
                let report = report.map_err(|failure| failure.to_string());
                post(&FromWorker::Inspected { model, report });
            }),
            ToWorker::RunOn { device } => {
                self.device.set(device);
                let order = self.ordered.borrow().clone();
                if let Some(order) = order {
                    self.load(order);
                }
            }
            ToWorker::ListKept => spawn_local(list_kept()),
            ToWorker::DeleteKept { model } => spawn_local(async move { delete(&model).await }),
            ToWorker::Ask {
                request,
                turn,
                resume,
            } => {
                let session = Rc::clone(self);
                spawn_local(async move { session.ask(request, turn, resume, &attachments).await });
            }
            ToWorker::Approve { request, approval } => {
                let answering = self.answering.borrow();
                if answering.as_ref().is_some_and(|(it, _)| *it == request) {
                    self.engine.world().gate.hear(approval);
                }
            }
            ToWorker::Cancel { request } => self.cancel(request),
            ToWorker::Judge { turn, opinion } => {
                let session = Rc::clone(self);
                spawn_local(async move {
                    if let Err(error) = session.engine.judge(turn, opinion).await {
                        not_stored(&error);
                    }
                });
            }
            ToWorker::ForgetLessons => {
                let session = Rc::clone(self);
                spawn_local(async move { session.engine.forget_lessons().await });
            }
            ToWorker::NewDialogue => {
                let session = Rc::clone(self);
                spawn_local(async move { session.start_anew().await });
            }
        }
    }

    fn prefer(&self, preferences: &Preferences, key: Option<Secret>) {
        self.engine.prefer(weir_engine::Preferences {
            limits: preferences.limits,
            dial: preferences.dial,
            private: preferences.private,
            rules: preferences.rules,
            redaction: preferences.redaction,
            consented: preferences.consented,
        });
        let set_up = self
            .engine
            .world()
            .cloud
            .set_up(preferences.provider.as_ref(), key);
        if let Err(error) = set_up {
            trouble(ErrorKind::Provider, error.to_string());
        }
    }

    async fn restore(&self) {
        if let Err(error) = self.engine.restore().await {
            not_stored(&error);
        } else if !self.engine.world().store.keeps() {
            let message = "Weir is open in another tab, which keeps its dialogue. This one is lost \
                           with the page; what it costs counts for today and this month as well.";
            trouble(ErrorKind::Storage, message.to_owned());
        }
        self.restored();
    }

    fn restored(&self) {
        post(&FromWorker::Restored {
            turns: self.engine.turns(),
        });
        tell(None, self.engine.ledger());
    }

    async fn start_anew(&self) {
        match self.engine.start_anew().await {
            Ok(()) => self.restored(),
            Err(refusal) => trouble(kind(refusal.trouble), refusal.message),
        }
    }

    /// Loads a model in place of any other; a load that is under way ends.
    fn load(self: &Rc<Self>, order: Rc<Order>) {
        self.ordered.replace(Some(Rc::clone(&order)));
        let session = Rc::clone(self);
        let (load, handle) = abortable(async move {
            let Page { local, policy, .. } = session.engine.world();
            let device = session.device.get();
            let loaded = loading::load(&order, device, local, policy, &mut state).await;
            if device == DeviceChoice::MeasureAgain {
                session.device.set(DeviceChoice::Measure);
            }
            if let Err(failure) = loaded {
                state(LocalModelState::Failed {
                    kind: failure.kind(),
                    message: failure.to_string(),
                    fitting_bytes: failure.fitting_bytes(&order.model),
                });
            }
            session.loading.take();
            list_kept().await;
        });
        if let Some(before) = self.loading.replace(Some(handle)) {
            before.abort();
        }
        spawn_local(async move {
            let _ = load.await;
        });
    }

    /// Ends a load that is under way; what was to be loaded.
    fn stop_loading(&self) -> Option<Rc<Order>> {
        self.loading.take()?.abort();
        state(LocalModelState::Absent);
        self.ordered.take()
    }

    async fn ask(
        &self,
        request: RequestId,
        turn: UserTurn,
        resume: Option<Interrupted>,
        media: &[Vec<u8>],
    ) {
        timers::forget_marks();
        timers::mark("weir:ask");
        let (stop, stopped) = oneshot::channel();
        // A second question waits for nobody: the engine refuses it, and the first can be stopped still.
        let mine = self.answering.borrow().is_none();
        if mine {
            self.answering.replace(Some((request, stop)));
        }
        let cancel = async {
            if stopped.await.is_err() {
                futures::future::pending::<()>().await;
            }
        };
        let hear = &mut |event: Event<'_>| tell(Some(request), event);
        let answered = match resume {
            Some(before) => self.engine.go_on(turn, before, cancel, hear).await,
            None => self.engine.ask(turn, media, cancel, hear).await,
        };
        if mine {
            self.answering.take();
        }
        post(&match answered {
            Ok(turn) => FromWorker::Finished { request, turn },
            Err(Refusal {
                trouble,
                message,
                turn,
            }) => FromWorker::Failed {
                request,
                kind: kind(trouble),
                message,
                turn: turn.map(|turn| *turn),
            },
        });
    }

    fn cancel(&self, request: RequestId) {
        let answering = self.answering.take();
        match answering {
            Some((running, stop)) if running == request => {
                // If the answer has just ended there is nothing left to stop.
                let _ = stop.send(());
            }
            other => {
                self.answering.replace(other);
            }
        }
    }
}

/// Tells the page which models are kept.
async fn list_kept() {
    let models = models::kept().await;
    post(&FromWorker::Kept { models });
}

/// Deletes what is kept of a model.
async fn delete(model: &ModelFile) {
    if let Err(error) = models::delete(model).await {
        trouble(ErrorKind::Storage, error.to_string());
    }
    list_kept().await;
}

/// Passes an event of the engine on to the page.
fn tell(request: Option<RequestId>, event: Event<'_>) {
    let message = match (event, request) {
        (Event::Ledger { spent, reserved }, _) => FromWorker::Ledger {
            spent: *spent,
            reserved: *reserved,
        },
        (Event::NotStored(error), _) => return not_stored(error),
        (Event::Reading { done, total }, Some(request)) => FromWorker::Reading {
            request,
            done,
            total,
        },
        (Event::Decided(decision), Some(request)) => FromWorker::Decided {
            request,
            decision: decision.clone(),
        },
        (Event::Departing(departure), Some(request)) => FromWorker::Departing {
            request,
            departure: departure.clone(),
        },
        (Event::Forgotten { turns }, Some(request)) => FromWorker::Forgotten { request, turns },
        (Event::AskingAgain { wait }, Some(request)) => FromWorker::AskingAgain {
            request,
            wait_ms: u32::try_from(wait.as_millis()).unwrap_or(u32::MAX),
        },
        (Event::Piece { text, tokens }, Some(request)) => FromWorker::Piece {
            request,
            text: text.to_owned(),
            tokens: tokens.to_vec(),
        },
        (_, None) => return,
    };
    post(&message);
}

fn not_stored(error: &StoreError) {
    trouble(ErrorKind::Storage, error.to_string());
}

fn trouble(kind: ErrorKind, message: String) {
    post(&FromWorker::Trouble { kind, message });
}

fn state(state: LocalModelState) {
    post(&FromWorker::Model { state });
}
