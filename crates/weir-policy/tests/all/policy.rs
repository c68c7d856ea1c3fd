use burn::{
    module::Module,
    tensor::{Device, Tensor, TensorData},
};
use proptest::prelude::*;
use weir_core::{Mask, mask::Rules};
use weir_policy::{
    DecideError, LoadError, Network, PolicySpec, TrainedPolicy,
    features::{self, ACTION, STATE},
    policy::{BURN, masked_softmax},
};

use crate::{any, features::observation};

const HIDDEN: usize = 16;

/// Numbers in −1..1 that look random and are the same every time.
fn draw() -> impl FnMut() -> f32 {
    let mut state = 1_u64;
    move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    }
}

pub(crate) fn network() -> Network {
    Network::new(HIDDEN, &Device::flex(), draw())
}

fn spec() -> PolicySpec {
    PolicySpec {
        features: features::VERSION,
        state: STATE,
        action: ACTION,
        hidden: HIDDEN,
        burn: BURN.into(),
        scenario: "test".into(),
        seed: 1,
        steps: 0,
    }
}

fn weights(network: Network) -> Vec<u8> {
    network.into_record().into_bytes().unwrap().to_vec()
}

fn load(spec: &PolicySpec) -> Result<TrainedPolicy, LoadError> {
    TrainedPolicy::load(weights(network()), &serde_json::to_string(spec).unwrap())
}

#[test]
fn a_saved_policy_decides_as_before() {
    let observation = observation();
    let mask = Mask::new(&observation, &Rules::OPEN);
    let before = TrainedPolicy::new(network())
        .decide(&observation, &mask)
        .unwrap();
    let after = load(&spec()).unwrap().decide(&observation, &mask).unwrap();
    assert_eq!(before, after);
}

#[test]
fn a_decision_is_what_the_network_says() {
    let observation = observation();
    let mask = Mask::new(&observation, &Rules::OPEN);
    let choice = TrainedPolicy::new(network())
        .decide(&observation, &mask)
        .unwrap();

    let device = Device::flex();
    let count = observation.forecasts.len();
    let input = features::encode(&observation);
    let scores = network().forward(
        Tensor::from_data(TensorData::new(input.state, [1, STATE]), &device),
        Tensor::from_data(TensorData::new(input.actions, [count, ACTION]), &device),
        Tensor::zeros([count], &device),
    );
    let logits: Vec<f32> = scores.logits.into_data().try_into_vec().unwrap();
    let values: Vec<f32> = scores.values.into_data().try_into_vec().unwrap();
    assert!((choice.value - values[0]).abs() < 1e-5);
    let expected = masked_softmax(&logits, |index| mask.allows(index));
    for (found, expected) in choice.probabilities.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-6, "{found} {expected}");
    }
}

#[test]
fn equal_weights_make_equal_files() {
    assert_eq!(weights(network()), weights(network()));
}

#[test]
fn weights_of_another_build_are_refused_by_name() {
    let other = |change: fn(&mut PolicySpec)| {
        let mut spec = spec();
        change(&mut spec);
        load(&spec).unwrap_err()
    };
    assert!(matches!(
        other(|s| s.features = 7),
        LoadError::Version { found: 7, .. }
    ));
    assert!(matches!(
        other(|s| s.burn = "0.20.1".into()),
        LoadError::Burn { .. }
    ));
    assert!(matches!(other(|s| s.hidden = 0), LoadError::Shape { .. }));
    assert!(matches!(other(|s| s.state = 3), LoadError::Shape { .. }));
    assert!(matches!(other(|s| s.hidden = 32), LoadError::Weights(_)));
}

#[test]
fn damaged_files_are_refused() {
    let spec = serde_json::to_string(&spec()).unwrap();
    let whole = weights(network());
    for length in [0, 7, whole.len() / 2, whole.len() - 1] {
        let cut = whole[..length].to_vec();
        assert!(
            matches!(TrainedPolicy::load(cut, &spec), Err(LoadError::Weights(_))),
            "{length}"
        );
    }
    assert!(matches!(
        TrainedPolicy::load(whole, "{}"),
        Err(LoadError::Spec(_))
    ));
}

#[test]
fn the_burn_named_in_weights_is_the_burn_of_the_lock_file() {
    let lock = include_str!("../../../../Cargo.lock");
    assert!(lock.contains(&format!("name = \"burn\"\nversion = \"{BURN}\"")));
}

#[test]
fn when_nothing_is_feasible_it_says_so() {
    let mut stuck = observation();
    stuck.device.ready = false;
    stuck.network.online = false;
    let mask = Mask::new(&stuck, &Rules::OPEN);
    let policy = TrainedPolicy::new(network());
    assert_eq!(
        policy.decide(&stuck, &mask),
        Err(DecideError::NothingFeasible)
    );
}

#[test]
fn a_mask_of_another_observation_is_refused() {
    let observation = observation();
    let mut shorter = observation.clone();
    shorter.forecasts.pop();
    let mask = Mask::new(&shorter, &Rules::OPEN);
    let policy = TrainedPolicy::new(network());
    assert_eq!(
        policy.decide(&observation, &mask),
        Err(DecideError::OtherObservation {
            mask: 2,
            observation: 3
        })
    );
}

#[test]
fn logits_that_are_not_numbers_still_leave_a_choice() {
    let probabilities = masked_softmax(&[f32::NAN, f32::INFINITY, 1.0], |index| index < 2);
    assert_eq!(probabilities, [0.5, 0.5, 0.0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_decision_ever_breaks_the_mask(
        observation in any::observation(3),
        rules in (any::<[bool; 2]>(), any::<u16>()),
    ) {
        let ([private, cloud_available], uploads) = rules;
        let uploads = weir_core::ModalitySet::from_bits(uploads);
        let rules = Rules { private, cloud_available, uploads, ..Rules::OPEN };
        let mask = Mask::new(&observation, &rules);
        let policy = TrainedPolicy::new(network());
        match policy.decide(&observation, &mask) {
            Ok(choice) => {
                prop_assert!(mask.allows(choice.index));
                prop_assert!((choice.probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-4);
                for (index, probability) in choice.probabilities.iter().enumerate() {
                    prop_assert!(mask.allows(index) || *probability == 0.0);
                }
            }
            Err(error) => {
                prop_assert_eq!(error, DecideError::NothingFeasible);
                prop_assert!(mask.all_feasible().next().is_none());
            }
        }
    }
}
