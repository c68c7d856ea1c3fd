//! A scenario file as it is written. `data/scenarios/README.md` says what each field means.
//!
//! Unknown keys are refused. What is plain numbers is used as it is; what names other entries is
//! resolved by `check`.

use std::collections::BTreeMap;

use serde::{Deserialize, de::DeserializeOwned};
use weir_core::{Modality, Task};

use super::{
    ScenarioError,
    conditions::{CloudRanges, DeviceRanges, PriceRanges},
};
use crate::statistics::Scores;

/// Weights by name.
pub type Weights = BTreeMap<String, f32>;

/// A whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackFile {
    /// What `--scenario` calls it.
    pub name: String,
    /// One line for people.
    pub description: String,
    /// Where its numbers are from.
    pub provenance: Provenance,
    /// How many turns dialogues have.
    pub turns: Turns,
    /// How long prompts are.
    pub prompt: Prompt,
    /// How much replies to one task differ.
    pub replies: Spreads,
    /// How much inputs have to do with prompts.
    pub association: Association,
    /// Kinds of input.
    #[serde(default)]
    pub modalities: Vec<ModalityEntry>,
    /// What is at hand in a dialogue.
    pub setups: Vec<SetupEntry>,
    /// What people ask.
    pub tasks: Vec<TaskEntry>,
    /// How tasks follow one another; without it each turn's is drawn by its share.
    pub transitions: Option<TransitionsEntry>,
    /// Networks, in place of the world's.
    pub network: Option<NetworkEntry>,
    /// Cloud models, in place of the world's.
    #[serde(default)]
    pub cloud: CloudRanges,
    /// Prices, in place of the world's.
    #[serde(default)]
    pub price: PriceRanges,
    /// Devices, in place of the world's.
    #[serde(default)]
    pub device: DeviceRanges,
}

/// Where numbers are from.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// What they are, which decides how scores are taken.
    pub basis: Basis,
    /// Their source, in words.
    pub source: String,
}

/// What the numbers of a pack are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Scores of logged replies: fitted by [`crate::fit`].
    Logged,
    /// Somebody's informed guess: taken as it stands. Local scores are of replies that pass; the
    /// share that does is the measured one of the local model.
    Assumed,
    /// Made up to exercise a policy: all of it is taken as it stands.
    Synthetic,
}

/// How many turns dialogues have.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turns {
    /// Lengths with weights.
    pub listed: Vec<Length>,
    /// Share of dialogues whose length is among the listed ones.
    #[serde(default = "whole")]
    pub listed_share: f32,
    /// What the others have.
    pub longer: Option<Longer>,
}

/// A length of dialogues.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Length {
    /// Turns.
    pub turns: u32,
    /// How often, beside the others.
    pub weight: f32,
}

/// Any number of turns between two, each as likely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Longer {
    /// At least.
    pub least: u32,
    /// At most.
    pub most: u32,
}

/// How long prompts are: log-normal.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// The median in words.
    pub words: f32,
    /// Spread of the logarithm.
    pub spread: f32,
}

/// How much replies to one task differ: log-normal around their means.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spreads {
    /// Spread of the logarithm of their lengths.
    pub length_spread: f32,
    /// Spread of the logarithm of their scores.
    pub score_spread: f32,
}

/// How much inputs have to do with prompts, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Association {
    /// Where the prompt speaks of their subject: between these.
    pub relevant: [f32; 2],
    /// Where it does not.
    pub irrelevant: [f32; 2],
    /// Deviation of one input from the others of its subject.
    pub spread: f32,
    /// Share of a reply's quality that is lost if everything relevant goes unseen.
    pub unseen: f32,
}

/// A kind of input.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModalityEntry {
    /// Its name in this file.
    pub name: String,
    /// What it is to Weir.
    pub kind: Modality,
    /// What it shows or holds; inputs of one subject are relevant together.
    pub subject: String,
    /// Length of a picture in bytes: between these.
    pub bytes: Option<[f32; 2]>,
    /// Length of a clip in seconds: between these.
    pub seconds: Option<[f32; 2]>,
}

/// What is at hand in some share of the dialogues.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetupEntry {
    /// Its name, for messages.
    pub name: String,
    /// Share of dialogues.
    pub share: f32,
    /// What can be attached.
    #[serde(default)]
    pub inputs: Vec<InputEntry>,
}

/// An input that can be attached.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputEntry {
    /// Name of its modality.
    pub modality: String,
    /// How many of them.
    #[serde(default = "one")]
    pub count: usize,
    /// Share of turns in which each is there.
    pub present: f32,
    /// Share of these dialogues that have it at all; every one if left out.
    pub dialogues: Option<f32>,
}

/// What people ask.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskEntry {
    /// Its name in this file.
    pub name: String,
    /// What it is to the task probe.
    pub kind: Task,
    /// Share of turns.
    pub share: f32,
    /// By subject, how often a prompt speaks of it.
    pub relevant: Weights,
    /// Mean words of replies.
    pub words: Option<Words>,
    /// Response scores by arm.
    pub scores: Option<TaskScores>,
}

/// Mean words of replies.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Of local ones.
    pub local: f32,
    /// Of cloud ones.
    pub cloud: f32,
}

/// Response scores of one task by arm.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskScores {
    /// Local replies.
    pub local: Scores,
    /// Cloud replies to the text alone.
    pub text: Scores,
    /// Cloud replies with one, two, three and more pictures.
    pub pictures: Option<[Scores; 3]>,
    /// Cloud replies with a clip.
    pub clip: Option<Scores>,
}

/// How tasks follow one another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransitionsEntry {
    /// Share of dialogues in which they do; in the others each turn's task is drawn by its share.
    pub share: f32,
    /// How often a dialogue begins with each task.
    pub first: Weights,
    /// How often each task follows each. After a task that is not here, one is drawn from `first`.
    pub next: BTreeMap<String, Weights>,
}

/// Networks.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkEntry {
    /// Chance of another profile from one turn to the next.
    pub switching: f32,
    /// Spread of delays and rates around the medians of a profile, in the logarithm.
    pub spread: f32,
    /// Kinds of network, the slowest that is online last.
    pub profiles: Vec<ProfileEntry>,
}

/// A kind of network, by the medians of its delays and rates.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileEntry {
    /// Its name.
    pub name: String,
    /// Share of dialogues that begin on it.
    pub share: f32,
    /// Whether the cloud can be reached.
    pub online: bool,
    /// Round trip, milliseconds.
    pub rtt_ms: f32,
    /// Deviation of the round trip, milliseconds.
    pub jitter_ms: f32,
    /// Uplink, Mbit/s.
    pub up_mbps: f32,
    /// Downlink, Mbit/s.
    pub down_mbps: f32,
    /// Share of packets lost.
    pub loss: f32,
    /// How often each profile follows when the network changes.
    #[serde(default)]
    pub next: Weights,
}

const fn whole() -> f32 {
    1.0
}

const fn one() -> usize {
    1
}

/// Reads `text`, the contents of `file`.
pub(super) fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, ScenarioError> {
    let malformed = |path: &str, error: &toml::de::Error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        ScenarioError::Malformed {
            file: file.into(),
            line: 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count(),
            path: if path == "." { "the file" } else { path }.into(),
            problem: error.message().replace('\n', "; "),
        }
    };
    let reader = toml::Deserializer::parse(text).map_err(|error| malformed(".", &error))?;
    serde_path_to_error::deserialize(reader)
        .map_err(|error| malformed(&error.path().to_string(), error.inner()))
}
