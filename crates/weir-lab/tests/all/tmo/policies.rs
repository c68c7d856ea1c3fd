use weir_lab::tmo::{costs::Network, evaluation::play, suite::untrained};

use super::Made;

/// What the reference's own estimator and formulas make of the made-up dialogues: reward, response,
/// seconds, dollars, and the share of dialogues over budget. With another order among neighbours
/// that are equally near, always-local would be at 0.819913218.
const REFERENCE: [(Network, &str, [f64; 5]); 18] = {
    use Network::{FourG, Wired};
    [
        (
            Wired,
            "local",
            [0.843640529, 0.843640529, 0.04, 2.8e-08, 0.0],
        ),
        (
            Wired,
            "constant_1",
            [0.506822222, 0.827142334, 22.61105, 0.001715, 0.25],
        ),
        (
            Wired,
            "constant_5",
            [0.98838852, 1.296312243, 21.859915, 0.033075, 0.25],
        ),
        (
            Wired,
            "constant_8",
            [1.295532832, 1.628866165, 24.437385, 0.04788, 0.5],
        ),
        (
            Wired,
            "greedy",
            [1.525090222, 1.797616984, 18.865520952, 0.029055004, 0.0],
        ),
        (
            Wired,
            "greedy_blind",
            [1.524741878, 1.7982405, 18.865520952, 0.029055004, 0.0],
        ),
        (
            Wired,
            "greedy_mask",
            [1.525090222, 1.797616984, 18.865520952, 0.029055004, 0.0],
        ),
        (
            Wired,
            "oracle",
            [1.590434763, 1.849042079, 17.725601667, 0.027081671, 0.0],
        ),
        (
            Wired,
            "oracle_in_budget",
            [1.590434763, 1.849042079, 17.725601667, 0.027081671, 0.0],
        ),
        (
            FourG,
            "local",
            [0.843640529, 0.843640529, 0.04, 2.8e-08, 0.0],
        ),
        (
            FourG,
            "constant_1",
            [0.806877588, 0.827142334, 1.75, 0.001715, 0.0],
        ),
        (
            FourG,
            "constant_5",
            [0.986180299, 1.296312243, 61.726, 0.033075, 1.0],
        ),
        (
            FourG,
            "constant_8",
            [1.295532832, 1.628866165, 68.5055, 0.04788, 1.0],
        ),
        (
            FourG,
            "greedy",
            [1.523228569, 1.797616984, 53.236547619, 0.029055004, 1.0],
        ),
        (
            FourG,
            "greedy_blind",
            [1.522880225, 1.7982405, 53.236547619, 0.029055004, 1.0],
        ),
        (
            FourG,
            "greedy_mask",
            [1.300483931, 1.405623048, 18.153142857, 0.009940012, 0.0],
        ),
        (
            FourG,
            "oracle",
            [1.581222965, 1.842475772, 50.428285714, 0.026665005, 1.0],
        ),
        (
            FourG,
            "oracle_in_budget",
            [1.400377869, 1.489032535, 16.39477381, 0.008577516, 0.0],
        ),
    ]
};

#[test]
fn the_figures_are_those_of_the_reference_where_neighbours_are_equally_near() {
    let simulator = Made::new("tmo-policies").simulator();
    let mut compared = 0;
    for (name, mut policy) in untrained(&simulator, 1) {
        for (network, expected_of, expected) in REFERENCE {
            if name != expected_of {
                continue;
            }
            let played = play(&simulator, network, policy.as_mut());
            compared += 1;
            let figures = super::bounds::figures(&played);
            for (figure, expected) in figures.into_iter().zip(expected) {
                assert!(
                    (figure - expected).abs() < 1e-8,
                    "{name} on {}: {figures:?}",
                    network.name()
                );
            }
        }
    }
    assert_eq!(compared, REFERENCE.len());
}

#[test]
fn chance_takes_local_half_the_time_or_never() {
    let simulator = Made::new("tmo-chance").simulator();
    for (name, mut policy) in untrained(&simulator, 1) {
        let expected = match name.as_str() {
            "random" => 0.5,
            "cloud" => 0.0,
            _ => continue,
        };
        let mut local = 0;
        let mut turns = 0;
        for _ in 0..40 {
            for played in play(&simulator, Network::WiFi, policy.as_mut()) {
                local += played
                    .taken
                    .iter()
                    .filter(|taken| taken.place() == 0)
                    .count();
                turns += played.taken.len();
            }
        }
        let share = local as f64 / turns as f64;
        assert!((share - expected).abs() < 0.05, "{name}: {share}");
    }
}
