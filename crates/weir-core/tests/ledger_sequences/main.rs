//! A hundred thousand random lives of a ledger: turns, failures, crashes, three tabs that share it,
//! clocks set forward and back, prices that change. No limit is ever exceeded, no charge is lost or counted
//! twice, and the money spent is the sum of the settled entries.
//!
//! Every life is repeatable: its number is its seed, and a failure says it.

mod books;
mod dice;
mod reckoning;
mod seen;
mod world;

use dice::Dice;
use reckoning::Checked;
use seen::Seen;
use world::World;

const LIVES: u64 = 100_000;

fn live(seed: u64, seen: &mut Seen) -> Checked {
    let mut dice = Dice::new(seed);
    let steps = 10 + dice.below(30);
    let mut world = World::new(dice, seen);
    for step in 0..steps {
        world.step().map_err(|why| format!("step {step}: {why}"))?;
    }
    world.finish()
}

#[test]
fn no_life_overruns_a_limit_or_loses_or_repeats_a_charge() {
    let mut seen = Seen::default();
    for seed in 0..LIVES {
        if let Err(why) = live(seed, &mut seen) {
            panic!("seed {seed}: {why}");
        }
    }
    // What hardly ever happened was not tried.
    assert!(seen.rarest() >= 10_000, "too rare to tell: {seen:?}");
}
