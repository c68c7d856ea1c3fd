//! One dialogue, drawn before it is played.

use weir_core::{
    Action, Budget, CloudEstimate, DeviceEstimate, Dial, Forecast, Modality, NanoUsd,
    NetworkEstimate, Price, Spending, Task, TaskMix,
};
use weir_policy::{Outlook, forecast::Input, forecasts};

use super::{Noise, Scenario, Trace};
use crate::draws::Draws;

/// What holds for a whole dialogue.
#[derive(Clone, Debug)]
pub struct Conditions {
    /// What the user asks for.
    pub dial: Dial,
    /// The cloud model's price.
    pub price: Price,
    /// How quickly it answers.
    pub cloud: CloudEstimate,
    /// This device.
    pub device: DeviceEstimate,
    /// The dialogue's limits.
    pub budget: Budget,
}

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

/// The longest reply asked for, here and in the cloud, tokens; what the page asks for.
pub(super) const OUTPUT_LIMIT: u32 = 512;
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

impl Conditions {
    fn draw(draws: &mut Draws) -> Self {
        let decode = draws.log_uniform(3.0, 150.0);
        Self {
            dial: dial(draws),
            price: price(draws),
            cloud: CloudEstimate {
                ttft_ms: draws.log_uniform(200.0, 2500.0),
                tokens_per_second: draws.log_uniform(20.0, 200.0),
            },
            device: DeviceEstimate {
                ready: true,
                prefill_tokens_per_second: decode * draws.log_uniform(3.0, 20.0),
                decode_tokens_per_second: decode,
            },
            budget: Budget::UNLIMITED,
        }
    }

    /// What a turn of these conditions looks like with `prompt_tokens` in all.
    pub(crate) fn outlook<'a>(&self, turn: &'a TurnPlan, prompt_tokens: u32) -> Outlook<'a> {
        let text_bytes = u64::from(prompt_tokens) * BYTES_PER_TOKEN;
        Outlook {
            task: turn.mix,
            inputs: &turn.inputs,
            prompt_tokens,
            prompt_tokens_bound: text_bytes + TEMPLATE_TOKENS,
            text_bytes,
            local_limit: OUTPUT_LIMIT,
            cloud_limit: OUTPUT_LIMIT,
            network: turn.network,
            cloud: self.cloud,
            device: DeviceEstimate {
                ready: turn.device_ready,
                ..self.device
            },
            price: Some(self.price),
        }
    }
}

/// Bytes of English per token, roughly.
const BYTES_PER_TOKEN: u64 = 4;
/// Tokens that a chat template may add.
const TEMPLATE_TOKENS: u64 = 272;

/// Half the users leave the dial as it is.
fn dial(draws: &mut Draws) -> Dial {
    if draws.chance(0.5) {
        return Dial::default();
    }
    let mut weight = || draws.log_uniform(0.03, 1.0);
    Dial {
        quality: 1.0,
        association: weight(),
        latency: weight(),
        usage: weight(),
    }
}

/// From a server of one's own (free) to a large model of a large provider.
fn price(draws: &mut Draws) -> Price {
    let input = if draws.chance(0.1) {
        0.0
    } else {
        draws.log_uniform(30.0, 5000.0)
    };
    let output = input * draws.uniform(3.0, 5.0);
    Price {
        input: NanoUsd::new(input as u64),
        cached_input: NanoUsd::new((input / 2.0) as u64),
        output: NanoUsd::new(output as u64),
        image_tokens: draws.log_uniform(85.0, 2500.0) as u32,
        audio_tokens_per_second: draws.log_uniform(10.0, 60.0) as u32,
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

/// Limits on money and time, now and then on data. Some one way to finish, locally or by text alone in the cloud, fits in
/// all of them at its worst; beyond that they hold from a thirtieth of what the dialogue would cost if
/// each turn took its best action to more than enough. Data is limited only where the dialogue can be
/// finished locally: a text request grows with the dialogue, and the mask counts its present size.
fn budget(
    conditions: &Conditions,
    turns: &[TurnPlan],
    scenario: &Scenario,
    draws: &mut Draws,
) -> Budget {
    let (money, time) = match draws.pick(&[0.15, 0.3, 0.25, 0.3]) {
        0 => (false, false),
        1 => (true, false),
        2 => (false, true),
        _ => (true, true),
    };
    let on_device = draws.chance(FINISHED_LOCALLY);
    let needs: Vec<Need> = turns
        .iter()
        .map(|turn| Need::of(conditions, turn, scenario, on_device))
        .collect();
    let must = needs
        .iter()
        .fold(Spending::ZERO, |sum, need| sum.plus(need.finish));
    let longest = needs
        .iter()
        .map(|need| need.finish.millis)
        .max()
        .unwrap_or(0);
    let mut budget = Budget::UNLIMITED;
    if money {
        let one = needs
            .iter()
            .map(|need| need.text.usd)
            .max()
            .unwrap_or_default();
        let typical: f32 = needs.iter().map(|need| need.usd).sum();
        let more = NanoUsd::new((typical * draws.log_uniform(0.03, 1.5) * 1e9) as u64);
        budget.usd = Some(must.usd.saturating_add(one).saturating_add(more));
    }
    if time {
        let typical: f32 = needs.iter().map(|need| need.seconds).sum();
        let more = (typical * draws.log_uniform(0.03, 1.5) * 1e3) as u64;
        budget.millis = Some(longest * turns.len() as u64 + more);
    }
    if on_device && draws.chance(0.1) {
        budget.bytes = Some(must.bytes + draws.log_uniform(20e3, 5e6) as u64);
    }
    if on_device && draws.chance(0.1) {
        budget.images = Some(draws.below(3 * turns.len()) as u32);
    }
    budget
}

/// Share of limited dialogues that can be finished locally; the others can be in the cloud.
const FINISHED_LOCALLY: f32 = 0.75;

/// What a turn needs, and what it would take without limits.
struct Need {
    /// Expected money of the action of highest expected reward.
    usd: f32,
    /// Expected seconds of it.
    seconds: f32,
    /// Worst case of the text alone in the cloud.
    text: Spending,
    /// Worst case of the way to finish.
    finish: Spending,
}

impl Need {
    fn of(conditions: &Conditions, turn: &TurnPlan, scenario: &Scenario, on_device: bool) -> Self {
        let outlook = conditions.outlook(turn, super::play::LONGEST_PROMPT);
        let all = forecasts(&outlook, &scenario.response);
        let possible = all.iter().filter(|forecast| match forecast.action {
            Action::Local => turn.device_ready,
            Action::Cloud(_) => turn.network.online,
        });
        let reward = |forecast: &Forecast| {
            let Forecast {
                quality,
                association,
                seconds,
                usd,
                ..
            } = *forecast;
            conditions.dial.reward(quality, association, seconds, usd)
        };
        let best = possible.max_by(|one, other| reward(one).total_cmp(&reward(other)));
        let worst = |place: usize| {
            all.get(place)
                .map_or(Spending::ZERO, |forecast| forecast.worst)
        };
        let (local, text) = (worst(0), worst(1));
        let locally = turn.device_ready && (on_device || !turn.network.online);
        Self {
            usd: best.map_or(0.0, |forecast| forecast.usd),
            seconds: best.map_or(0.0, |forecast| forecast.seconds),
            text,
            finish: if locally { local } else { text },
        }
    }
}
