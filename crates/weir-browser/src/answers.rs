//! The answers that are under way, as the page keeps them: when the worker dies, the next one goes on
//! with each from the tokens that are here.
//!
//! Pure, like the [`watchdog`](crate::watchdog): it is told what was sent, heard and lost. What was
//! asked of the cloud is not asked again: it may have been charged.

use std::collections::BTreeMap;

use weir_core::{Action, Decision, Interrupted};

use crate::{
    messages::{FromWorker, LocalModelState, RequestId, ToWorker},
    wire::Parcel,
};

/// How often one answer is taken up again. A worker that dies again and again is given up anyway;
/// this is for an answer that kills every worker after a long while.
pub const RESUMPTIONS: u32 = 3;

/// The answers that are under way.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    open: BTreeMap<RequestId, Answer>,
    /// Whether the worker has the stored dialogue.
    restored: bool,
    model: Model,
}

/// How far the worker's local model is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Model {
    /// Nobody waits for it: it is not wanted, or it failed.
    #[default]
    Absent,
    /// It was there in the worker before, and comes again.
    Expected,
    /// It can answer.
    Ready,
}

/// One answer.
#[derive(Debug)]
struct Answer {
    question: Parcel,
    asked_at: f64,
    decision: Option<Decision>,
    text: String,
    tokens: Vec<u32>,
    first_token_ms: Option<u64>,
    /// How often it was taken up again.
    resumptions: u32,
    /// Whether no worker has it, until one can go on with it.
    waits: bool,
    /// Whether it is to be stopped as soon as a worker has it.
    cancelled: bool,
}

/// What becomes of the answers when the worker dies.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Fates {
    /// The next worker goes on with them.
    pub(crate) resumed: Vec<RequestId>,
    /// They end here.
    pub(crate) lost: Vec<RequestId>,
}

impl Answers {
    /// A parcel is on its way to the worker.
    pub(crate) fn sent(&mut self, parcel: &Parcel, now_ms: f64) {
        match &parcel.message {
            ToWorker::Ask { request, .. } => {
                self.open.entry(*request).or_insert_with(|| Answer {
                    question: parcel.clone(),
                    asked_at: now_ms,
                    decision: None,
                    text: String::new(),
                    tokens: Vec::new(),
                    first_token_ms: None,
                    resumptions: 0,
                    waits: false,
                    cancelled: false,
                });
            }
            ToWorker::Cancel { request } => {
                if let Some(answer) = self.open.get_mut(request) {
                    answer.cancelled = true;
                }
            }
            ToWorker::PauseLoading | ToWorker::CancelLoading => self.model = Model::Absent,
            ToWorker::Start { .. }
            | ToWorker::Load { .. }
            | ToWorker::Inspect { .. }
            | ToWorker::RunOn { .. }
            | ToWorker::ListKept
            | ToWorker::DeleteKept { .. }
            | ToWorker::Prefer { .. }
            | ToWorker::Judge { .. }
            | ToWorker::ForgetLessons
            | ToWorker::Approve { .. }
            | ToWorker::NewDialogue => {}
        }
    }

    /// The worker said something.
    pub(crate) fn heard(&mut self, message: &FromWorker, now_ms: f64) {
        match message {
            FromWorker::Restored { .. } => self.restored = true,
            FromWorker::Model { state } => match state {
                LocalModelState::Ready { .. } => self.model = Model::Ready,
                LocalModelState::Absent | LocalModelState::Failed { .. } => {
                    self.model = Model::Absent;
                }
                LocalModelState::Measuring
                | LocalModelState::Downloading { .. }
                | LocalModelState::Verifying { .. }
                | LocalModelState::Loading { .. } => {}
            },
            FromWorker::Decided { request, decision } => {
                if let Some(answer) = self.open.get_mut(request) {
                    answer.decision = Some(decision.clone());
                }
            }
            FromWorker::Piece {
                request,
                text,
                tokens,
            } => {
                if let Some(answer) = self.open.get_mut(request) {
                    let waited = (now_ms - answer.asked_at) as u64;
                    answer.first_token_ms.get_or_insert(waited);
                    answer.text.push_str(text);
                    answer.tokens.extend(tokens.iter().map(|token| token.id));
                }
            }
            FromWorker::Finished { request, .. } | FromWorker::Failed { request, .. } => {
                self.open.remove(request);
            }
            FromWorker::Alive
            | FromWorker::Ledger { .. }
            | FromWorker::Reading { .. }
            | FromWorker::Departing { .. }
            | FromWorker::Forgotten { .. }
            | FromWorker::AskingAgain { .. }
            | FromWorker::Inspected { .. }
            | FromWorker::Kept { .. }
            | FromWorker::Trouble { .. } => {}
        }
    }

    /// What the worker can go on with now.
    pub(crate) fn due(&mut self, now_ms: f64) -> Vec<Parcel> {
        let Self {
            open,
            restored,
            model,
        } = self;
        let waiting = open.values_mut().filter(|answer| answer.waits);
        let due =
            waiting.filter(|answer| *restored && (answer.cancelled || *model != Model::Expected));
        due.flat_map(|answer| answer.resume(now_ms)).collect()
    }

    /// The worker died, and another takes its place.
    pub(crate) fn died(&mut self) -> Fates {
        self.restored = false;
        if self.model == Model::Ready {
            self.model = Model::Expected;
        }
        let mut fates = Fates::default();
        self.open.retain(|request, answer| {
            let goes_on = answer.can_go_on();
            if goes_on {
                answer.waits = true;
                answer.resumptions += 1;
                fates.resumed.push(*request);
            } else {
                fates.lost.push(*request);
            }
            goes_on
        });
        fates
    }

    /// The worker died, and none takes its place.
    pub(crate) fn end(&mut self) -> Fates {
        Fates {
            resumed: Vec::new(),
            lost: std::mem::take(&mut self.open).into_keys().collect(),
        }
    }
}

impl Answer {
    fn can_go_on(&self) -> bool {
        let is_cloud = |decision: &Decision| matches!(decision.action, Action::Cloud(_));
        self.resumptions < RESUMPTIONS && !self.decision.as_ref().is_some_and(is_cloud)
    }

    fn resume(&mut self, now_ms: f64) -> Vec<Parcel> {
        self.waits = false;
        let mut again = self.question.clone();
        let ToWorker::Ask {
            request, resume, ..
        } = &mut again.message
        else {
            return Vec::new();
        };
        *resume = self.decision.clone().map(|decision| Interrupted {
            decision,
            text: self.text.clone(),
            tokens: self.tokens.clone(),
            first_token_ms: self.first_token_ms,
            total_ms: (now_ms - self.asked_at) as u64,
        });
        let stop = ToWorker::Cancel { request: *request };
        let stop = self.cancelled.then(|| Parcel::from(stop));
        [again].into_iter().chain(stop).collect()
    }
}

#[cfg(test)]
mod tests {
    use weir_core::{
        ModalitySet, ReplyOptions, SaidToken, Task, TaskMix, UserTurn, decision::Reason,
    };

    use super::*;
    use crate::messages::{Chosen, DeviceKind, ErrorKind};

    const REQUEST: RequestId = RequestId(7);

    fn ask(request: RequestId) -> Parcel {
        Parcel {
            message: ToWorker::Ask {
                request,
                turn: UserTurn {
                    text: "Name a colour.".to_owned(),
                    attachments: Vec::new(),
                    wish: None,
                    options: ReplyOptions::default(),
                },
                resume: None,
            },
            attachments: vec![vec![1, 2]],
            key: None,
            files: Vec::new(),
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

    fn piece(text: &str, id: u32) -> FromWorker {
        FromWorker::Piece {
            request: REQUEST,
            text: text.to_owned(),
            tokens: vec![SaidToken { id, logprob: None }],
        }
    }

    fn restored() -> FromWorker {
        FromWorker::Restored { turns: Vec::new() }
    }

    fn model(state: LocalModelState) -> FromWorker {
        FromWorker::Model { state }
    }

    fn ready() -> FromWorker {
        model(LocalModelState::Ready {
            name: "tiny".to_owned(),
            device: DeviceKind::Cpu,
            detail: String::new(),
            tokens_per_second: 9.0,
            chosen: Chosen::Need,
            context: 2048,
            memory: 0,
        })
    }

    /// A worker with a model, which has said "Blue" and "-" of an answer.
    fn answering() -> Answers {
        let mut answers = Answers::default();
        answers.heard(&restored(), 0.0);
        answers.heard(&ready(), 0.0);
        answers.sent(&ask(REQUEST), 1_000.0);
        answers.heard(&decided(Action::Local), 1_100.0);
        answers.heard(&piece("Blue", 1), 1_200.0);
        answers.heard(&piece("-", 2), 1_300.0);
        answers
    }

    fn resumed(parcels: &[Parcel]) -> &Interrupted {
        match &parcels.first().expect("a parcel").message {
            ToWorker::Ask {
                resume: Some(resume),
                ..
            } => resume,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_next_worker_goes_on_from_the_tokens_kept_once_it_can_answer() {
        let mut answers = answering();
        assert_eq!(answers.died().resumed, [REQUEST]);
        assert!(answers.due(2_000.0).is_empty());
        answers.heard(&restored(), 2_100.0);
        assert!(
            answers.due(2_100.0).is_empty(),
            "its model is not there yet"
        );
        answers.heard(&ready(), 3_000.0);
        let due = answers.due(3_000.0);
        let before = resumed(&due);
        assert_eq!(
            (before.text.as_str(), &before.tokens[..]),
            ("Blue-", &[1, 2][..])
        );
        assert_eq!((before.first_token_ms, before.total_ms), (Some(200), 2_000));
        assert_eq!(due[0].attachments, [[1, 2]]);
        assert!(answers.due(3_000.0).is_empty(), "it is asked once");
    }

    #[test]
    fn pieces_from_two_workers_add_up() {
        let mut answers = answering();
        answers.died();
        answers.heard(&restored(), 2_000.0);
        answers.heard(&ready(), 2_000.0);
        answers.due(2_000.0);
        answers.heard(&piece("green", 3), 2_100.0);
        answers.died();
        answers.heard(&restored(), 3_000.0);
        answers.heard(&ready(), 3_000.0);
        let due = answers.due(3_000.0);
        let before = resumed(&due);
        assert_eq!(
            (before.text.as_str(), &before.tokens[..]),
            ("Blue-green", &[1, 2, 3][..])
        );
    }

    #[test]
    fn what_was_asked_of_the_cloud_is_not_asked_again() {
        let mut answers = Answers::default();
        answers.sent(&ask(REQUEST), 0.0);
        answers.heard(&decided(Action::Cloud(ModalitySet::EMPTY)), 0.0);
        assert_eq!(answers.died().lost, [REQUEST]);
        answers.heard(&restored(), 0.0);
        assert!(answers.due(0.0).is_empty());
    }

    #[test]
    fn a_question_that_was_not_decided_is_asked_as_it_was() {
        let mut answers = Answers::default();
        answers.sent(&ask(REQUEST), 0.0);
        assert_eq!(answers.died().resumed, [REQUEST]);
        answers.heard(&restored(), 0.0);
        // There was no model to wait for.
        let due = answers.due(0.0);
        assert_eq!(due[0].message, ask(REQUEST).message);
    }

    #[test]
    fn nobody_waits_for_a_model_that_does_not_come() {
        for word in [
            model(LocalModelState::Absent),
            model(LocalModelState::Failed {
                kind: ErrorKind::Device,
                message: "no".to_owned(),
                fitting_bytes: None,
            }),
        ] {
            let mut answers = answering();
            answers.died();
            answers.heard(&restored(), 0.0);
            assert!(answers.due(0.0).is_empty());
            answers.heard(&word, 0.0);
            assert_eq!(answers.due(0.0).len(), 1);
        }
        let mut answers = answering();
        answers.died();
        answers.heard(&restored(), 0.0);
        answers.sent(&Parcel::from(ToWorker::PauseLoading), 0.0);
        assert_eq!(answers.due(0.0).len(), 1);
    }

    #[test]
    fn an_answer_stopped_while_it_waits_is_stopped_without_waiting_for_the_model() {
        let mut answers = answering();
        answers.died();
        let cancel = ToWorker::Cancel { request: REQUEST };
        answers.sent(&Parcel::from(cancel.clone()), 0.0);
        assert!(answers.due(0.0).is_empty(), "the dialogue is not there yet");
        answers.heard(&restored(), 0.0);
        let due = answers.due(0.0);
        assert_eq!(resumed(&due).text, "Blue-");
        assert_eq!(due[1].message, cancel);
    }

    #[test]
    fn an_answer_that_kills_every_worker_is_given_up() {
        let mut answers = answering();
        for _ in 0..RESUMPTIONS {
            assert_eq!(answers.died().resumed, [REQUEST]);
        }
        assert_eq!(answers.died().lost, [REQUEST]);
        assert_eq!(answers.died(), Fates::default());
    }

    #[test]
    fn nothing_goes_on_where_no_worker_follows() {
        let mut answers = answering();
        assert_eq!(answers.end().lost, [REQUEST]);
    }
}
