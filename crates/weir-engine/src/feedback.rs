//! What users think of replies corrects what is expected of the next ones.
//!
//! Each opinion is a mark `y` (1 if the reply helped, 0 if not) of a reply that was expected to be
//! worth `q`. For a place and a task, the correction is the importance-weighted mean of `y − q`, shrunk
//! towards 0:
//!
//! `correction = Σ wᵢ sᵢ (yᵢ − min(qᵢ, 1)) / (8 + Σ wᵢ sᵢ)`, `wᵢ = min(1 / pᵢ, 4)`
//!
//! where `sᵢ` is the probability of the task in that turn, and `pᵢ` the probability that the policy gave
//! to what it did. It is the residual term of a doubly robust estimate (Dudík, Langford and Li 2011,
//! arXiv 1103.4601), normalised by its own weights (Swaminathan and Joachims 2015, *The self-normalized
//! estimator for counterfactual learning*) with the weights cut off (Ionides 2008, *Truncated importance
//! sampling*); the 8 are pseudo-opinions that agree with what was expected. No correction is larger than
//! the deviation of the expectation that it corrects.

use serde::{Deserialize, Serialize};
use weir_core::{Action, Decision, Forecast, Opinion, TaskMix};

/// Opinions that are kept: older ones are of another model or another taste.
const KEPT: usize = 200;
/// Opinions that agree with what was expected, to begin with.
const AGREEING: f32 = 8.0;
/// The most that one opinion counts.
const LARGEST_WEIGHT: f32 = 4.0;

/// An opinion of a reply, with what was known when it was decided on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Judged {
    action: Action,
    task: TaskMix,
    /// The probability that the policy gave to the action.
    propensity: f32,
    /// What the reply was expected to be worth.
    quality: f32,
    opinion: Opinion,
}

/// The last opinions, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Feedback(Vec<Judged>);

impl Feedback {
    /// Replaces the opinion `before` of the reply that came of `decision` by `now`.
    pub(crate) fn change(
        &mut self,
        decision: &Decision,
        before: Option<Opinion>,
        now: Option<Opinion>,
    ) {
        let judged = |opinion: Option<Opinion>| Judged::of(decision, opinion?);
        // Equal ones are as good as each other.
        let known = judged(before).and_then(|it| self.0.iter().rposition(|other| *other == it));
        if let Some(place) = known {
            self.0.remove(place);
        }
        if let Some(judged) = judged(now) {
            if self.0.len() >= KEPT {
                self.0.remove(0);
            }
            self.0.push(judged);
        }
    }

    /// What `forecast`'s quality is to be corrected by in a turn of this kind; exactly 0 without any
    /// opinion of its place.
    pub(crate) fn correction(&self, forecast: &Forecast, task: &TaskMix) -> f32 {
        let is_cloud = forecast.action.is_cloud();
        let of_place = || self.0.iter().filter(|it| it.action.is_cloud() == is_cloud);
        let correction = task.expect(|task| {
            let (mut sum, mut weights) = (0.0, AGREEING);
            for judged in of_place() {
                let weight = judged.weight() * judged.task.shares()[task.index()];
                sum += weight * judged.surprise();
                weights += weight;
            }
            sum / weights
        });
        let most = forecast.quality_deviation.max(0.0);
        if correction.is_nan() || most.is_nan() {
            return 0.0;
        }
        correction.clamp(-most, most)
    }
}

impl Judged {
    fn of(decision: &Decision, opinion: Opinion) -> Option<Self> {
        let mut scores = decision.scores.iter();
        let score = scores.find(|score| score.forecast.action == decision.action)?;
        Some(Self {
            action: decision.action,
            task: decision.task,
            propensity: score.probability,
            // What was learned before is not to be learned again.
            quality: score.forecast.quality - score.learned,
            opinion,
        })
    }

    fn weight(&self) -> f32 {
        (1.0 / self.propensity.max(f32::MIN_POSITIVE)).clamp(1.0, LARGEST_WEIGHT)
    }

    fn surprise(&self) -> f32 {
        let mark = match self.opinion {
            Opinion::Good => 1.0,
            Opinion::Bad | Opinion::Unwanted => 0.0,
        };
        mark - self.quality.clamp(0.0, 1.0)
    }
}
