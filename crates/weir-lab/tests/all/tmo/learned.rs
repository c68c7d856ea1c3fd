use burn::tensor::{Device, Tensor, TensorData, activation};
use weir_lab::{
    draws::Draws,
    tmo::{
        choice::Choice,
        costs::{Budget, Network as Wire},
        evaluation::play,
        learned::{
            Algorithm, Method, a2c, advantages,
            dialogues::{Constraint, Dialogues},
            dqn,
            lanes::{Brought, Lane, Lanes},
            network::{Network, tanh},
            optimiser::Optimiser,
            ppo,
        },
        policies::Random,
    },
};

use super::Made;

/// The numbers of each parameter.
fn numbers(network: &Network) -> Vec<Vec<f32>> {
    network
        .parameters()
        .map(|parameter| parameter.to_data().iter::<f32>().collect())
        .collect()
}

fn near(one: &[f32], other: &[f32], apart: f32) -> bool {
    let mut pairs = one.iter().zip(other);
    one.len() == other.len() && pairs.all(|(one, other)| (one - other).abs() < apart)
}

#[test]
fn the_way_back_is_that_of_automatic_differentiation() {
    let mut draws = Draws::new(1);
    type Unit = fn(Tensor<2>) -> Tensor<2>;
    let networks: [(Network, Unit); 2] = [
        (Network::orthogonal(5, 3, 1.0, &mut draws), activation::tanh),
        (Network::even(5, 3, &mut draws), activation::relu),
    ];
    let device = Device::flex().autodiff();
    for (network, unit) in networks {
        let inputs: Vec<f32> = (0..35).map(|_| draws.normal()).collect();
        let slopes: Vec<f32> = (0..21).map(|_| draws.normal()).collect();
        let tensor = |numbers: &[f32], width: usize| {
            let shape = [numbers.len() / width, width];
            Tensor::<2>::from_data(TensorData::new(numbers.to_vec(), shape), &device)
        };
        let parameters: Vec<Tensor<2>> = network
            .parameters()
            .map(|parameter| Tensor::from_data(parameter.to_data(), &device).require_grad())
            .collect();
        let layer = |place: usize, inputs: Tensor<2>| {
            inputs.matmul(parameters[2 * place].clone()) + parameters[2 * place + 1].clone()
        };
        let hidden = unit(layer(1, unit(layer(0, tensor(&inputs, 5)))));
        let outputs = layer(2, hidden);
        let expected: Vec<f32> = outputs.to_data().iter::<f32>().collect();
        let gradients = (outputs * tensor(&slopes, 3)).sum().backward();
        let pass = network.forward(inputs);
        assert!(near(&pass.outputs, &expected, 1e-4));
        let found = network.backward(pass, slopes);
        assert_eq!(found.len(), parameters.len());
        for (found, parameter) in found.iter().zip(&parameters) {
            let expected = parameter.grad(&gradients).unwrap().into_data();
            let expected: Vec<f32> = expected.iter::<f32>().collect();
            let found: Vec<f32> = found.iter::<f32>().collect();
            assert!(expected.iter().any(|slope| slope.abs() > 1e-3));
            assert!(near(&found, &expected, 1e-3), "{found:?}\n{expected:?}");
        }
    }
}

#[test]
fn the_tangent_is_right_to_a_hundred_thousandth() {
    for step in -4000..4000 {
        let number = step as f32 / 200.0;
        assert!((tanh(number) - number.tanh()).abs() < 1e-5, "{number}");
    }
    assert_eq!(tanh(1e30), 1.0);
}

#[test]
fn orthogonal_weights_are_orthogonal() {
    let network = Network::orthogonal(25, 9, 0.01, &mut Draws::new(2));
    let parameters = numbers(&network);
    let product = |weights: &[f32], width: usize, one: usize, other: usize| {
        let rows = weights.chunks_exact(width);
        rows.map(|row| row[one] * row[other]).sum::<f32>()
    };
    for (parameter, width, square) in [(2, 64, 2.0), (4, 9, 1e-4)] {
        for one in 0..width {
            for other in 0..width {
                let expected = if one == other { square } else { 0.0 };
                let found = product(&parameters[parameter], width, one, other);
                assert!((found - expected).abs() < 1e-4 * square, "{found}");
            }
        }
    }
    assert!(parameters[1].iter().all(|bias| *bias == 0.0));
}

/// A step of descent of a network whose gradients are all `slope`, seen at one weight.
fn descent(mut optimiser: Optimiser, slopes: &[f32]) -> f32 {
    let mut network = Network::even(1, 1, &mut Draws::new(3));
    let before = numbers(&network)[0][0];
    for slope in slopes {
        let gradients = network
            .parameters()
            .map(|parameter| (parameter.clone() * 0.0 + *slope).into_data())
            .collect();
        [network] = optimiser.step([network], &gradients);
    }
    numbers(&network)[0][0] - before
}

#[test]
fn steps_of_descent_are_as_long_as_computed_by_hand() {
    let near = |found: f32, expected: f32| {
        assert!((found - expected).abs() < 2e-6, "{found}, not {expected}");
    };
    // The first mean square is a hundredth of the square, so the step is ten times the rate.
    near(descent(Optimiser::rms_prop(1e-3, 0.0, 1e9), &[2.0]), -1e-2);
    // Then 2 / √(0.99 · 0.04 + 0.04).
    let second = -1e-2 - 1e-3 * 2.0 / 0.0796_f32.sqrt();
    near(
        descent(Optimiser::rms_prop(1e-3, 0.0, 1e9), &[2.0, 2.0]),
        second,
    );
    // While slopes stay the same, each step of Adam is the rate.
    near(descent(Optimiser::adam(1e-3, 0.0, 1e9), &[2.0, 2.0]), -2e-3);
    // A slope, then none: the means are 0.09 · 2 and 0.000999 · 4, for 0.19 and 0.001999.
    let second = -1e-3 - 1e-3 * (0.18 / 0.19) / (0.003_996_f32 / 0.001_999).sqrt();
    near(
        descent(Optimiser::adam(1e-3, 0.0, 1e9), &[2.0, 0.0]),
        second,
    );
    // 4,353 slopes of 1 have a length of 65.98; shortened to half of 1, each is 0.00758.
    let shortened = 0.5 / 4353.0_f32.sqrt();
    near(
        descent(Optimiser::rms_prop(1e-3, 1.0, 0.5), &[1.0]),
        -1e-3 * shortened / (0.1 * shortened + 1.0),
    );
}

#[test]
fn advantages_are_as_computed_by_hand() {
    let brought = |reward, done| Brought { reward, done };
    // Two worlds, three times; the first begins anew after its second turn.
    let all = [
        brought(1.0, false),
        brought(0.5, false),
        brought(2.0, true),
        brought(0.0, false),
        brought(-1.0, false),
        brought(3.0, false),
    ];
    let values = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
    let found = advantages(&all, &values, 2, 0.95);
    let last = [-1.0 + 0.99 * 0.7 - 0.5, 3.0 + 0.99 * 0.8 - 0.6];
    let middle = [2.0 - 0.3, 0.99 * 0.6 - 0.4 + 0.99 * 0.95 * last[1]];
    let first = [
        1.0 + 0.99 * 0.3 - 0.1 + 0.99 * 0.95 * middle[0],
        0.5 + 0.99 * 0.4 - 0.2 + 0.99 * 0.95 * middle[1],
    ];
    let expected = [first, middle, last].concat();
    assert!(near(&found, &expected, 1e-5), "{found:?}, not {expected:?}");
    let whole = advantages(&all, &values, 2, 1.0);
    assert!((whole[0] - (1.0 + 0.99 * 2.0 - 0.1)).abs() < 1e-5);
    let discounted = 0.5 + 0.99_f32.powi(2) * 3.0 + 0.99_f32.powi(3) * 0.8 - 0.2;
    assert!((whole[1] - discounted).abs() < 1e-5);
}

#[test]
fn ppo_stops_pushing_once_an_action_has_moved_far_enough() {
    let up = 1.3_f32.ln();
    assert_eq!(ppo::push(2.0, up), 0.0);
    assert_eq!(ppo::push(-2.0, -1.0), 0.0);
    assert!((ppo::push(-2.0, up) + 2.6).abs() < 1e-5);
    assert!((ppo::push(2.0, 0.0) - 2.0).abs() < 1e-6);
}

/// A dialogue of one turn, in which the action of the same number as what is seen is right.
struct Guess {
    right: usize,
    draws: Draws,
}

impl Lane for Guess {
    fn observe(&self, batch: &mut Vec<f32>) {
        batch.push(self.right as f32);
    }

    fn step(&mut self, action: usize) -> Brought {
        let reward = if action == self.right { 1.0 } else { 0.0 };
        self.right = self.draws.below(2);
        Brought { reward, done: true }
    }
}

type Learn = fn(&mut Lanes<Guess>, usize, usize, u64, &mut Draws) -> Network;

const ALGORITHMS: [(&str, usize, Learn); 3] = [
    ("a2c", a2c::LANES, a2c::learn),
    ("ppo", ppo::LANES, ppo::learn),
    ("dqn", dqn::LANES, dqn::learn),
];

fn guesses(count: usize, learn: Learn, seed: u64) -> (Network, Vec<(u64, f64)>) {
    let guess = |lane| Guess {
        right: lane % 2,
        draws: Draws::of(seed, lane as u64),
    };
    let mut lanes = Lanes::new((0..count).map(guess).collect(), 500);
    let network = learn(&mut lanes, 1, 2, 8000, &mut Draws::of(seed, 99));
    (network, lanes.into_curve())
}

#[test]
fn each_algorithm_learns_which_of_two_actions_is_right() {
    for (name, count, learn) in ALGORITHMS {
        let (network, curve) = guesses(count, learn, 1);
        let said = network.forward(vec![0.0, 1.0]).outputs;
        assert!(said[0] > said[1] && said[3] > said[2], "{name}: {said:?}");
        let (first, last) = (curve[0].1, curve[curve.len() - 1].1);
        assert!(first < 0.8 && last > 0.9, "{name}: {curve:?}");
    }
}

#[test]
fn equal_seeds_learn_equal_weights_and_others_do_not() {
    for (name, count, learn) in ALGORITHMS {
        let [one, same, other] = [1, 1, 2].map(|seed| guesses(count, learn, seed));
        assert_eq!(numbers(&one.0), numbers(&same.0), "{name}");
        assert_eq!(one.1, same.1, "{name}");
        assert_ne!(numbers(&one.0), numbers(&other.0), "{name}");
    }
}

#[test]
fn with_rc_what_is_left_is_seen_and_nothing_is_earned_over_budget() {
    let simulator = Made::new("tmo-rc").simulator();
    for constraint in [Constraint::None, Constraint::Budgets] {
        let mut lane = Dialogues::new(&simulator, Wire::FourG, constraint, Draws::new(4));
        let (mut within, mut over, mut budgets) = (0, 0, Vec::new());
        for _ in 0..300 {
            let dialogue = lane.dialogue();
            let mut seen = Vec::new();
            lane.observe(&mut seen);
            assert_eq!(seen.len(), constraint.inputs());
            let state: Vec<f32> = dialogue.state().numbers().map(f32::from).to_vec();
            assert_eq!(seen[..25], state);
            let budget = *dialogue.budget();
            if constraint == Constraint::Budgets {
                let left = budget.seconds - dialogue.seconds();
                assert!((seen[25] - left as f32).abs() < 1e-4);
                assert!((seen[26] - (budget.usd - dialogue.usd()) as f32).abs() < 1e-7);
                budgets.push(budget.seconds);
            } else {
                assert_eq!(budget, Budget::TEST);
            }
            let expected = dialogue.clone().step(Choice::EVERYTHING);
            let brought = lane.step(Choice::EVERYTHING.place());
            assert_eq!(brought.done, expected.done);
            if constraint == Constraint::Budgets && expected.over_budget {
                assert_eq!(brought.reward, 0.0);
                over += 1;
            } else {
                assert!((brought.reward - expected.reward as f32).abs() < 1e-6);
                within += 1;
            }
        }
        assert!(within > 0);
        if constraint == Constraint::Budgets {
            assert!(over > 0);
            budgets.dedup();
            assert!(budgets.len() > 50, "each dialogue has a budget of its own");
        }
    }
}

#[test]
fn a_policy_that_was_trained_shortly_beats_chance_and_is_the_same_again() {
    let simulator = Made::new("tmo-learned").simulator();
    let mean = |played: Vec<weir_lab::tmo::evaluation::Played>| {
        played.iter().map(|played| played.reward).sum::<f64>() / played.len() as f64
    };
    let chance = mean(play(&simulator, Wire::WiFi, &mut Random::anywhere(1)));
    for (algorithm, steps) in [(Algorithm::A2c, 8000), (Algorithm::Dqn, 8000)] {
        let method = Method {
            algorithm,
            constraint: Constraint::None,
        };
        let mut trained = method.train(&simulator, Wire::WiFi, 1, steps);
        assert_eq!(trained.steps, steps);
        let played = play(&simulator, Wire::WiFi, &mut trained.policy);
        let mut again = method.train(&simulator, Wire::WiFi, 1, steps);
        assert_eq!(
            played,
            play(&simulator, Wire::WiFi, &mut again.policy),
            "{}",
            method.name()
        );
        let reward = mean(played);
        assert!(reward > chance + 0.1, "{}: {reward}", method.name());
    }
}
