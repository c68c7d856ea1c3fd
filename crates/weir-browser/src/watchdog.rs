//! When a worker counts as dead, and how often it is started again.
//!
//! Pure: whoever keeps a [`Watchdog`] tells it what was sent, what was heard and what time it is.

use std::collections::BTreeMap;

use weir_core::Action;

use crate::messages::{FromWorker, LocalModelState, RequestId, ToWorker};

/// A worker that was started may be this long in coming: its module is fetched and compiled first.
pub const START_PATIENCE_MS: f64 = 180_000.0;
/// The longest silence while the device works: it speaks after every token and every piece read.
pub const PATIENCE_MS: f64 = 60_000.0;
/// The longest silence while devices are measured: kernels are compiled meanwhile, without a word.
pub const MEASURE_PATIENCE_MS: f64 = 180_000.0;
/// The longest silence while a provider works. The call has limits of its own, which are shorter.
pub const CLOUD_PATIENCE_MS: f64 = 240_000.0;
/// Restarts that are tried within [`RESTART_WINDOW_MS`].
pub const RESTARTS: usize = 3;
/// Restarts longer ago than this are forgiven.
pub const RESTART_WINDOW_MS: f64 = 300_000.0;
/// How often [`Watchdog::check`] is meant to be asked.
pub const CHECK_EVERY_MS: f64 = 2_000.0;

/// A check that comes this late says that the page itself stood still (hidden, or the machine
/// slept): the silence before it proves nothing.
const FROZEN_MS: f64 = 5.0 * CHECK_EVERY_MS;

/// Watches one worker and its successors.
#[derive(Clone, Debug)]
pub struct Watchdog {
    alive: bool,
    /// How long a load that is under way may be silent.
    loading: Option<f64>,
    open: BTreeMap<RequestId, Answering>,
    heard_at: f64,
    checked_at: f64,
    restarted_at: Vec<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answering {
    Here,
    Elsewhere,
    /// Not before the user has said whether it may leave, and they may take their time.
    AfterApproval,
}

/// What to do about a worker that died.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Start a new one.
    Restart {
        /// How many times this happened lately.
        times: u32,
    },
    /// Leave it: it dies again and again.
    GiveUp,
}

/// A worker that does not answer.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Silence {
    /// It never began to listen.
    #[error("it did not start within {} seconds", START_PATIENCE_MS / 1_000.0)]
    NeverStarted,
    /// It stopped in the middle of its work.
    #[error("it gave no sign for {seconds} seconds")]
    Stopped {
        /// How long it was silent.
        seconds: u64,
    },
}

impl Watchdog {
    /// A worker is started now.
    #[must_use]
    pub const fn new(now_ms: f64) -> Self {
        Self {
            alive: false,
            loading: None,
            open: BTreeMap::new(),
            heard_at: now_ms,
            checked_at: now_ms,
            restarted_at: Vec::new(),
        }
    }

    /// A message is on its way to the worker.
    pub fn sent(&mut self, message: &ToWorker, now_ms: f64) {
        match message {
            ToWorker::Ask { request, .. } => {
                self.open.insert(*request, Answering::Here);
            }
            ToWorker::Approve { request, .. } => {
                if let Some(answering) = self.open.get_mut(request) {
                    *answering = Answering::Elsewhere;
                }
            }
            ToWorker::Load { .. } => self.loading = Some(PATIENCE_MS),
            ToWorker::PauseLoading | ToWorker::CancelLoading => self.loading = None,
            _ => return,
        }
        // Silence before there was anything to say does not count.
        if self.alive {
            self.heard_at = now_ms;
        }
    }

    /// The worker said something.
    pub fn heard(&mut self, message: &FromWorker, now_ms: f64) {
        self.heard_at = now_ms;
        match message {
            FromWorker::Alive => self.alive = true,
            FromWorker::Finished { request, .. } | FromWorker::Failed { request, .. } => {
                self.open.remove(request);
            }
            FromWorker::Decided { request, decision } => {
                if let Some(answering) = self.open.get_mut(request) {
                    *answering = match decision.action {
                        Action::Local => Answering::Here,
                        Action::Cloud(_) => Answering::Elsewhere,
                    };
                }
            }
            FromWorker::Departing { request, .. } => {
                if let Some(answering) = self.open.get_mut(request) {
                    *answering = Answering::AfterApproval;
                }
            }
            FromWorker::Model { state } => {
                self.loading = match state {
                    LocalModelState::Measuring => Some(MEASURE_PATIENCE_MS),
                    LocalModelState::Downloading { .. }
                    | LocalModelState::Verifying { .. }
                    | LocalModelState::Loading { .. } => Some(PATIENCE_MS),
                    LocalModelState::Absent
                    | LocalModelState::Ready { .. }
                    | LocalModelState::Failed { .. } => None,
                };
            }
            _ => {}
        }
    }

    /// Whether the worker has been silent for too long.
    pub fn check(&mut self, now_ms: f64) -> Option<Silence> {
        if now_ms - self.checked_at > FROZEN_MS {
            self.heard_at = now_ms;
        }
        self.checked_at = now_ms;
        let silent = now_ms - self.heard_at;
        if !self.alive {
            return (silent > START_PATIENCE_MS).then_some(Silence::NeverStarted);
        }
        let stopped = Silence::Stopped {
            seconds: (silent / 1_000.0) as u64,
        };
        (silent > self.patience()?).then_some(stopped)
    }

    /// The worker died. What was asked of it is open no more, until it is sent again.
    pub fn died(&mut self, now_ms: f64) -> Verdict {
        self.open.clear();
        self.restarted_at
            .retain(|restart| now_ms - restart < RESTART_WINDOW_MS);
        if self.restarted_at.len() == RESTARTS {
            return Verdict::GiveUp;
        }
        self.restarted_at.push(now_ms);
        let times = self.restarted_at.len() as u32;
        self.alive = false;
        self.loading = None;
        self.heard_at = now_ms;
        Verdict::Restart { times }
    }

    /// Whether it is to answer here, as far as is known.
    #[must_use]
    pub fn answers_here(&self) -> bool {
        self.open.values().any(|at| *at == Answering::Here)
    }

    /// How long it may be silent; `None` while nothing is asked of it.
    fn patience(&self) -> Option<f64> {
        if self.loading.is_some() {
            return self.loading;
        }
        if self.answers_here() {
            return Some(PATIENCE_MS);
        }
        let mut open = self.open.values();
        open.any(|at| *at == Answering::Elsewhere)
            .then_some(CLOUD_PATIENCE_MS)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use weir_core::{
        Approval, Decision, Departure, ModalitySet, NanoUsd, ReplyOptions, Revision, Task, TaskMix,
        UserTurn, decision::Reason,
    };

    use super::*;
    use crate::messages::ErrorKind;

    const REQUEST: RequestId = RequestId(7);

    fn ask(request: RequestId) -> ToWorker {
        ToWorker::Ask {
            request,
            turn: UserTurn {
                text: "What is in the pan?".to_owned(),
                attachments: Vec::new(),
                wish: None,
                options: ReplyOptions::default(),
            },
            resume: None,
        }
    }

    fn failed(request: RequestId) -> FromWorker {
        FromWorker::Failed {
            request,
            kind: ErrorKind::Device,
            message: "The device was lost.".to_owned(),
            turn: None,
        }
    }

    fn decided(action: Action) -> FromWorker {
        FromWorker::Decided {
            request: REQUEST,
            decision: Decision {
                action,
                reason: Reason::Policy,
                task: TaskMix::certain(Task::ALL[0]),
                scores: Vec::new(),
                value: 0.0,
            },
        }
    }

    fn departing() -> FromWorker {
        FromWorker::Departing {
            request: REQUEST,
            departure: Departure {
                host: String::new(),
                first: true,
                messages: Vec::new(),
                most: NanoUsd::ZERO,
                answerable_here: true,
                revision: Revision {
                    text: String::new(),
                    redact: true,
                    uploads: ModalitySet::EMPTY,
                },
            },
        }
    }

    fn approve(approval: Approval) -> ToWorker {
        ToWorker::Approve {
            request: REQUEST,
            approval,
        }
    }

    fn downloading(bytes: u64) -> FromWorker {
        FromWorker::Model {
            state: LocalModelState::Downloading {
                bytes,
                total: None,
                rate: 0.0,
            },
        }
    }

    /// Checks every two seconds over (`from`, `to`]; the first complaint and when it came.
    fn watch(dog: &mut Watchdog, from: f64, to: f64) -> Option<(f64, Silence)> {
        let steps = ((to - from) / CHECK_EVERY_MS) as usize;
        (1..=steps)
            .map(|step| from + step as f64 * CHECK_EVERY_MS)
            .find_map(|now| dog.check(now).map(|silence| (now, silence)))
    }

    fn listening(now: f64) -> Watchdog {
        let mut dog = Watchdog::new(now);
        dog.heard(&FromWorker::Alive, now);
        dog
    }

    #[test]
    fn a_worker_may_take_its_time_to_start_but_not_forever() {
        let mut dog = Watchdog::new(0.0);
        dog.sent(&ask(REQUEST), 10_000.0);
        let (now, silence) = watch(&mut dog, 0.0, 400_000.0).unwrap();
        assert_eq!(silence, Silence::NeverStarted);
        assert!((START_PATIENCE_MS..START_PATIENCE_MS + 2.0 * CHECK_EVERY_MS).contains(&now));
    }

    #[test]
    fn an_idle_worker_may_be_silent_for_as_long_as_it_likes() {
        assert_eq!(watch(&mut listening(0.0), 0.0, 3_600_000.0), None);
    }

    #[test]
    fn silence_in_the_middle_of_an_answer_is_noticed_after_a_minute() {
        let mut dog = listening(0.0);
        assert_eq!(watch(&mut dog, 0.0, 600_000.0), None);
        dog.sent(&ask(REQUEST), 600_000.0);
        let (now, silence) = watch(&mut dog, 600_000.0, 900_000.0).unwrap();
        assert_eq!(silence, Silence::Stopped { seconds: 62 });
        assert_eq!(now, 662_000.0);
    }

    #[test]
    fn every_word_counts_as_a_sign() {
        let mut dog = listening(0.0);
        dog.sent(&ask(REQUEST), 0.0);
        for piece in 1..10 {
            let from = f64::from(piece - 1) * 50_000.0;
            assert_eq!(watch(&mut dog, from, from + 50_000.0), None);
            let text = "and".to_owned();
            let said = FromWorker::Piece {
                request: REQUEST,
                text,
                tokens: Vec::new(),
            };
            dog.heard(&said, from + 50_000.0);
        }
        dog.heard(&failed(REQUEST), 450_000.0);
        assert_eq!(watch(&mut dog, 450_000.0, 900_000.0), None);
    }

    #[test]
    fn a_provider_may_think_longer_than_the_device() {
        let mut dog = listening(0.0);
        dog.sent(&ask(REQUEST), 0.0);
        dog.heard(&decided(Action::Cloud(ModalitySet::EMPTY)), 0.0);
        let (now, _) = watch(&mut dog, 0.0, 600_000.0).unwrap();
        assert!(now > CLOUD_PATIENCE_MS);

        let mut dog = listening(0.0);
        dog.sent(&ask(REQUEST), 0.0);
        dog.heard(&decided(Action::Local), 0.0);
        let (now, _) = watch(&mut dog, 0.0, 600_000.0).unwrap();
        assert!(now < CLOUD_PATIENCE_MS);
    }

    #[test]
    fn a_user_may_think_as_long_as_they_like_about_what_leaves() {
        let mut dog = listening(0.0);
        dog.sent(&ask(REQUEST), 0.0);
        dog.heard(&decided(Action::Cloud(ModalitySet::EMPTY)), 0.0);
        dog.heard(&departing(), 0.0);
        assert_eq!(watch(&mut dog, 0.0, 3_600_000.0), None);
        assert!(!dog.answers_here());

        dog.sent(&approve(Approval::Withhold), 3_600_000.0);
        let (now, _) = watch(&mut dog, 3_600_000.0, 4_200_000.0).unwrap();
        assert!(now > 3_600_000.0 + CLOUD_PATIENCE_MS);

        let mut dog = listening(0.0);
        dog.sent(&ask(REQUEST), 0.0);
        dog.heard(&departing(), 0.0);
        dog.sent(&approve(Approval::Here), 0.0);
        dog.heard(&decided(Action::Local), 0.0);
        assert!(dog.answers_here());
        dog.heard(&failed(REQUEST), 0.0);
        dog.sent(&approve(Approval::Here), 0.0);
        assert_eq!(watch(&mut dog, 0.0, 3_600_000.0), None, "it is over");
    }

    #[test]
    fn a_load_is_watched_until_it_ends_or_pauses() {
        let mut dog = listening(0.0);
        dog.heard(&downloading(1), 0.0);
        let mut paused = dog.clone();
        assert!(watch(&mut dog, 0.0, 70_000.0).is_some());
        paused.sent(&ToWorker::PauseLoading, 0.0);
        assert_eq!(watch(&mut paused, 0.0, 600_000.0), None);
    }

    #[test]
    fn compiling_kernels_takes_its_time() {
        let mut dog = listening(0.0);
        let state = LocalModelState::Measuring;
        dog.heard(&FromWorker::Model { state }, 0.0);
        assert_eq!(watch(&mut dog, 0.0, MEASURE_PATIENCE_MS), None);
        assert!(watch(&mut dog, MEASURE_PATIENCE_MS, 200_000.0).is_some());
    }

    #[test]
    fn a_page_that_slept_does_not_blame_the_worker() {
        let mut dog = listening(0.0);
        dog.sent(&ask(REQUEST), 0.0);
        assert_eq!(dog.check(7_200_000.0), None);
        assert!(watch(&mut dog, 7_200_000.0, 7_300_000.0).is_some());
    }

    #[test]
    fn what_a_worker_took_along_is_not_expected_of_the_next() {
        let mut dog = listening(0.0);
        dog.sent(&ask(RequestId(1)), 0.0);
        assert!(dog.answers_here());
        assert_eq!(dog.died(1_000.0), Verdict::Restart { times: 1 });
        assert!(!dog.answers_here());
        dog.heard(&FromWorker::Alive, 2_000.0);
        assert_eq!(watch(&mut dog, 2_000.0, 900_000.0), None);
    }

    #[test]
    fn a_successor_is_given_time_to_start() {
        let mut dog = listening(0.0);
        dog.heard(&downloading(1), 0.0);
        dog.died(10_000.0);
        assert_eq!(watch(&mut dog, 10_000.0, 180_000.0), None);
    }

    #[test]
    fn the_fourth_death_within_five_minutes_is_the_last() {
        let mut dog = Watchdog::new(0.0);
        for times in 1..=3 {
            assert_eq!(dog.died(1_000.0), Verdict::Restart { times });
        }
        assert_eq!(dog.died(2_000.0), Verdict::GiveUp);
        let later = 2_000.0 + RESTART_WINDOW_MS;
        assert_eq!(dog.died(later), Verdict::Restart { times: 1 });
    }

    proptest! {
        #[test]
        fn no_five_minutes_hold_more_than_three_restarts(
            gaps in prop::collection::vec(0.0..400_000.0_f64, 1..40),
        ) {
            let mut dog = Watchdog::new(0.0);
            let mut now = 0.0;
            let mut restarts = Vec::new();
            for gap in gaps {
                now += gap;
                if matches!(dog.died(now), Verdict::Restart { .. }) {
                    restarts.push(now);
                }
            }
            for four in restarts.windows(RESTARTS + 1) {
                prop_assert!(four[RESTARTS] - four[0] >= RESTART_WINDOW_MS);
            }
        }
    }
}
