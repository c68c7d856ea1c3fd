use indicatif::ProgressBar;
use weir_lab::{
    suite::cost_quality::{Point, Routing, curves, scenario as open},
    world::Noise,
};

use super::{contest, weir};
use crate::scenario;

fn point(cloud_share: f64, response: f64) -> Point {
    Point {
        setting: 0.0,
        cloud_share,
        response,
        usd: 0.0,
    }
}

#[test]
fn a_straight_line_recovers_half_the_gap_and_a_perfect_router_all_of_it_at_once() {
    let straight = Routing::of(&[point(0.0, 0.4), point(1.0, 0.8)], [0.4, 0.8]);
    assert!((straight.apgr - 0.5).abs() < 1e-9);
    assert!((straight.cpt_50 - 0.5).abs() < 1e-9);
    assert!((straight.cpt_80 - 0.8).abs() < 0.011);
    assert!((straight.cloud_quality_share - 0.75).abs() < 1e-9);
    let perfect = [point(0.0, 0.4), point(0.2, 0.8), point(1.0, 0.8)];
    let perfect = Routing::of(&perfect, [0.4, 0.8]);
    assert!((perfect.apgr - 0.9).abs() < 0.01, "{perfect:?}");
    assert!((perfect.cpt_50 - 0.1).abs() < 1e-9);
    assert!((perfect.cloud_quality_share - 1.0).abs() < 1e-9);
}

#[test]
fn curves_go_from_never_to_always_and_knowing_the_gain_beats_chance() {
    let contest = contest(open(&scenario(Noise::Full)), 15);
    let measured = curves(&contest, weir(), &ProgressBar::hidden());
    for name in ["weir", "threshold", "random_mix"] {
        let curve = &measured.cost_quality[name];
        assert_eq!(curve.len(), 11, "{name}");
        let (first, last) = (&curve[0], &curve[10]);
        assert_eq!((first.cloud_share, first.usd), (0.0, 0.0), "{name}");
        assert_eq!(last.cloud_share, 1.0, "{name}");
        assert!(curve.is_sorted_by(|one, next| one.cloud_share <= next.cloud_share));
        assert!(last.response > first.response);
    }
    let apgr = |name: &str| measured.routing[name].apgr;
    let chance = apgr("random_mix");
    assert!((chance - 0.5).abs() < 0.05, "{chance}");
    assert!(apgr("threshold") > chance);
}

#[test]
fn a_dial_turned_to_thrift_spends_less() {
    let contest = contest(open(&scenario(Noise::Full)), 15);
    let measured = curves(&contest, weir(), &ProgressBar::hidden());
    let dial = &measured.cost_quality["weir_dial"];
    let (thrift, quality) = (&dial[0], &dial[dial.len() - 1]);
    assert!(thrift.setting > quality.setting);
    assert!(thrift.usd < 0.8 * quality.usd, "{dial:?}");
    assert!(thrift.response < quality.response);
}
