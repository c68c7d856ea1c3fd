//! One dialogue, drawn before it is played.

use weir_core::{Modality, NetworkEstimate, Task, TaskMix};
use weir_policy::forecast::Input;

use super::{Conditions, Noise, Scenario, Trace, budget::budget};
use crate::draws::Draws;

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

/// How often a noisy network changes from one turn to the next.
const SWITCHING: f32 = 0.12;
/// How sure the probe's guess is: the margin of the true task's score over the others, whose noise
/// is standard normal. It is right about nine times in ten.
const PROBE_MARGIN: f32 = 2.8;
/// Share of dialogues that begin before the local model is loaded.
const STILL_LOADING: f32 = 0.08;

impl Episode {
    /// The dialogue that `seed` names.
    #[must_use]
    pub fn draw(scenario: &Scenario, seed: u64) -> Self {
        let draws = &mut Draws::of(seed, 1);
        let count = scenario.length(draws);
        let tasks = scenario.tasks(count, draws);
        let slots = slots(draws);
        let switching = if scenario.noise == Noise::Full {
            SWITCHING
        } else {
            0.0
        };
        let mut trace = Trace::begin(draws, switching);
        let ready_from = if draws.chance(STILL_LOADING) {
            1 + draws.below(count)
        } else {
            0
        };
        let turns: Vec<_> = tasks
            .into_iter()
            .enumerate()
            .map(|(place, task)| {
                if place > 0 {
                    trace.advance(draws);
                }
                let device_ready = place >= ready_from;
                if !device_ready {
                    trace.connect(draws);
                }
                TurnPlan {
                    task,
                    mix: probed(task, draws),
                    inputs: inputs(&slots, scenario.relevance(task, draws), draws),
                    tokens: text_tokens(scenario, draws),
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
        let mut conditions = Conditions::draw(draws);
        conditions.budget = budget(&conditions, &turns, scenario, draws);
        Self { conditions, turns }
    }
}

/// What can be attached in this dialogue, and how often it is.
fn slots(draws: &mut Draws) -> Vec<(Modality, f32)> {
    let mut slots = Vec::new();
    match draws.pick(&[0.4, 0.2, 0.2, 0.2]) {
        0 => {
            slots.extend([(Modality::CameraView, 1.0); 3]);
            if draws.chance(0.5) {
                slots.push((Modality::MicrophoneClip, 0.7));
            }
        }
        1 => slots.push((Modality::Image, 0.5)),
        2 => {}
        _ => slots.extend([
            (Modality::CameraView, 0.4),
            (Modality::Image, 0.3),
            (Modality::MicrophoneClip, 0.3),
        ]),
    }
    slots
}

fn inputs(slots: &[(Modality, f32)], [sight, sound]: [f32; 2], draws: &mut Draws) -> Vec<Input> {
    let mut inputs = Vec::new();
    for (modality, share) in slots {
        if !draws.chance(*share) {
            continue;
        }
        let seconds = draws.uniform(1.0, 15.0);
        let (bytes, seconds, relevance) = if modality.is_picture() {
            (draws.log_uniform(20e3, 400e3), 0.0, sight)
        } else {
            (44.0 + seconds * 32e3, seconds, sound)
        };
        let relevance = (relevance + 0.08 * draws.normal()).clamp(0.0, 1.0);
        inputs.push(Input {
            modality: *modality,
            bytes: bytes as u64,
            seconds,
            relevance,
        });
    }
    inputs
}

fn probed(task: Task, draws: &mut Draws) -> TaskMix {
    let mut scores: [f32; Task::ALL.len()] = std::array::from_fn(|_| draws.normal());
    scores[task.index()] += PROBE_MARGIN;
    TaskMix::from_scores(scores)
}

fn text_tokens(scenario: &Scenario, draws: &mut Draws) -> u32 {
    let typical = 1.3 * scenario.statistics.question_words;
    (typical * (0.7 * draws.normal()).exp()).clamp(2.0, 800.0) as u32
}
