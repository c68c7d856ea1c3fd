use proptest::prelude::*;
use weir_lab::tmo::{
    choice::Choice,
    costs::Network,
    evaluation::play,
    policies::{Constant, Policy, Random},
    routers::bandit::{Bandit, Price},
    simulator::Simulator,
};

use crate::tmo::Made;

fn reward(simulator: &Simulator, network: Network, policy: &mut dyn Policy) -> f64 {
    let played = play(simulator, network, policy);
    played.iter().map(|played| played.reward).sum::<f64>() / played.len() as f64
}

#[test]
fn it_learns_what_is_worth_its_cost_and_stays_in_budget() {
    let simulator = Made::new("bandit").simulator();
    let mut bandit = Bandit::learn(&simulator, 1);
    for network in Network::ALL {
        let played = play(&simulator, network, &mut bandit);
        assert!(played.iter().all(|played| played.excess == 0.0));
        let learnt = reward(&simulator, network, &mut bandit);
        let others: [&mut dyn Policy; 2] = [&mut Constant(Choice::LOCAL), &mut Random::anywhere(1)];
        for other in others {
            let other = reward(&simulator, network, other);
            assert!(learnt > other + 0.05, "{network:?}: {learnt}, {other}");
        }
    }
}

#[test]
fn the_same_seed_learns_the_same() {
    let simulator = Made::new("bandit-seed").simulator();
    let taken = || {
        play(
            &simulator,
            Network::Wired,
            &mut Bandit::learn(&simulator, 5),
        )
    };
    assert_eq!(taken(), taken());
}

proptest! {
    #[test]
    fn the_price_rises_from_the_lowest_to_the_highest(
        densities in prop::collection::vec(0.001..100.0_f64, 1..40),
        one in 0.0..1.0_f64,
        other in 0.0..1.0_f64,
    ) {
        let price = Price::between(densities.clone());
        let (low, high) = (price.at(0.0), price.at(1.0));
        prop_assert!(price.at(one.min(other)) <= price.at(one.max(other)));
        prop_assert!(low <= price.at(one) && price.at(one) <= high * (1.0 + 1e-12));
        prop_assert!(densities.iter().any(|density| *density <= low));
        prop_assert!(densities.iter().any(|density| *density >= high));
    }
}

#[test]
fn where_nothing_is_worth_its_cost_the_budget_has_no_price() {
    assert_eq!(Price::between(Vec::new()).at(0.9), 0.0);
}
