//! Dialogues of the known world.

use weir_core::{
    Action, Budget, CloudEstimate, DeviceEstimate, Dial, Forecast, Mask, Modality, NanoUsd,
    NetworkEstimate, Observation, PastTurn, Spending, Task, TaskMix, mask::Rules,
};
use weir_policy::features::expected_reward;

use crate::{
    draws::Draws,
    environment::{Environment, Outcome, allowed},
};

/// Turns of a dialogue.
pub(super) const TURNS: usize = 5;
/// Limits on money that dialogues are played with, in units.
pub(super) const UNITS: [usize; 5] = [1, 3, 5, 8, 12];
/// Dollars of a unit.
const UNIT_USD: f64 = 1e-3;
/// Units and seconds of the actions: local, cloud with the text alone, with the view.
pub(super) const COSTS: [(usize, f32); ACTIONS] = [(0, 3.0), (1, 2.0), (3, 3.0)];
pub(super) const ACTIONS: usize = 3;

/// A kind of turn.
pub(super) struct Kind {
    pub(super) share: f64,
    task: Task,
    /// Response scores of the actions.
    scores: [f32; ACTIONS],
    relevance: f32,
}

/// Mostly turns that gain a little, now and then one that gains a lot: what is spent early is missing
/// late.
pub(super) const KINDS: [Kind; 3] = [
    Kind {
        share: 0.5,
        task: Task::Query,
        scores: [0.6, 0.9, 1.0],
        relevance: 0.2,
    },
    Kind {
        share: 0.3,
        task: Task::Assistive,
        scores: [0.4, 1.2, 1.3],
        relevance: 0.1,
    },
    Kind {
        share: 0.2,
        task: Task::Recommendation,
        scores: [0.3, 0.8, 1.8],
        relevance: 0.9,
    },
];

/// Its dialogues.
pub(super) const DIALOGUES: usize = KINDS.len().pow(TURNS as u32);

/// A dialogue of this world.
#[derive(Clone, Debug)]
pub struct Known {
    kinds: [usize; TURNS],
    observation: Observation,
    mask: Mask,
}

impl Known {
    /// A dialogue with turns of these kinds and this many units to spend.
    #[must_use]
    pub fn new(kinds: [usize; TURNS], units: usize) -> Self {
        let rate = 20.0;
        let mut observation = Observation {
            history: Vec::new(),
            task: TaskMix::UNKNOWN,
            attached: vec![Modality::CameraView],
            relevance: Vec::new(),
            prompt_tokens: 200,
            longest_local_prompt: 1536,
            turns_done: 0,
            turns_left: 0.0,
            budget: Budget {
                usd: Some(usd(units)),
                ..Budget::UNLIMITED
            },
            committed: Spending::ZERO,
            network: NetworkEstimate {
                online: true,
                rtt_ms: 20.0,
                jitter_ms: 0.0,
                up_mbps: 30.0,
                down_mbps: 100.0,
                loss: 0.0,
            },
            cloud: CloudEstimate {
                ttft_ms: 500.0,
                tokens_per_second: 80.0,
            },
            device: DeviceEstimate {
                ready: true,
                prefill_tokens_per_second: 10.0 * rate,
                decode_tokens_per_second: rate,
            },
            forecasts: Vec::new(),
            dial: Dial::default(),
        };
        look(kinds[0], 0, &mut observation);
        Self {
            kinds,
            mask: Mask::new(&observation, &Rules::OPEN),
            observation,
        }
    }

    pub(super) fn kind(&self) -> usize {
        self.kinds[(self.observation.turns_done as usize).min(TURNS - 1)]
    }

    pub(super) fn units_left(&self) -> usize {
        let left = self.observation.budget.usd_left(self.observation.committed);
        let left = left.map_or(0.0, |left| left.as_usd() / UNIT_USD);
        left.round() as usize
    }

    /// The allowed action of highest reward in this turn, of those of at most `units`.
    pub(super) fn greedy(&self, units: usize) -> usize {
        let reward =
            |place: usize| expected_reward(&self.observation, &self.observation.forecasts[place]);
        let allowed = allowed(self);
        (0..ACTIONS)
            .filter(|place| allowed[*place] && COSTS[*place].0 <= units)
            .reduce(|best, next| {
                if reward(next) > reward(best) {
                    next
                } else {
                    best
                }
            })
            .unwrap_or(0)
    }
}

impl Environment for Known {
    fn begin(&mut self, seed: u64) {
        let draws = &mut Draws::of(seed, 32);
        let weights = KINDS.each_ref().map(|kind| kind.share as f32);
        let kinds = std::array::from_fn(|_| draws.pick(&weights));
        *self = Self::new(kinds, UNITS[draws.below(UNITS.len())]);
    }

    fn observation(&self) -> &Observation {
        &self.observation
    }

    fn mask(&self) -> &Mask {
        &self.mask
    }

    fn step(&mut self, action: usize) -> Outcome {
        let kind = self.kind();
        let observation = &mut self.observation;
        observation.committed = observation.committed.plus(cost(action));
        observation.history.push(PastTurn {
            action: observation.forecasts[action].action,
            task: observation.task,
        });
        observation.turns_done += 1;
        let done = observation.turns_done as usize == TURNS;
        let outcome = Outcome {
            reward: reward(kind, action),
            mean_reward: reward(kind, action),
            score: KINDS[kind].scores[action],
            done,
            over_budget: !observation.budget.allows(observation.committed),
        };
        if !done {
            let place = observation.turns_done as usize;
            look(self.kinds[place], place, observation);
            self.mask = Mask::new(observation, &Rules::OPEN);
        }
        outcome
    }
}

/// Fills in the turn at `place`, of `kind`.
fn look(kind: usize, place: usize, observation: &mut Observation) {
    let Kind {
        task,
        scores,
        relevance,
        ..
    } = &KINDS[kind];
    observation.task = TaskMix::certain(*task);
    observation.relevance = vec![*relevance];
    observation.turns_left = (TURNS - 1 - place) as f32;
    observation.forecasts = Action::enumerate(1)
        .into_iter()
        .enumerate()
        .map(|(place, action)| Forecast {
            action,
            quality: scores[place],
            quality_deviation: 0.0,
            association: association(kind, place),
            seconds: COSTS[place].1,
            usd: cost(place).usd.as_usd() as f32,
            worst: cost(place),
        })
        .collect();
}

pub(super) fn reward(kind: usize, action: usize) -> f32 {
    let usd = cost(action).usd.as_usd() as f32;
    let score = KINDS[kind].scores[action];
    Dial::default().reward(score, association(kind, action), COSTS[action].1, usd)
}

/// Only the last action uploads.
fn association(kind: usize, action: usize) -> f32 {
    if action == ACTIONS - 1 {
        KINDS[kind].relevance
    } else {
        0.0
    }
}

fn cost(action: usize) -> Spending {
    let (units, seconds) = COSTS[action];
    Spending {
        usd: usd(units),
        millis: (seconds * 1e3) as u64,
        ..Spending::ZERO
    }
}

fn usd(units: usize) -> NanoUsd {
    NanoUsd::new((units as f64 * UNIT_USD * 1e9).round() as u64)
}
