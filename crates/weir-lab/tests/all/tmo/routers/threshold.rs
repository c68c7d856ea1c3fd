use weir_lab::tmo::{
    choice::Choice,
    costs::{Budget, Costs, Device, Network},
    dialogue::Dialogue,
    evaluation::play,
    policies::Policy,
    routers::threshold::{Calibrated, Point, SWEEP, Threshold, curve, mean_curve},
    simulator::Simulator,
};

use crate::tmo::Made;

#[test]
fn a_higher_threshold_keeps_more_at_home() {
    let simulator = Made::new("threshold-order").simulator();
    for network in Network::ALL {
        let costs = Costs::new(Device::JetsonTx2, network);
        for episode in &simulator.test {
            let dialogue = Dialogue::new(&simulator.estimator, episode, costs, Budget::TEST);
            let choices = SWEEP.map(|threshold| {
                let mut router = Threshold {
                    threshold,
                    masked: true,
                };
                router.choose(&dialogue)
            });
            assert_ne!(choices[0], Choice::LOCAL);
            assert_eq!(choices[SWEEP.len() - 1], Choice::LOCAL);
            let kept = choices.iter().position(|choice| *choice == Choice::LOCAL);
            let kept = &choices[kept.unwrap()..];
            assert!(kept.iter().all(|choice| *choice == Choice::LOCAL));
        }
    }
}

#[test]
fn the_calibrated_threshold_is_the_best_in_budget_on_the_training_dialogues() {
    let simulator = Made::new("threshold-best").simulator();
    let training = Simulator {
        test: simulator.train.clone(),
        ..simulator.clone()
    };
    let in_budget = |network, router: &mut dyn Policy| {
        let played = play(&training, network, router);
        played
            .iter()
            .map(|played| played.in_budget_reward)
            .sum::<f64>()
    };
    for masked in [false, true] {
        let calibrated = Calibrated::fit(&simulator, masked);
        for network in Network::ALL {
            let reached = in_budget(network, &mut calibrated.clone());
            for threshold in SWEEP {
                let other = in_budget(network, &mut Threshold { threshold, masked });
                assert!(other <= reached + 1e-9, "{network:?}, {threshold}");
            }
        }
    }
}

#[test]
fn the_mask_keeps_the_router_in_budget() {
    let simulator = Made::new("threshold-mask").simulator();
    let over = |masked| {
        let mut router = Threshold {
            threshold: f64::NEG_INFINITY,
            masked,
        };
        let played = play(&simulator, Network::FourG, &mut router);
        played.iter().filter(|played| played.excess > 0.0).count()
    };
    assert!(over(false) > 0);
    assert_eq!(over(true), 0);
}

#[test]
fn the_curve_goes_from_the_cloud_to_the_device() {
    let simulator = Made::new("threshold-curve").simulator();
    let points = curve(&simulator, Network::WiFi);
    let (first, last) = (points[0], points[SWEEP.len() - 1]);
    assert_eq!((first.cloud_share, last.cloud_share), (1.0, 0.0));
    assert!(last.usage_usd < first.usage_usd && last.response < first.response);
    let halves = mean_curve(&[points, points.map(|_| Point::default())]);
    assert_eq!(halves.len(), SWEEP.len());
    assert!((halves[0].response - first.response / 2.0).abs() < 1e-12);
}
