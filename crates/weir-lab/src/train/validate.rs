//! How well a network does on dialogues that it does not learn from.

use burn::tensor::Device;
use weir_policy::Network;

use super::{
    School,
    batch::{Seen, judge},
};
use crate::environment::Environment;

/// A dialogue that is not over.
struct Open<W> {
    world: W,
    reward: f32,
    turns: f32,
}

/// Mean over the dialogues that `seeds` name of the mean reward of their turns, the likeliest action
/// being taken in each.
pub(super) fn reward<S: School>(
    school: &S,
    network: &Network,
    seeds: impl Iterator<Item = u64>,
) -> f32 {
    let device = Device::flex();
    let mut open: Vec<Open<S::World>> = seeds
        .map(|seed| Open {
            world: school.world(seed),
            reward: 0.0,
            turns: 0.0,
        })
        .collect();
    let dialogues = open.len().max(1) as f32;
    let mut total = 0.0;
    while !open.is_empty() {
        let seen: Vec<Seen> = open.iter().map(|open| Seen::of(&open.world)).collect();
        let judged = judge(network, &seen.iter().collect::<Vec<_>>(), &device);
        let probabilities = judged.probabilities(&seen);
        let decided = seen.iter().zip(probabilities);
        let places: Vec<usize> = decided
            .map(|(seen, probabilities)| {
                let ranked = seen.places().iter().zip(probabilities);
                let best = ranked.reduce(|best, next| if next.1 > best.1 { next } else { best });
                best.map_or(0, |(place, _)| *place)
            })
            .collect();
        let mut places = places.into_iter();
        open.retain_mut(|open| {
            let outcome = open.world.step(places.next().unwrap_or(0));
            open.reward += outcome.reward;
            open.turns += 1.0;
            if outcome.done {
                total += open.reward / open.turns;
            }
            !outcome.done
        });
    }
    total / dialogues
}
