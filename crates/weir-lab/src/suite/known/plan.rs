//! Dynamic programming over the kinds of turns to come.

use super::world::{ACTIONS, COSTS, KINDS, Known, TURNS, UNITS, reward};
use crate::{draws::Draws, environment::Environment};

/// What is expected with some turns to go and some units left: by turns, then by units.
#[derive(Debug)]
pub(super) struct Plan(Vec<Vec<f64>>);

/// Turns that the planner sees before it plans, as many as [`crate::planner`] draws.
const DRAWN: usize = 12;

impl Plan {
    /// With kinds of these shares; `fold` makes one worth of those of all allowed actions.
    pub(super) fn new(shares: [f64; KINDS.len()], fold: impl Fn(&[f64]) -> f64) -> Self {
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
    pub(super) fn of_drawn_turns() -> Self {
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

    pub(super) fn value(&self, turns: usize, units: usize) -> f64 {
        self.0[turns][units]
    }

    /// What each action that `units` allow is worth in a turn of `kind`, with `turns` to go after it.
    pub(super) fn worths(&self, kind: usize, turns: usize, units: usize) -> Vec<f64> {
        let affordable = (0..ACTIONS).filter(|action| COSTS[*action].0 <= units);
        affordable
            .map(|action| {
                f64::from(reward(kind, action)) + self.value(turns, units - COSTS[action].0)
            })
            .collect()
    }

    pub(super) fn worths_now(&self, known: &Known) -> Vec<f64> {
        let turns = known.observation().turns_left as usize;
        self.worths(known.kind(), turns, known.units_left())
    }

    pub(super) fn choose(&self, known: &Known) -> usize {
        let worths = self.worths_now(known);
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
