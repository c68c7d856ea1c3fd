//! A world so small that the value of every policy, and the best there is, are known exactly.
//!
//! Five turns, each of one of three kinds drawn independently; one camera view attached; three
//! actions; a limit on money counted in units; nothing else is left to chance. With `m` turns to go
//! and `u` units left,
//!
//! `V(m, u) = Σ share(kind) · max over a with units(a) ≤ u of [reward(kind, a) + V(m − 1, u − units(a))]`
//!
//! is the best (dynamic programming), and a policy's value is the mean over all dialogues by their
//! probabilities, every one of them played. Differences that a sample could not show are exact here.

use indicatif::ProgressBar;
use serde::Serialize;
use weir_core::{
    Action, Budget, CloudEstimate, DeviceEstimate, Dial, Forecast, Mask, Modality, NanoUsd,
    NetworkEstimate, Observation, PastTurn, Spending, Task, TaskMix, mask::Rules,
};
use weir_policy::{TrainedPolicy, features::expected_reward};

use crate::{
    draws::Draws,
    environment::{Environment, Outcome, allowed},
};

/// What is known of one policy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Truth {
    /// Its name.
    pub policy: &'static str,
    /// Its mean reward of a turn over all dialogues and limits; exact.
    pub value: f64,
    /// How far that is from the best.
    pub gap_to_best: f64,
    /// The interval of the distance: a point, since nothing is sampled.
    pub ci: [f64; 2],
}

/// Turns of a dialogue.
const TURNS: usize = 5;
/// Limits on money that dialogues are played with, in units.
const UNITS: [usize; 5] = [1, 3, 5, 8, 12];
/// Dollars of a unit.
const UNIT_USD: f64 = 1e-3;
/// Units and seconds of the actions: local, cloud with the text alone, with the view.
const COSTS: [(usize, f32); ACTIONS] = [(0, 3.0), (1, 2.0), (3, 3.0)];
const ACTIONS: usize = 3;

/// A kind of turn.
struct Kind {
    share: f64,
    task: Task,
    /// Response scores of the actions.
    scores: [f32; ACTIONS],
    relevance: f32,
}

/// Mostly turns that gain a little, now and then one that gains a lot: what is spent early is missing
/// late.
const KINDS: [Kind; 3] = [
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
const DIALOGUES: usize = KINDS.len().pow(TURNS as u32);

/// How many dialogues [`truth`] plays.
pub const PLAYED: u64 = 5 * (UNITS.len() * DIALOGUES) as u64;

/// A dialogue of this world.
#[derive(Clone, Debug)]
pub struct Known {
    kinds: [usize; TURNS],
    observation: Observation,
    mask: Mask,
}

/// The value of `weir` and of simpler policies, the best first.
pub fn truth(weir: &TrainedPolicy, progress: &ProgressBar) -> Vec<Truth> {
    progress.set_message("a world known exactly");
    let exact = |plan: &Plan| {
        let total: f64 = UNITS
            .into_iter()
            .map(|units| plan.value(TURNS, units))
            .sum();
        total / (UNITS.len() * TURNS) as f64
    };
    let shares = KINDS.each_ref().map(|kind| kind.share);
    let best = Plan::new(shares, |worths| {
        worths.iter().copied().fold(f64::MIN, f64::max)
    });
    let uniform = Plan::new(shares, |worths| {
        worths.iter().sum::<f64>() / worths.len() as f64
    });
    let sampled = Plan::of_drawn_turns();
    let mut values = vec![("best", exact(&best)), ("random", exact(&uniform))];
    let mut judge = |name, choose: &mut dyn FnMut(&Known) -> usize| {
        values.push((name, value(choose, progress)));
    };
    judge("weir", &mut |known| {
        let decided = weir.decide(&known.observation, &known.mask);
        decided.map_or(0, |choice| choice.index)
    });
    judge("planner", &mut |known| sampled.choose(known));
    judge("greedy_mask", &mut |known| known.greedy(usize::MAX));
    judge("even_pace", &mut |known| {
        let turns = known.observation.turns_left as usize + 1;
        known.greedy(known.units_left().div_ceil(turns))
    });
    judge("local", &mut |_| 0);
    values.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let highest = exact(&best);
    let tell = |(policy, value): (&'static str, f64)| Truth {
        policy,
        value,
        gap_to_best: highest - value,
        ci: [highest - value; 2],
    };
    values.into_iter().map(tell).collect()
}

/// The mean reward of a turn: every dialogue under every limit, by its probability.
pub fn value(choose: &mut dyn FnMut(&Known) -> usize, progress: &ProgressBar) -> f64 {
    let mut total = 0.0;
    for units in UNITS {
        for dialogue in 0..DIALOGUES {
            let kinds: [usize; TURNS] =
                std::array::from_fn(|turn| dialogue / KINDS.len().pow(turn as u32) % KINDS.len());
            let probability: f64 = kinds.iter().map(|kind| KINDS[*kind].share).product();
            let mut known = Known::new(kinds, units);
            loop {
                let outcome = known.step(choose(&known));
                total += probability * f64::from(outcome.reward);
                if outcome.done {
                    break;
                }
            }
            progress.inc(1);
        }
    }
    total / (UNITS.len() * TURNS) as f64
}

/// What is expected with some turns to go and some units left: by turns, then by units.
struct Plan(Vec<Vec<f64>>);

/// Turns that the planner sees before it plans, as many as [`crate::planner`] draws.
const DRAWN: usize = 12;

impl Plan {
    /// With kinds of these shares; `fold` makes one worth of those of all allowed actions.
    fn new(shares: [f64; KINDS.len()], fold: impl Fn(&[f64]) -> f64) -> Self {
        let most = UNITS.into_iter().max().unwrap_or(0);
        let mut plan = Self(vec![vec![0.0; most + 1]]);
        for turns in 0..TURNS {
            let worth = |units: usize| {
                let of =
                    |(kind, share): (usize, f64)| share * fold(&plan.worths(kind, turns, units));
                shares.into_iter().enumerate().map(of).sum()
            };
            let values = (0..=most).map(worth).collect();
            plan.0.push(values);
        }
        plan
    }

    /// The best for the shares that a few drawn turns happen to have.
    fn of_drawn_turns() -> Self {
        let draws = &mut Draws::of(1, 31);
        let weights = KINDS.each_ref().map(|kind| kind.share as f32);
        let mut shares = [0.0; KINDS.len()];
        for _ in 0..DRAWN {
            shares[draws.pick(&weights)] += 1.0 / DRAWN as f64;
        }
        Self::new(shares, |worths| {
            worths.iter().copied().fold(f64::MIN, f64::max)
        })
    }

    fn value(&self, turns: usize, units: usize) -> f64 {
        self.0[turns][units]
    }

    /// What each action that `units` allow is worth in a turn of `kind`, with `turns` to go after it.
    fn worths(&self, kind: usize, turns: usize, units: usize) -> Vec<f64> {
        let affordable = (0..ACTIONS).filter(|action| COSTS[*action].0 <= units);
        affordable
            .map(|action| {
                f64::from(reward(kind, action)) + self.value(turns, units - COSTS[action].0)
            })
            .collect()
    }

    fn choose(&self, known: &Known) -> usize {
        let turns = known.observation.turns_left as usize;
        let worths = self.worths(known.kind(), turns, known.units_left());
        let best = |best: usize, next: usize| {
            if worths[next] > worths[best] {
                next
            } else {
                best
            }
        };
        (0..worths.len()).reduce(best).unwrap_or(0)
    }
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

    fn kind(&self) -> usize {
        self.kinds[(self.observation.turns_done as usize).min(TURNS - 1)]
    }

    fn units_left(&self) -> usize {
        let left = self.observation.budget.usd_left(self.observation.committed);
        let left = left.map_or(0.0, |left| left.as_usd() / UNIT_USD);
        left.round() as usize
    }

    /// The allowed action of highest reward in this turn, of those of at most `units`.
    fn greedy(&self, units: usize) -> usize {
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

fn reward(kind: usize, action: usize) -> f32 {
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
