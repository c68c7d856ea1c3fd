//! What waits for the worker to listen, and what a new worker must be told again.

use crate::{
    messages::{Means, ToWorker},
    wire::Parcel,
};

/// Messages on their way to the worker.
///
/// A worker that was started again knows nothing: it is told the start, the preferences, the
/// device and the model once more, in that order. Requests are not repeated here: see
/// [`crate::answers`].
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    listening: bool,
    waiting: Vec<Parcel>,
    start: Option<Parcel>,
    preferences: Option<Parcel>,
    device: Option<Parcel>,
    model: Option<Parcel>,
}

impl Outbox {
    /// Takes a message, and gives it back if it can go at once.
    pub(crate) fn offer(&mut self, parcel: Parcel) -> Option<Parcel> {
        match &parcel.message {
            ToWorker::Start { .. } => self.start = Some(parcel.clone()),
            ToWorker::Prefer { .. } => self.preferences = Some(parcel.clone()),
            ToWorker::Load { .. } => self.model = Some(parcel.clone()),
            ToWorker::PauseLoading | ToWorker::CancelLoading => self.model = None,
            ToWorker::RunOn { .. } => self.device = Some(parcel.clone()),
            ToWorker::Ask { .. }
            | ToWorker::Cancel { .. }
            | ToWorker::Judge { .. }
            | ToWorker::ForgetLessons
            | ToWorker::Approve { .. }
            | ToWorker::NewDialogue
            | ToWorker::Inspect { .. }
            | ToWorker::ListKept
            | ToWorker::DeleteKept { .. } => {}
        }
        if self.listening {
            return Some(parcel);
        }
        self.waiting.push(parcel);
        None
    }

    /// The worker listens: everything that waited, in the order in which it came.
    pub(crate) fn open(&mut self) -> Vec<Parcel> {
        self.listening = true;
        std::mem::take(&mut self.waiting)
    }

    /// From now on the model may use this much.
    pub(crate) fn limit(&mut self, to: Means) {
        if let Some(Parcel {
            message: ToWorker::Load { means, .. },
            ..
        }) = &mut self.model
        {
            *means = to;
        }
    }

    /// What the model may use, if one is wanted.
    pub(crate) fn means(&self) -> Option<Means> {
        match self.model.as_ref()?.message {
            ToWorker::Load { means, .. } => Some(means),
            _ => None,
        }
    }

    /// The worker died: what the next one must be told waits for it.
    pub(crate) fn begin_again(&mut self) {
        self.listening = false;
        let forgotten = std::mem::take(&mut self.waiting)
            .into_iter()
            .filter(|parcel| parcel.message == ToWorker::NewDialogue);
        let repeated = [&self.start, &self.preferences, &self.device, &self.model];
        self.waiting = repeated
            .into_iter()
            .flatten()
            .cloned()
            .chain(forgotten)
            .collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{DeviceChoice, ModelFile, Preferences, RequestId, Shard};

    fn start() -> Parcel {
        Parcel::from(ToWorker::Start {
            preferences: Preferences::default(),
            device: DeviceChoice::default(),
        })
    }

    fn load(name: &str) -> Parcel {
        Parcel::from(ToWorker::Load {
            model: ModelFile::whole(
                name.to_owned(),
                Shard {
                    url: format!("https://models.example/{name}"),
                    bytes: None,
                    sha256: None,
                },
            ),
            keep: true,
            means: Means::FULL,
        })
    }

    fn run_on(device: DeviceChoice) -> Parcel {
        Parcel::from(ToWorker::RunOn { device })
    }

    fn prefer(private: bool) -> Parcel {
        Parcel::from(ToWorker::Prefer {
            preferences: Preferences {
                private,
                ..Preferences::default()
            },
        })
    }

    fn cancel() -> Parcel {
        Parcel::from(ToWorker::Cancel {
            request: RequestId(1),
        })
    }

    fn messages(parcels: Vec<Parcel>) -> Vec<ToWorker> {
        parcels.into_iter().map(|parcel| parcel.message).collect()
    }

    #[test]
    fn messages_wait_in_order_until_the_worker_listens() {
        let mut outbox = Outbox::default();
        assert!(outbox.offer(start()).is_none());
        assert!(outbox.offer(cancel()).is_none());
        assert_eq!(messages(outbox.open()), messages(vec![start(), cancel()]));
        assert!(outbox.offer(cancel()).is_some());
        assert!(outbox.open().is_empty());
    }

    #[test]
    fn a_new_worker_is_told_the_last_of_each() {
        let mut outbox = Outbox::default();
        outbox.open();
        for parcel in [
            load("one"),
            start(),
            prefer(false),
            run_on(DeviceChoice::WebGpu),
            load("two"),
            prefer(true),
            run_on(DeviceChoice::Cpu),
            cancel(),
        ] {
            outbox.offer(parcel);
        }
        outbox.begin_again();
        assert!(outbox.offer(cancel()).is_none(), "it does not listen yet");
        assert_eq!(
            messages(outbox.open()),
            messages(vec![
                start(),
                prefer(true),
                run_on(DeviceChoice::Cpu),
                load("two"),
                cancel()
            ])
        );
    }

    #[test]
    fn a_new_worker_may_use_less() {
        let mut outbox = Outbox::default();
        outbox.limit(Means::FULL);
        assert_eq!(outbox.means(), None);
        outbox.open();
        outbox.offer(load("one"));
        let less = Means::FULL.smaller(None);
        outbox.limit(less);
        outbox.begin_again();
        let told = messages(outbox.open());
        assert!(matches!(told[..], [ToWorker::Load { means, .. }] if means == less));
    }

    #[test]
    fn a_load_that_was_paused_or_cancelled_does_not_begin_again() {
        for stop in [ToWorker::PauseLoading, ToWorker::CancelLoading] {
            let mut outbox = Outbox::default();
            outbox.open();
            outbox.offer(load("one"));
            outbox.offer(Parcel::from(stop));
            outbox.begin_again();
            assert!(outbox.open().is_empty());
        }
    }

    #[test]
    fn forgetting_a_dialogue_is_not_forgotten() {
        let mut outbox = Outbox::default();
        outbox.offer(start());
        outbox.offer(Parcel::from(ToWorker::NewDialogue));
        outbox.offer(cancel());
        outbox.begin_again();
        assert_eq!(
            messages(outbox.open()),
            messages(vec![start(), Parcel::from(ToWorker::NewDialogue)])
        );
    }
}
