//! How much of this machine the local model may use, and what a crash teaches about that.
//!
//! While something runs that may end the page with it (a model goes into the device's memory, or
//! answers), a mark is kept in storage, and taken away when that is over. A page that starts and
//! finds the mark of one that is gone knows that it was ended in the middle, and begins with less.

use serde::{Deserialize, Serialize};

use crate::{
    locks,
    messages::{DeviceKind, FromWorker, LocalModelState, Means},
    preferences,
};

const MEANS: &str = "means";
const MARK: &str = "crash-mark";
/// Long enough to be granted a lock that nobody holds.
const LOCK_PATIENCE_MS: f64 = 2_000.0;
/// Contexts below this leave no room for a question and its answer.
const LEAST_CONTEXT: u32 = 512;

impl Means {
    /// All of it.
    pub const FULL: Self = Self {
        gpu: true,
        context: 2048,
    };

    /// The next smaller, given where the model ran, if it did: first without the GPU, then with half
    /// the context, and again.
    #[must_use]
    pub fn smaller(self, ran_on: Option<DeviceKind>) -> Self {
        if self.gpu && ran_on != Some(DeviceKind::Cpu) {
            return Self { gpu: false, ..self };
        }
        Self {
            context: (self.context / 2).max(LEAST_CONTEXT),
            ..self
        }
    }
}

impl Default for Means {
    fn default() -> Self {
        Self::FULL
    }
}

/// What a page that starts finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What the local model may use now.
    pub means: Means,
    /// Whether the page before ended in the middle of its work.
    pub crashed: bool,
}

/// What the local model may use, as it was left; less if the page before ended in the middle.
pub async fn find() -> Found {
    let means = preferences::load(MEANS).unwrap_or_default();
    let unharmed = Found {
        means,
        crashed: false,
    };
    let Some(mark) = preferences::load::<Mark>(MARK) else {
        return unharmed;
    };
    // A tab that lives is in the middle of its work, and has crashed no more than this one.
    if locks::hold(&mark.tab, LOCK_PATIENCE_MS).await.is_none() {
        return unharmed;
    }
    preferences::forget(MARK);
    let means = mark.means.smaller(mark.ran_on);
    keep(means);
    Found {
        means,
        crashed: true,
    }
}

/// Keeps `means` for the next start.
pub fn keep(means: Means) {
    if means == Means::FULL {
        preferences::forget(MEANS);
    } else {
        preferences::save(MEANS, &means);
    }
}

/// The mark of a page in the middle of its work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    /// The lock that the page holds for as long as it lives.
    tab: String,
    means: Means,
    ran_on: Option<DeviceKind>,
}

/// Sets and takes away the mark of this page.
#[derive(Debug)]
pub(crate) struct Marker {
    tab: String,
    is_set: bool,
    /// The page can be seen. What ends a hidden one is mostly not its own doing.
    visible: bool,
    risk: Risk,
}

impl Marker {
    pub(crate) fn new(tab: String) -> Self {
        Self {
            tab,
            is_set: false,
            visible: true,
            risk: Risk::default(),
        }
    }

    /// Looks at what the worker said, or at what it is asked; `answering` says whether it is to
    /// answer here.
    pub(crate) fn look(&mut self, heard: Option<&FromWorker>, means: Means, answering: bool) {
        if let Some(FromWorker::Model { state }) = heard {
            self.risk.model(state);
        }
        self.update(means, answering);
    }

    /// The page was hidden or shown, or is about to be left.
    pub(crate) fn seen(&mut self, visible: bool, means: Means, answering: bool) {
        self.visible = visible;
        self.update(means, answering);
    }

    /// The worker is gone, and its model with it. Where it ran is still worth knowing.
    pub(crate) fn died(&mut self, means: Means) {
        self.risk.loading = false;
        self.risk.ready = false;
        self.update(means, false);
    }

    /// Where the model runs, or ran last.
    pub(crate) const fn ran_on(&self) -> Option<DeviceKind> {
        self.risk.ran_on
    }

    fn update(&mut self, means: Means, answering: bool) {
        let set = self.visible && self.risk.is_there(answering);
        if set && !self.is_set {
            let mark = Mark {
                tab: self.tab.clone(),
                means,
                ran_on: self.risk.ran_on,
            };
            preferences::save(MARK, &mark);
        } else if self.is_set && !set {
            preferences::forget(MARK);
        }
        self.is_set = set;
    }
}

/// What may end the page.
#[derive(Clone, Copy, Debug, Default)]
struct Risk {
    loading: bool,
    ready: bool,
    ran_on: Option<DeviceKind>,
}

impl Risk {
    fn model(&mut self, state: &LocalModelState) {
        self.loading = matches!(
            state,
            LocalModelState::Measuring | LocalModelState::Loading { .. }
        );
        self.ready = false;
        match state {
            LocalModelState::Ready { device, .. } => {
                self.ready = true;
                self.ran_on = Some(*device);
            }
            LocalModelState::Measuring => self.ran_on = None,
            _ => {}
        }
    }

    const fn is_there(self, answering: bool) -> bool {
        self.loading || (self.ready && answering)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Chosen;

    #[test]
    fn every_crash_leaves_less_down_to_a_least() {
        let mut means = Means::FULL;
        let mut seen = Vec::new();
        for _ in 0..5 {
            means = means.smaller(None);
            seen.push((means.gpu, means.context));
        }
        assert_eq!(
            seen,
            [
                (false, 2048),
                (false, 1024),
                (false, 512),
                (false, 512),
                (false, 512)
            ]
        );
    }

    #[test]
    fn a_model_that_ran_on_the_processor_is_not_taken_from_the_gpu() {
        let means = Means::FULL.smaller(Some(DeviceKind::Cpu));
        assert_eq!((means.gpu, means.context), (true, 1024));
        assert!(!Means::FULL.smaller(Some(DeviceKind::WebGpu)).gpu);
    }

    #[test]
    fn loading_and_answering_here_are_risks_and_fetching_is_none() {
        let ready = LocalModelState::Ready {
            name: String::new(),
            device: DeviceKind::WebGpu,
            detail: String::new(),
            tokens_per_second: 1.0,
            chosen: Chosen::Need,
            context: 2048,
            memory: 0,
        };
        let downloading = LocalModelState::Downloading {
            bytes: 1,
            total: None,
            rate: 0.0,
        };
        let risk = |states: &[&LocalModelState], answering| {
            let mut risk = Risk::default();
            states.iter().for_each(|state| risk.model(state));
            risk.is_there(answering)
        };
        assert!(!risk(&[], true), "without a model nothing runs here");
        assert!(!risk(&[&downloading], true));
        assert!(risk(&[&downloading, &LocalModelState::Measuring], false));
        assert!(risk(
            &[&LocalModelState::Loading { bytes: 0, total: 1 }],
            false
        ));
        assert!(!risk(&[&ready], false));
        assert!(risk(&[&ready], true));
    }
}
