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
//!
//! - `world`: its dialogues. `plan`: the tables above. [`school`]: where a policy is trained in it.

mod plan;
mod school;
mod world;

use indicatif::ProgressBar;
use serde::Serialize;
use weir_policy::TrainedPolicy;

use self::{
    plan::Plan,
    world::{DIALOGUES, KINDS, TURNS, UNITS},
};
use crate::environment::Environment;

pub use school::school;
pub use world::Known;

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

/// How many dialogues [`truth`] plays, at most.
pub const PLAYED: u64 = 6 * (UNITS.len() * DIALOGUES) as u64;

/// The value of `weir`, of a policy `trained` here if there is one, and of simpler ones, the best first.
pub fn truth(
    weir: &TrainedPolicy,
    trained: Option<&TrainedPolicy>,
    progress: &ProgressBar,
) -> Vec<Truth> {
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
    let decide = |policy: &TrainedPolicy, known: &Known| {
        let decided = policy.decide(known.observation(), known.mask());
        decided.map_or(0, |choice| choice.index)
    };
    judge("weir", &mut |known| decide(weir, known));
    if let Some(trained) = trained {
        judge("trained", &mut |known| decide(trained, known));
    }
    judge("planner", &mut |known| sampled.choose(known));
    judge("greedy_mask", &mut |known| known.greedy(usize::MAX));
    judge("even_pace", &mut |known| {
        let turns = known.observation().turns_left as usize + 1;
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
