//! A scenario that was checked: names are places, and every number makes sense.

use weir_core::{Modality, Task};

use super::{
    ScenarioError, check,
    conditions::{CloudRanges, DeviceRanges, Network, PriceRanges},
    schema::{self, Association, Basis, Length, Prompt, Provenance, Spreads, Turns, Words},
};
use crate::statistics::{ARMS, Scores, Statistics, TASKS};

/// What dialogues are like somewhere. It can only be made of a file that holds no mistake.
#[derive(Clone, Debug, PartialEq)]
pub struct Pack {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) provenance: Provenance,
    pub(crate) turns: Turns,
    pub(crate) prompt: Prompt,
    pub(crate) spreads: Spreads,
    pub(crate) association: Association,
    /// How many different things inputs can be about.
    pub(crate) subjects: usize,
    pub(crate) sources: Vec<Source>,
    pub(crate) setups: Vec<Setup>,
    /// At least one.
    pub(crate) tasks: Vec<PackTask>,
    pub(crate) transitions: Option<Transitions>,
    pub(crate) replies: Replies,
    pub(crate) network: Network,
    pub(crate) cloud: CloudRanges,
    pub(crate) price: PriceRanges,
    pub(crate) device: DeviceRanges,
}

/// Where an input comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Source {
    pub(crate) modality: Modality,
    /// What it is about.
    pub(crate) subject: usize,
    pub(crate) size: Size,
}

/// How large an input is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Size {
    /// A picture, between these bytes.
    Bytes([f32; 2]),
    /// A clip, between these seconds.
    Seconds([f32; 2]),
}

/// What is at hand in some of the dialogues.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Setup {
    pub(crate) share: f32,
    pub(crate) inputs: Vec<SetupInput>,
}

/// An input that can be attached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SetupInput {
    /// Place of its source.
    pub(crate) source: usize,
    pub(crate) count: usize,
    /// Share of turns in which each is there.
    pub(crate) present: f32,
    /// Share of dialogues that have it, if not all do.
    pub(crate) dialogues: Option<f32>,
}

/// What people ask.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PackTask {
    pub(crate) name: String,
    pub(crate) kind: Task,
    pub(crate) share: f32,
    /// How often a prompt speaks of each subject.
    pub(crate) relevant: Vec<f32>,
}

/// How tasks follow one another, by their places.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Transitions {
    pub(crate) share: f32,
    pub(crate) first: Vec<f32>,
    /// For each task, how often each follows; `None` where `first` is drawn from.
    pub(crate) next: Vec<Option<Vec<f32>>>,
}

/// How good and how long replies are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Replies {
    /// As logged, in the order of the paper's tasks; fitted.
    Logged {
        scores: Box<[[Scores; ARMS]; TASKS]>,
        words: [[f32; 2]; TASKS],
    },
    /// As the file says, by the pack's tasks.
    Stated(Vec<Stated>),
}

/// What a file says of the replies to one task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stated {
    pub(crate) local: Scores,
    pub(crate) text: Scores,
    pub(crate) pictures: [Scores; 3],
    pub(crate) clip: Scores,
    pub(crate) words: Words,
}

impl Pack {
    /// Reads `text`, the contents of `file`.
    ///
    /// # Errors
    /// [`ScenarioError`] names file, entry and field.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, ScenarioError> {
        check::pack(file, schema::parse(file, text)?)
    }

    /// What `--scenario` calls it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// One line for people.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// What its numbers are.
    #[must_use]
    pub const fn basis(&self) -> Basis {
        self.provenance.basis
    }

    /// How many tasks it has.
    #[must_use]
    pub const fn tasks(&self) -> usize {
        self.tasks.len()
    }

    /// The most inputs that a turn can have.
    #[must_use]
    pub fn most_inputs(&self) -> usize {
        let inputs = self.setups.iter().map(Setup::inputs);
        inputs.max().unwrap_or(0)
    }

    /// The most turns that a dialogue can have.
    #[must_use]
    pub fn most_turns(&self) -> u32 {
        let listed = self.turns.listed.iter().map(|length| length.turns);
        let longer = self.turns.longer.map(|longer| longer.most);
        listed.chain(longer).max().unwrap_or(1)
    }

    /// The statistics of the logs it was made of; `None` if it was not made of logs.
    #[must_use]
    pub fn statistics(&self) -> Option<Statistics> {
        match &self.replies {
            Replies::Logged { scores, words } => Some(self.logged(scores, words)),
            Replies::Stated(_) => None,
        }
    }

    /// The statistics of these logged replies in dialogues as the pack has them.
    pub(super) fn logged(
        &self,
        scores: &[[Scores; ARMS]; TASKS],
        words: &[[f32; 2]; TASKS],
    ) -> Statistics {
        let places = self.places();
        let of = |weights: &[f32]| places.map(|place| weight(weights, place));
        let shares: Vec<f32> = self.tasks.iter().map(|task| task.share).collect();
        let transitions = self.transitions.as_ref();
        let first = transitions.map_or(&shares, |transitions| &transitions.first);
        let next = |place: Option<usize>| {
            transitions
                .and_then(|transitions| transitions.next.get(place?)?.as_ref())
                .unwrap_or(first)
        };
        let lengths = self.turns.listed.iter();
        Statistics {
            source: self.provenance.source.clone(),
            lengths: lengths
                .map(|length| (length.turns, length.weight))
                .collect(),
            first: of(first),
            next: places.map(|place| of(next(place))),
            scores: *scores,
            words: *words,
            question_words: self.prompt.words,
        }
    }

    /// This pack with other logs behind it.
    #[must_use]
    pub fn with_statistics(mut self, statistics: &Statistics) -> Self {
        let Statistics {
            source,
            lengths,
            first,
            next,
            scores,
            words,
            question_words,
        } = statistics;
        let places = self.places();
        let spread = |weights: &[f32; TASKS]| {
            let mut by_place = vec![0.0; self.tasks.len()];
            for (place, weight) in places.into_iter().zip(weights) {
                if let Some(there) = place.and_then(|place| by_place.get_mut(place)) {
                    *there = *weight;
                }
            }
            by_place
        };
        if let Some(transitions) = &mut self.transitions {
            transitions.first = spread(first);
            for (place, weights) in places.into_iter().zip(next) {
                if let Some(row) = place.and_then(|place| transitions.next.get_mut(place)) {
                    *row = weights
                        .iter()
                        .any(|weight| *weight > 0.0)
                        .then(|| spread(weights));
                }
            }
        }
        self.provenance.source.clone_from(source);
        self.turns.listed = lengths
            .iter()
            .map(|(turns, weight)| Length {
                turns: *turns,
                weight: *weight,
            })
            .collect();
        self.replies = Replies::Logged {
            scores: Box::new(*scores),
            words: *words,
        };
        self.prompt.words = *question_words;
        self
    }

    /// Where the paper's tasks stand among the pack's.
    fn places(&self) -> [Option<usize>; TASKS] {
        std::array::from_fn(|index| {
            let kind = Task::ALL[index];
            self.tasks.iter().position(|task| task.kind == kind)
        })
    }
}

/// The weight at a place; what has no place weighs nothing.
fn weight(weights: &[f32], place: Option<usize>) -> f32 {
    place
        .and_then(|place| weights.get(place))
        .copied()
        .unwrap_or(0.0)
}

impl Setup {
    /// The most inputs that a turn can have here.
    pub(super) fn inputs(&self) -> usize {
        self.inputs
            .iter()
            .fold(0, |sum, input| sum.saturating_add(input.count))
    }
}
