//! The dialogue and its ledger, and the way of one turn through them.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    time::Duration,
};

use futures::future::join;
use weir_core::{
    Decision, Departure, Dial, Entry, Interrupted, Ledger, Limits, PrivacyRules, Receipt,
    Redaction, Reply, SaidToken, Spans, Spending, Turn, TurnId, UserTurn, dialogue::Ending,
    mask::Wish,
};

use crate::{
    cloud_turn,
    failover::Failed,
    gate::{self, Way},
    lessons::Lessons,
    local_turn, observe,
    refusal::{Refusal, Trouble},
    shared::{Change, Shared},
    world::{LessonStore, Saved, StoreError, World},
};

/// What the user decided once and for every turn.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Preferences {
    /// Limits of a turn, a dialogue, a day and a month. The policy paces the dialogue's.
    pub limits: Limits,
    /// Quality, speed, cost.
    pub dial: Dial,
    /// Nothing leaves the device.
    pub private: bool,
    /// What may leave it otherwise.
    pub rules: PrivacyRules,
    /// When details are left out.
    pub redaction: Redaction,
    /// Whether the user agreed to the cloud model's host. Without it they are asked, each time.
    pub consented: bool,
}

/// What happens while a turn is answered.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    /// The prompt is being read locally.
    Reading {
        /// Tokens read.
        done: u32,
        /// Tokens in all.
        total: u32,
    },
    /// The policy decided, or the user did otherwise.
    Decided(&'a Decision),
    /// The user is to look at what would be sent, and to say so to the gate.
    Departing(&'a Departure),
    /// Something was reserved or settled.
    Ledger {
        /// Spent in this turn, dialogue, day and month.
        spent: Box<Spans<Spending>>,
        /// Set aside for calls that are running.
        reserved: Box<Spans<Spending>>,
    },
    /// So many of the oldest turns do not fit into the local model's context any more.
    Forgotten {
        /// How many it does not see.
        turns: u32,
    },
    /// The cloud turned the call away without charging for it.
    AskingAgain {
        /// After this wait it is made again; zero once it is over.
        wait: Duration,
    },
    /// A piece of the reply.
    Piece {
        /// Text to append.
        text: &'a str,
        /// The tokens since the last piece; none of a reply from elsewhere.
        tokens: &'a [SaidToken],
    },
    /// The dialogue could not be stored: it is lost with the page. A charge never is, because its
    /// reservation was stored before.
    NotStored(&'a StoreError),
}

/// One dialogue. It lives on one thread; everything shared is borrowed for moments, never over an
/// await.
#[derive(Debug)]
pub struct Engine<W> {
    pub(crate) world: W,
    pub(crate) preferences: Cell<Preferences>,
    /// As this tab sees it.
    pub(crate) saved: RefCell<Saved>,
    pub(crate) shared: Shared,
    pub(crate) lessons: RefCell<Lessons>,
    pub(crate) busy: Cell<bool>,
    /// Why nothing could be restored: then nothing is written, since nobody knows over what.
    pub(crate) unread: RefCell<Option<StoreError>>,
}

/// How carrying out a decision ended.
pub(crate) struct Carried {
    pub(crate) text: String,
    pub(crate) ending: Ending,
    pub(crate) receipt: Receipt,
    /// What broke it off, if something did.
    pub(crate) broken: Option<(Trouble, String)>,
}

/// The longest reply, in tokens, here and in the cloud.
pub(crate) const OUTPUT_LIMIT: u32 = 512;

impl<W: World> Engine<W> {
    /// A dialogue without turns; [`Engine::restore`] brings back the stored one.
    pub fn new(world: W, preferences: Preferences) -> Self {
        Self {
            world,
            preferences: Cell::new(preferences),
            saved: RefCell::default(),
            shared: Shared::default(),
            lessons: RefCell::default(),
            busy: Cell::new(false),
            unread: RefCell::default(),
        }
    }

    /// The world that this dialogue lives in.
    pub const fn world(&self) -> &W {
        &self.world
    }

    /// Brings back the stored dialogue. Calls that were running when it was last saved count in
    /// full, since nobody can say that they did not run; they are returned, so that the user can
    /// be told.
    ///
    /// # Errors
    /// When the store cannot be read or written. After that nothing is stored, and so
    /// nothing is sent, until another succeeds or a new dialogue is started.
    pub async fn restore(&self) -> Result<Vec<Entry>, StoreError> {
        self.lessons.replace(self.world.lessons().recall().await);
        let read = self.read().await;
        self.unread.replace(read.as_ref().err().cloned());
        read
    }

    /// Replaces what the user decided; a turn that is being answered keeps what it began with.
    pub fn prefer(&self, preferences: Preferences) {
        self.preferences.set(preferences);
    }

    /// The turns so far.
    pub fn turns(&self) -> Vec<Turn> {
        self.saved.borrow().turns.clone()
    }

    /// What is spent and reserved, as an event.
    pub fn ledger(&self) -> Event<'static> {
        self.read_ledger(|ledger| Event::Ledger {
            spent: Box::new(Spans::each(|span| ledger.spent(span))),
            reserved: Box::new(Spans::each(|span| ledger.reserved(span))),
        })
    }

    /// Looks into the ledger: spending of the day and the month, entries to export.
    pub fn read_ledger<T>(&self, read: impl FnOnce(&Ledger) -> T) -> T {
        read(&self.saved.borrow().ledger)
    }

    /// Forgets the dialogue and begins another. What the day and the month spent stays spent, unless
    /// it cannot be read even now.
    ///
    /// # Errors
    /// [`Trouble::Busy`] while a turn is being answered: its charge must have a ledger to go to.
    pub async fn start_anew(&self) -> Result<(), Refusal> {
        let Some(_busy) = Busy::begin(&self.busy) else {
            return Err(Refusal::new(Trouble::Busy, "Stop the answer first.", None));
        };
        if self.unread.borrow().is_some() {
            let _ = self.restore().await;
        }
        let unread = self.unread.take();
        self.saved.borrow_mut().turns.clear();
        self.note(Change::BeginDialogue);
        let stored = match unread {
            Some(StoreError::Unreadable(_)) => self.write_over().await,
            _ => self.save().await,
        };
        stored.map_err(|error| Refusal::new(Trouble::Storage, error.to_string(), None))
    }

    /// Answers one turn. `media` holds the bytes of its attachments, by slot. When `cancel`
    /// completes, the reply ends there and what was heard is kept.
    ///
    /// # Errors
    /// When it cannot be answered, or not to its end; the [`Refusal`] carries the turn as stored.
    pub async fn ask(
        &self,
        user: UserTurn,
        media: &[Vec<u8>],
        cancel: impl Future<Output = ()>,
        hear: &mut dyn FnMut(Event<'_>),
    ) -> Result<Turn, Refusal> {
        if user.text.trim().is_empty() && user.attachments.is_empty() {
            let message = "There is nothing to answer yet: type something or attach a picture.";
            return Err(Refusal::new(Trouble::EmptyPrompt, message, None));
        }
        let _busy = self.begin()?;
        futures::pin_mut!(cancel);
        let (mut turn, earlier) = self.take(user);
        let wish = match (turn.user.wish, turn.user.options.binds()) {
            (Some(Wish::Cloud), true) => {
                self.save_or_say(hear).await;
                let message = "Only the local model can be held to a format or a stop text, or tell how \
                               likely its tokens were: choose “auto” or “this device”.";
                return Err(Refusal::new(Trouble::NothingCanAnswer, message, Some(turn)));
            }
            (_, true) => Some(Wish::Local),
            (wish, false) => wish,
        };

        // The question is stored at once, so that it is never lost, while the prompt is read.
        let observed = observe::observe(self, &earlier, &turn.user, hear);
        let (stored, observed) = join(self.save(), observed).await;
        say_unless_stored(&stored, hear);
        let mut seen = observed.map_err(|failure| {
            let trouble = Trouble::from(&failure);
            Refusal::new(trouble, failure.to_string(), Some(turn.clone()))
        })?;
        let mut failed = seen.failed.take();
        loop {
            let mut decision = match observe::decide(self, &mut seen, wish, failed.as_ref()) {
                Ok(decision) => decision,
                Err(constraints) => {
                    return Err(match failed {
                        Some(failed) => self.give_up(turn, failed, hear).await,
                        None => Refusal::nothing_feasible(&constraints, turn),
                    });
                }
            };
            hear(Event::Decided(&decision));

            let way = gate::pass(
                self,
                &seen,
                &earlier,
                &mut turn.user,
                &mut decision,
                &mut cancel,
                hear,
            );
            let way = way.await.map_err(|why| refused(&turn, why))?;
            self.keep(&turn);
            let carried = match way {
                Way::Here => {
                    local_turn::carry_out(self, &earlier, &turn.user, None, &mut cancel, hear).await
                }
                Way::Out(offload) => {
                    cloud_turn::carry_out(self, &turn.user, media, *offload, &mut cancel, hear)
                        .await
                        .map_err(|why| refused(&turn, why))?
                }
            };
            let carried = match failed {
                Some(before) => before.then(carried),
                None => match Failed::of(&carried, wish, &decision) {
                    None => carried,
                    now => {
                        failed = now;
                        continue;
                    }
                },
            };
            return self.settle(turn, decision, carried, hear).await;
        }
    }

    /// Goes on with an answer to `user` that broke off with another engine of the same dialogue. It
    /// was decided already, and what was heard of it is not heard again.
    ///
    /// # Errors
    /// As [`ask`](Self::ask); and always for an answer from the cloud, which would be paid for twice.
    pub async fn go_on(
        &self,
        user: UserTurn,
        before: Interrupted,
        cancel: impl Future<Output = ()>,
        hear: &mut dyn FnMut(Event<'_>),
    ) -> Result<Turn, Refusal> {
        let _busy = self.begin()?;
        futures::pin_mut!(cancel);
        let (turn, earlier) = self.take(user);
        self.save_or_say(hear).await;
        let decision = before.decision.clone();
        if decision.action.is_cloud() {
            let message = "The answer broke off. It is not asked for again by itself, because it may \
                           have been charged.";
            return Err(Refusal::new(Trouble::CloudCutOff, message, Some(turn)));
        }
        let carried =
            local_turn::carry_out(self, &earlier, &turn.user, Some(before), &mut cancel, hear)
                .await;
        self.settle(turn, decision, carried, hear).await
    }

    fn begin(&self) -> Result<Busy<'_>, Refusal> {
        Busy::begin(&self.busy).ok_or_else(|| {
            let message = "The last turn is still being answered: wait for it, or stop it.";
            Refusal::new(Trouble::Busy, message, None)
        })
    }

    /// The question as a turn, and the turns before it.
    fn take(&self, user: UserTurn) -> (Turn, Vec<Turn>) {
        let turn = self.remember(user);
        let mut earlier = self.turns();
        earlier.pop();
        (turn, earlier)
    }

    /// Writes the dialogue and the ledger as one.
    pub(crate) async fn save(&self) -> Result<(), StoreError> {
        self.write(|_| ((), None)).await
    }

    /// A turn that cannot be stored is still answered; only charges insist on storage.
    async fn save_or_say(&self, hear: &mut dyn FnMut(Event<'_>)) {
        say_unless_stored(&self.save().await, hear);
    }

    /// Adds the turn. Asking the same again takes the place of the question that got no reply.
    fn remember(&self, user: UserTurn) -> Turn {
        self.note(Change::BeginTurn(self.world.moment()));
        let turns = &mut self.saved.borrow_mut().turns;
        turns.pop_if(|last| last.reply.is_none() && last.user.text == user.text);
        let id = TurnId(turns.last().map_or(0, |last| last.id.0 + 1));
        let turn = Turn {
            id,
            user,
            reply: None,
        };
        turns.push(turn.clone());
        turn
    }

    /// Keeps what the failure cost, where there is no reply to keep.
    async fn give_up(
        &self,
        turn: Turn,
        failed: Failed,
        hear: &mut dyn FnMut(Event<'_>),
    ) -> Refusal {
        self.save_or_say(hear).await;
        self.keep_lessons().await;
        hear(self.ledger());
        Refusal::new(failed.trouble, failed.message, Some(turn))
    }

    /// The turn takes the place of what was known of it.
    fn keep(&self, turn: &Turn) {
        let mut saved = self.saved.borrow_mut();
        if let Some(known) = saved.turns.iter_mut().find(|known| known.id == turn.id) {
            known.clone_from(turn);
        }
    }

    /// Keeps the reply, whole or broken off, and says how it went.
    async fn settle(
        &self,
        mut turn: Turn,
        decision: Decision,
        carried: Carried,
        hear: &mut dyn FnMut(Event<'_>),
    ) -> Result<Turn, Refusal> {
        let Carried {
            text,
            ending,
            receipt,
            broken,
        } = carried;
        if broken.is_none() || !text.is_empty() {
            turn.reply = Some(Reply {
                text,
                ending,
                receipt,
                decision,
                opinion: None,
            });
            self.keep(&turn);
        }
        self.save_or_say(hear).await;
        self.keep_lessons().await;
        hear(self.ledger());
        match broken {
            Some((trouble, message)) => Err(Refusal::new(trouble, message, Some(turn))),
            None => Ok(turn),
        }
    }
}

fn say_unless_stored(stored: &Result<(), StoreError>, hear: &mut dyn FnMut(Event<'_>)) {
    if let Err(error) = stored {
        hear(Event::NotStored(error));
    }
}

/// A turn that was not sent, or got no reply.
fn refused(turn: &Turn, (trouble, message): (Trouble, String)) -> Refusal {
    Refusal::new(trouble, message, Some(turn.clone()))
}

/// Set while a turn is being answered, and cleared however that ends.
struct Busy<'a>(&'a Cell<bool>);

impl<'a> Busy<'a> {
    fn begin(flag: &'a Cell<bool>) -> Option<Self> {
        (!flag.replace(true)).then_some(Self(flag))
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}
