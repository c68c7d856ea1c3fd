//! Days of dialogues under a day's budget, with and without [`weir_policy::pacing`].
//!
//! A dialogue's budget is spread over its turns by the policy, which sees it. A day's is not: the page
//! only forbids what does not fit into what is left of it, so without a pacer the first dialogues take
//! everything. [`day`] plays one day, [`compare`] the same days with and without; [`command`] is
//! `weir-lab pacing`.

pub mod command;

use std::sync::Arc;

use serde::Serialize;
use weir_core::{Budget, Limits, Mask, NanoUsd, mask::Rules};
use weir_policy::{Pacer, Pacing, TrainedPolicy};

use crate::{
    draws::Draws,
    environment::Environment,
    evaluate::{Interval, bootstrap},
    world::{Scenario, World},
};

/// Dialogues of a day.
pub const DIALOGUES: u64 = 30;
/// Dialogues at a day's end that count as late.
const LATE: u64 = 10;

/// The days of a `seed`, each by the seed of its first dialogue; no policy was trained on them.
pub fn days(seed: u64, count: u64) -> impl Iterator<Item = u64> {
    // Training, validation and test dialogues have the numbers below this in the same place.
    const PART: u64 = 9;
    let first = ((seed & 0x00FF_FFFF) << 36) | (PART << 32);
    (0..count).map(move |day| first + day * DIALOGUES)
}

/// What a day was like.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Day {
    /// Mean reward of a turn, over dialogues.
    pub reward: f32,
    /// The same over the late dialogues.
    pub late_reward: f32,
    /// USD spent.
    pub usd: f64,
    /// Share of the late dialogues at whose beginning the day's money was the one thing that kept all
    /// of the cloud away.
    pub broke: f32,
}

/// What days were like on average.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// How spending was paced.
    pub pacing: Pacing,
    /// The day's budget in USD.
    pub usd: f64,
    /// Mean reward of a turn.
    pub reward: Interval,
    /// The reward less that without pacing, day by day.
    pub gain: Interval,
    /// Mean reward of a turn in the late dialogues.
    pub late_reward: f32,
    /// Share of the day's budget that was spent.
    pub used: f32,
    /// Share of the late dialogues that began without money.
    pub broke: f32,
}

/// Lets `policy` answer the dialogues of the day `first` under a budget of `usd`. The day's mask is the page's: what
/// is left of the day has to hold the worst case of the turn.
#[must_use]
pub fn day(
    scenario: &Arc<Scenario>,
    policy: &TrainedPolicy,
    first: u64,
    usd: f64,
    pacing: Pacing,
) -> Day {
    let budget = NanoUsd::new((usd * 1e9) as u64);
    let turns = typical_turns(scenario);
    let mut pacer = Pacer::new(pacing);
    let mut spent = NanoUsd::ZERO;
    let mut day = Day::default();
    for dialogue in 0..DIALOGUES {
        let mut world = World::new(scenario.clone(), first + dialogue);
        let late = dialogue >= DIALOGUES - LATE;
        let before = spent;
        let mut reward = 0.0;
        loop {
            let left = budget.saturating_sub(spent);
            let observation = world.observation();
            let room = Limits {
                day: Budget {
                    usd: Some(left),
                    ..Budget::UNLIMITED
                },
                ..Limits::UNLIMITED
            };
            let mask = Mask::within(observation, &Rules::OPEN, &room);
            if late && observation.turns_done == 0 {
                let cloud = |mask: &Mask| {
                    let feasible = mask.all_feasible();
                    feasible
                        .filter(|(_, action)| action.get().is_cloud())
                        .count()
                };
                let broke = cloud(&mask) == 0 && cloud(world.mask()) > 0;
                day.broke += f32::from(u8::from(broke)) / LATE as f32;
            }
            let turns_left =
                (DIALOGUES - dialogue - 1) as f32 * turns + observation.turns_left + 1.0;
            let allowance = left.as_usd() as f32 / turns_left;
            let action = policy.decide(observation, &mask).ok().and_then(|choice| {
                let scores: Vec<f32> = choice.probabilities.iter().map(|p| p.ln()).collect();
                let forecasts = observation.forecasts.iter();
                let usd: Vec<f32> = forecasts.map(|forecast| forecast.usd).collect();
                pacer.choose(&scores, &usd, allowance, |place| mask.allows(place))
            });
            let outcome = world.step(action.unwrap_or(0));
            spent = before.saturating_add(world.observation().committed.usd);
            let elapsed = (dialogue + 1) as f32 / DIALOGUES as f32;
            let share = spent.as_usd() / usd;
            pacer.observe(share as f32, elapsed);
            reward += outcome.reward;
            if outcome.done {
                break;
            }
        }
        let reward = reward / world.observation().turns_done as f32;
        day.reward += reward / DIALOGUES as f32;
        if late {
            day.late_reward += reward / LATE as f32;
        }
    }
    day.usd = spent.as_usd();
    day
}

/// The same days under a budget of `usd` with each of `pacings`; gains are over the first.
#[must_use]
pub fn compare(
    scenario: &Arc<Scenario>,
    policy: &TrainedPolicy,
    days: &[u64],
    usd: f64,
    pacings: &[Pacing],
) -> Vec<Row> {
    let played: Vec<Vec<Day>> = pacings
        .iter()
        .map(|pacing| {
            days.iter()
                .map(|first| day(scenario, policy, *first, usd, *pacing))
                .collect()
        })
        .collect();
    let rows = pacings.iter().zip(&played);
    rows.map(|(pacing, days)| {
        let mean = |number: fn(&Day) -> f32| {
            days.iter().map(number).sum::<f32>() / days.len().max(1) as f32
        };
        let rewards: Vec<f32> = days.iter().map(|day| day.reward).collect();
        let first = played.first().into_iter().flatten();
        let gains: Vec<f32> = first
            .zip(&rewards)
            .map(|(first, reward)| reward - first.reward)
            .collect();
        Row {
            pacing: *pacing,
            usd,
            reward: bootstrap(&rewards, 1),
            gain: bootstrap(&gains, 1),
            late_reward: mean(|day| day.late_reward),
            used: mean(|day| day.usd as f32) / usd as f32,
            broke: mean(|day| day.broke),
        }
    })
    .collect()
}

/// Turns of a dialogue, on average.
fn typical_turns(scenario: &Scenario) -> f32 {
    const SAMPLE: usize = 1000;
    let draws = &mut Draws::of(1, 26);
    let turns: usize = (0..SAMPLE).map(|_| scenario.length(draws)).sum();
    turns as f32 / SAMPLE as f32
}
