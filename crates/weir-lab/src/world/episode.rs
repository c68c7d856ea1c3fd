//! One dialogue, drawn before it is played.

use weir_core::{NetworkEstimate, Task, TaskMix};
use weir_policy::forecast::Input;

use super::{Conditions, Noise, Scenario, Trace, budget::budget};
use crate::{
    draws::Draws,
    scenario::pack::{Pack, Size, Source},
};

/// What chance does to one turn, as standard normal draws.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Luck {
    /// To the response score.
    pub score: f32,
    /// To the reply's length.
    pub length: f32,
    /// To the round trips.
    pub jitter: f32,
}

/// One turn, before it is answered.
#[derive(Clone, Debug)]
pub struct TurnPlan {
    /// Place of its task in the pack.
    pub entry: usize,
    /// What it is.
    pub task: Task,
    /// What the probe makes of it.
    pub mix: TaskMix,
    /// What is attached.
    pub inputs: Vec<Input>,
    /// Tokens of the user's text.
    pub tokens: u32,
    /// The way to the cloud.
    pub network: NetworkEstimate,
    /// Whether the local model is loaded by now.
    pub device_ready: bool,
    /// What chance will do.
    pub luck: Luck,
}

/// A dialogue.
#[derive(Clone, Debug)]
pub struct Episode {
    /// What holds throughout.
    pub conditions: Conditions,
    /// Its turns; at least one.
    pub turns: Vec<TurnPlan>,
}

/// How sure the probe's guess is: the margin of the true task's score over the others, whose noise
/// is standard normal. It is right about nine times in ten.
const PROBE_MARGIN: f32 = 2.8;
/// Share of dialogues in which the user has picked another local model than the measured one.
const OTHER_MODEL: f32 = 0.3;
/// Bytes of a second of sound (16 kHz, 16 bits), and of the header before it.
const CLIP_BYTES: (f32, f32) = (32e3, 44.0);
/// Words of a prompt in tokens, roughly, and the fewest and most tokens that one has.
const TOKENS_PER_WORD: f32 = 1.3;
const PROMPT_TOKENS: (f32, f32) = (2.0, 800.0);

impl Episode {
    /// The dialogue that `seed` names.
    #[must_use]
    pub fn draw(scenario: &Scenario, seed: u64) -> Self {
        let draws = &mut Draws::of(seed, 1);
        let pack = &scenario.pack;
        let count = scenario.length(draws);
        let tasks = scenario.tasks(count, draws);
        let slots = slots(pack, draws);
        let switching = if scenario.noise == Noise::Full {
            pack.network.switching
        } else {
            0.0
        };
        let mut trace = Trace::begin(&pack.network, switching, draws);
        let ready_from = if draws.chance(pack.device.still_loading) {
            1 + draws.below(count)
        } else {
            0
        };
        let turns: Vec<_> = tasks
            .into_iter()
            .enumerate()
            .map(|(place, entry)| {
                if place > 0 {
                    trace.advance(draws);
                }
                let device_ready = place >= ready_from;
                if !device_ready {
                    trace.connect(draws);
                }
                let task = scenario.kind(entry);
                TurnPlan {
                    entry,
                    task,
                    mix: probed(task, draws),
                    inputs: inputs(pack, &slots, &scenario.relevance(entry, draws), draws),
                    tokens: text_tokens(pack, draws),
                    network: trace.network(),
                    device_ready,
                    luck: match scenario.noise {
                        Noise::None => Luck {
                            score: draws.normal(),
                            ..Luck::default()
                        },
                        Noise::Full => Luck {
                            score: draws.normal(),
                            length: draws.normal(),
                            jitter: draws.normal(),
                        },
                    },
                }
            })
            .collect();
        let mut conditions = Conditions::draw(pack, draws);
        conditions.budget = budget(&conditions, &turns, scenario, draws);
        if draws.chance(OTHER_MODEL) {
            conditions.capability = draws.uniform(0.0, 1.0);
        }
        Self { conditions, turns }
    }
}

/// What can be attached in a dialogue, and how often it is.
fn slots<'a>(pack: &'a Pack, draws: &mut Draws) -> Vec<(&'a Source, f32)> {
    let shares: Vec<f32> = pack.setups.iter().map(|setup| setup.share).collect();
    let Some(setup) = pack.setups.get(draws.pick(&shares)) else {
        return Vec::new();
    };
    let mut slots = Vec::new();
    for input in &setup.inputs {
        let here = input.dialogues.is_none_or(|share| draws.chance(share));
        if let Some(source) = pack.sources.get(input.source).filter(|_| here) {
            slots.extend(std::iter::repeat_n((source, input.present), input.count));
        }
    }
    slots
}

/// What is attached to a turn, `relevance` being that of each subject.
fn inputs(
    pack: &Pack,
    slots: &[(&Source, f32)],
    relevance: &[f32],
    draws: &mut Draws,
) -> Vec<Input> {
    let mut inputs = Vec::new();
    for (source, share) in slots {
        if !draws.chance(*share) {
            continue;
        }
        // Drawn for pictures too: one seed gives the same dialogue whatever its inputs are.
        let length = draws.uniform(0.0, 1.0);
        let (bytes, seconds) = match source.size {
            Size::Bytes([least, most]) => (draws.log_uniform(least, most), 0.0),
            Size::Seconds([shortest, longest]) => {
                let seconds = shortest + (longest - shortest) * length;
                let (each, header) = CLIP_BYTES;
                (header + seconds * each, seconds)
            }
        };
        let about = relevance.get(source.subject).copied().unwrap_or(0.0);
        inputs.push(Input {
            modality: source.modality,
            bytes: bytes as u64,
            seconds,
            relevance: (about + pack.association.spread * draws.normal()).clamp(0.0, 1.0),
        });
    }
    inputs
}

fn probed(task: Task, draws: &mut Draws) -> TaskMix {
    let mut scores: [f32; Task::ALL.len()] = std::array::from_fn(|_| draws.normal());
    scores[task.index()] += PROBE_MARGIN;
    TaskMix::from_scores(scores)
}

fn text_tokens(pack: &Pack, draws: &mut Draws) -> u32 {
    let typical = TOKENS_PER_WORD * pack.prompt.words;
    let (fewest, most) = PROMPT_TOKENS;
    (typical * (pack.prompt.spread * draws.normal()).exp()).clamp(fewest, most) as u32
}
