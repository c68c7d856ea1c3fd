//! The observation as numbers.
//!
//! Every feature is finite and lies in −4..=4 for any observation whatever, so a strange estimate
//! or an absurd budget can bend a decision but never break it. `log(x; unit)` stands for
//! `ln(1 + x / unit) / 2`, `share(n)` for `n / (n + 2)`.
//!
//! **State**, [`STATE`] numbers, one row for the turn:
//!
//! | at | what | unit, scale |
//! |---|---|---|
//! | 0–4 | probability of each task | 0–1, order of [`Task::ALL`] |
//! | 5–44 | the last five turns, oldest first, 8 numbers each: there was one; it was cloud; uploads; probability of each task | flag, flag, `share`, 0–1; all 0 where there was no turn |
//! | 45–47 | money: limited; left; left per turn still to come | flag; share of the limit; `log(USD; 0.001)`, 4 if unlimited |
//! | 48–50 | time: limited; left; left per turn still to come | flag; share of the limit; `log(s; 1)`, 4 if unlimited |
//! | 51–52 | bytes: limited; left | flag; share of the limit |
//! | 53–54 | pictures: limited; left | flag; share of the limit |
//! | 55–56 | turns done; turns left after this one | `share` |
//! | 57–62 | network: online; round trip; jitter; uplink; downlink; loss | flag; `log(ms; 10)` twice; `log(Mbit/s; 1)` twice; 0–1 |
//! | 63–64 | cloud: time to first token; rate | `log(ms; 100)`; `log(tokens/s; 10)` |
//! | 65–67 | this device: ready; prefill; decode | flag; `log(tokens/s; 10)` twice |
//! | 68–71 | dial: quality, association, latency, usage | as they are |
//! | 72 | prompt | `log(tokens; 100)` |
//! | 73–75 | attached inputs; highest relevance; mean relevance | `share`; 0–1 twice |
//! | 76–95 | the last five turns, oldest first: whether each of the first four inputs went along | flags |
//! | 96–97 | the best action's expected reward; that of answering locally | reward |
//!
//! **Action**, [`ACTION`] numbers, one row for each action of the observation's forecasts:
//!
//! | at | what | unit, scale |
//! |---|---|---|
//! | 0 | cloud | flag |
//! | 1–3 | camera views, images, clips uploaded | `share` |
//! | 4–6 | expected quality; its deviation; association | score; score; 0–1 |
//! | 7–9 | expected seconds; expected money; worst-case bytes | `log(s; 1)`; `log(USD; 0.001)`; `log(bytes; 10⁴)` |
//! | 10–13 | the four terms of the reward, weighted by the dial | reward |
//! | 14 | their sum | reward |
//! | 15 | the sum less the best sum of any action | reward, ≤ 0 |
//! | 16 | the sum less that of answering locally | reward |
//! | 17–20 | worst case over what is left: money, time, bytes, pictures | ratio, at most 2; 0 if unlimited |
//! | 21–22 | expected cost in this and every turn left, over what is left: money, time | ratio, at most 4; 0 if unlimited |
//! | 23–26 | whether each of the first four inputs goes along | flags |

use weir_core::{Action, Forecast, Modality, ModalitySet, Observation, PastTurn, Spending, Task};

/// Version of the tables above. Weights trained on another version are refused.
pub const VERSION: u32 = 2;
/// Numbers that describe the turn.
pub const STATE: usize = 98;
/// Numbers that describe one action.
pub const ACTION: usize = 27;
/// No feature is larger than this in magnitude.
pub const BOUND: f32 = 4.0;
/// Inputs beyond these are counted, but not told apart.
const SLOTS: usize = 4;

/// An observation as the network reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    /// `[STATE]`.
    pub state: Vec<f32>,
    /// `[actions, ACTION]`, row by row in the order of the forecasts.
    pub actions: Vec<f32>,
}

/// Encodes `observation` by the tables of this module.
#[must_use]
pub fn encode(observation: &Observation) -> Features {
    let left = Left::of(observation);
    let mut state = Row::with_capacity(STATE);
    state.all(*observation.task.shares());
    let history = recent(&observation.history);
    past(&mut state, history);
    left.describe(&mut state);
    state.push(share(observation.turns_done as f32));
    state.push(share(observation.turns_left));
    conditions(&mut state, observation);
    let dial = observation.dial;
    state.all([dial.quality, dial.association, dial.latency, dial.usage]);
    state.push(log(observation.prompt_tokens as f32, 100.0));
    attachments(&mut state, observation);
    for _ in history.len()..Observation::HISTORY {
        state.all([0.0; SLOTS]);
    }
    for turn in history {
        slots(&mut state, turn.action.uploads());
    }

    let rewards: Vec<f32> = observation
        .forecasts
        .iter()
        .map(|forecast| expected_reward(observation, forecast))
        .collect();
    let best = rewards.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let local = observation
        .forecasts
        .iter()
        .zip(&rewards)
        .find(|(forecast, _)| forecast.action == Action::Local)
        .map_or(0.0, |(_, reward)| *reward);
    state.all([best, local]);
    let mut actions = Row::with_capacity(observation.forecasts.len() * ACTION);
    for (forecast, reward) in observation.forecasts.iter().zip(rewards) {
        action(&mut actions, observation, forecast);
        actions.all([reward, reward - best, reward - local]);
        left.compare(&mut actions, forecast);
        slots(&mut actions, forecast.action.uploads());
    }
    Features {
        state: state.0,
        actions: actions.0,
    }
}

/// The reward that one turn is expected to bring if `forecast`'s action is taken.
#[must_use]
pub fn expected_reward(observation: &Observation, forecast: &Forecast) -> f32 {
    observation.dial.reward(
        forecast.quality,
        forecast.association,
        forecast.seconds,
        forecast.usd,
    )
}

/// Numbers in the making, each made finite and brought within [`BOUND`].
struct Row(Vec<f32>);

impl Row {
    fn with_capacity(numbers: usize) -> Self {
        Self(Vec::with_capacity(numbers))
    }

    fn push(&mut self, value: f32) {
        self.0.push(if value.is_nan() {
            0.0
        } else {
            value.clamp(-BOUND, BOUND)
        });
    }

    fn all<const N: usize>(&mut self, values: [f32; N]) {
        for value in values {
            self.push(value);
        }
    }

    fn flag(&mut self, holds: bool) {
        self.push(if holds { 1.0 } else { 0.0 });
    }
}

fn log(amount: f32, unit: f32) -> f32 {
    (amount.max(0.0) / unit).ln_1p() / 2.0
}

fn share(count: f32) -> f32 {
    let count = count.clamp(0.0, 1e6);
    count / (count + 2.0)
}

fn recent(history: &[PastTurn]) -> &[PastTurn] {
    &history[history.len().saturating_sub(Observation::HISTORY)..]
}

fn slots(row: &mut Row, uploads: ModalitySet) {
    for slot in 0..SLOTS {
        row.flag(uploads.contains(slot));
    }
}

fn past(row: &mut Row, turns: &[PastTurn]) {
    for _ in turns.len()..Observation::HISTORY {
        row.all([0.0; 3 + Task::ALL.len()]);
    }
    for turn in turns {
        row.flag(true);
        row.flag(turn.action.is_cloud());
        row.push(share(turn.action.uploads().len() as f32));
        row.all(*turn.task.shares());
    }
}

fn conditions(row: &mut Row, observation: &Observation) {
    let network = &observation.network;
    row.flag(network.online);
    row.push(log(network.rtt_ms, 10.0));
    row.push(log(network.jitter_ms, 10.0));
    row.push(log(network.up_mbps, 1.0));
    row.push(log(network.down_mbps, 1.0));
    row.push(network.loss.clamp(0.0, 1.0));
    row.push(log(observation.cloud.ttft_ms, 100.0));
    row.push(log(observation.cloud.tokens_per_second, 10.0));
    let device = &observation.device;
    row.flag(device.ready);
    row.push(log(device.prefill_tokens_per_second, 10.0));
    row.push(log(device.decode_tokens_per_second, 10.0));
}

fn attachments(row: &mut Row, observation: &Observation) {
    let relevance = || {
        observation
            .relevance
            .iter()
            .take(observation.attached.len())
            .map(|relevance| relevance.clamp(0.0, 1.0))
    };
    row.push(share(observation.attached.len() as f32));
    row.push(relevance().fold(0.0, f32::max));
    row.push(relevance().sum::<f32>() / observation.attached.len().max(1) as f32);
}

fn action(row: &mut Row, observation: &Observation, forecast: &Forecast) {
    let uploads = forecast.action.uploads();
    let count = |kind: Modality| {
        uploads
            .slots()
            .filter(|slot| observation.attached.get(*slot) == Some(&kind))
            .count() as f32
    };
    row.flag(forecast.action.is_cloud());
    row.push(share(count(Modality::CameraView)));
    row.push(share(count(Modality::Image)));
    row.push(share(count(Modality::MicrophoneClip)));
    row.push(forecast.quality);
    row.push(forecast.quality_deviation);
    row.push(forecast.association);
    row.push(log(forecast.seconds, 1.0));
    row.push(log(forecast.usd, 1e-3));
    row.push(log(forecast.worst.bytes as f32, 1e4));
    let dial = observation.dial;
    row.push(dial.quality * forecast.quality);
    row.push(dial.association * forecast.association);
    row.push(-dial.latency * forecast.seconds / weir_core::dial::LATENCY_UNIT_SECONDS);
    row.push(-dial.usage * forecast.usd / weir_core::dial::USAGE_UNIT_USD);
}

/// What is left of each limit; `None` where there is none.
struct Left {
    turns: f32,
    usd: Option<Resource>,
    millis: Option<Resource>,
    bytes: Option<Resource>,
    images: Option<Resource>,
}

/// A limit and what is left of it, in nano-USD, milliseconds, bytes or pictures.
#[derive(Clone, Copy)]
struct Resource {
    limit: f32,
    left: f32,
}

impl Resource {
    fn of(limit: Option<u64>, committed: u64) -> Option<Self> {
        limit.map(|limit| Self {
            limit: limit as f32,
            left: limit.saturating_sub(committed) as f32,
        })
    }

    fn fraction(self) -> f32 {
        if self.limit > 0.0 {
            self.left / self.limit
        } else {
            0.0
        }
    }
}

/// `amount` over what is left: 0 if unlimited or nothing is asked, `most` if nothing is left.
fn ratio(amount: f32, resource: Option<Resource>, most: f32) -> f32 {
    match resource {
        Some(resource) if amount > 0.0 => (amount / resource.left.max(1e-9)).min(most),
        _ => 0.0,
    }
}

impl Left {
    fn of(observation: &Observation) -> Self {
        let (budget, committed) = (&observation.budget, &observation.committed);
        Self {
            turns: observation.turns_left.clamp(0.0, 1e6) + 1.0,
            usd: Resource::of(budget.usd.map(|limit| limit.nanos()), committed.usd.nanos()),
            millis: Resource::of(budget.millis, committed.millis),
            bytes: Resource::of(budget.bytes, committed.bytes),
            images: Resource::of(budget.images.map(u64::from), u64::from(committed.images)),
        }
    }

    fn describe(&self, row: &mut Row) {
        let units = [(self.usd, 1e9, 1e-3), (self.millis, 1e3, 1.0)];
        for (resource, per_unit, scale) in units {
            row.flag(resource.is_some());
            row.push(resource.map_or(1.0, Resource::fraction));
            row.push(resource.map_or(BOUND, |resource| {
                log(resource.left / per_unit / self.turns, scale)
            }));
        }
        for resource in [self.bytes, self.images] {
            row.flag(resource.is_some());
            row.push(resource.map_or(1.0, Resource::fraction));
        }
    }

    fn compare(&self, row: &mut Row, forecast: &Forecast) {
        let Spending {
            usd,
            millis,
            bytes,
            images,
        } = forecast.worst;
        row.push(ratio(usd.nanos() as f32, self.usd, 2.0));
        row.push(ratio(millis as f32, self.millis, 2.0));
        row.push(ratio(bytes as f32, self.bytes, 2.0));
        row.push(ratio(images as f32, self.images, 2.0));
        row.push(ratio(forecast.usd * 1e9 * self.turns, self.usd, BOUND));
        row.push(ratio(
            forecast.seconds * 1e3 * self.turns,
            self.millis,
            BOUND,
        ));
    }
}
