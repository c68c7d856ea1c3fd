use burn::tensor::Device;
use weir_lab::{
    draws::Draws,
    environment::{Environment, allowed},
    tmo::{
        choice::Choice,
        costs::Network,
        evaluation::play,
        practice::Practice,
        world::{Trained, World},
    },
};
use weir_policy::{
    Network as Weights, TrainedPolicy,
    features::{encode, expected_reward},
};

use super::Made;

#[test]
fn within_the_mask_no_dialogue_ends_over_budget_and_without_it_many_do() {
    let simulator = Made::new("tmo-world").simulator();
    let practice = Practice::new(&simulator, 1);
    let draws = &mut Draws::new(1);
    for masked in [true, false] {
        let mut over = 0;
        for seed in 0..400 {
            let mut world = World::new(&practice, seed);
            loop {
                let mut places: Vec<usize> = (0..Choice::ALL.len()).collect();
                if masked {
                    let allowed = allowed(&world);
                    places.retain(|place| allowed[*place]);
                }
                let outcome = world.step(places[draws.below(places.len())]);
                if outcome.done {
                    over += u32::from(outcome.over_budget);
                    break;
                }
            }
        }
        assert_eq!(over == 0, masked, "{over} dialogues over budget");
    }
}

#[test]
fn the_policy_is_shown_the_rewards_that_it_gets_up_to_a_constant() {
    let simulator = Made::new("tmo-observation").simulator();
    let practice = Practice::new(&simulator, 1);
    for seed in 0..50 {
        let mut world = World::new(&practice, seed);
        loop {
            let observation = world.observation();
            let shown = |place: usize| expected_reward(observation, &observation.forecasts[place]);
            let features = encode(observation);
            assert!(
                features
                    .state
                    .iter()
                    .chain(&features.actions)
                    .all(|one| one.is_finite())
            );
            let brought = |place: usize| world.dialogue().reward(Choice::ALL[place]) as f32;
            for place in 1..Choice::ALL.len() {
                let (shown, brought) = (shown(place) - shown(0), brought(place) - brought(0));
                assert!((shown - brought).abs() < 1e-5, "{shown} is not {brought}");
            }
            let expected = brought(8);
            let outcome = world.step(8);
            assert!((outcome.reward - expected).abs() < 1e-6);
            if outcome.done {
                break;
            }
        }
    }
}

#[test]
fn a_seed_names_a_dialogue_and_seeds_reach_all_networks() {
    let simulator = Made::new("tmo-seeds").simulator();
    let practice = Practice::new(&simulator, 1);
    let mut world = World::new(&practice, 3);
    let first = world.observation().clone();
    world.begin(4);
    world.begin(3);
    assert_eq!(*world.observation(), first);
    let mut slowest: Vec<f32> = (0..40)
        .map(|seed| World::new(&practice, seed).observation().forecasts[8].seconds)
        .collect();
    slowest.sort_by(f32::total_cmp);
    slowest.dedup();
    assert_eq!(slowest.len(), 4);
}

#[test]
fn a_policy_of_weir_is_judged_within_the_mask() {
    let simulator = Made::new("tmo-trained").simulator();
    let mut draws = Draws::new(2);
    let weights = Weights::new(8, &Device::flex(), || draws.uniform(-1.0, 1.0));
    let mut policy = Trained(TrainedPolicy::new(weights));
    for network in Network::ALL {
        let played = play(&simulator, network, &mut policy);
        assert!(played.iter().all(|played| played.excess == 0.0));
    }
}
