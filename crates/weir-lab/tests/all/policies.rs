use indicatif::ProgressBar;
use weir_lab::{
    evaluate::{Played, play},
    policies::Chooser,
    world::Noise,
};

use crate::scenario;

fn played(chooser: &mut Chooser<'_>) -> Vec<Played> {
    let seeds = 0..400;
    play(
        &scenario(Noise::None),
        chooser,
        seeds,
        &ProgressBar::hidden(),
    )
}

fn mean(played: &[Played], number: fn(&Played) -> f32) -> f32 {
    played.iter().map(number).sum::<f32>() / played.len() as f32
}

#[test]
fn the_threshold_leads_from_the_cloud_to_the_device_and_never_over_budget() {
    let shares: Vec<f32> = [f32::NEG_INFINITY, 0.0, 0.4, 0.8, 1.2, f32::INFINITY]
        .into_iter()
        .map(|threshold| {
            let played = played(&mut Chooser::Threshold(threshold));
            assert!(played.iter().all(|played| !played.over_budget));
            mean(&played, |played| played.cloud)
        })
        .collect();
    let falls = |pair: &[f32]| pair[1] <= pair[0] + 0.01;
    assert!(shares.windows(2).all(falls), "{shares:?}");
    assert!(shares[0] > shares[5] + 0.3, "{shares:?}");
    let local = played(&mut Chooser::Local);
    assert_eq!(shares[5], mean(&local, |played| played.cloud));
}
