use std::sync::Arc;

use indicatif::ProgressBar;
use weir_lab::{
    suite::{
        ablations::{ablate, work},
        training::Size,
    },
    world::Noise,
};

use crate::scenario;

#[test]
fn every_part_is_left_out_once_and_without_the_mask_limits_break() {
    let size = Size {
        seeds: 1,
        steps: 2048,
        imitation_steps: 1500,
        hidden: 16,
        dialogues: 40,
    };
    let scenario: Arc<_> = scenario(Noise::Full);
    let bar = ProgressBar::hidden();
    let ablations = ablate(&scenario, size, &bar).unwrap();
    assert_eq!(bar.position(), work(size));
    let names: Vec<&str> = ablations.iter().map(|ablation| ablation.name).collect();
    let expected = [
        "none",
        "mask",
        "imitation",
        "history",
        "network",
        "association",
        "dial",
    ];
    assert_eq!(names, expected);
    let [whole, no_mask, ..] = ablations.as_slice() else {
        panic!("nothing was judged");
    };
    assert_eq!((whole.change, whole.over_budget_rate), (0.0, 0.0));
    assert!(no_mask.over_budget_rate > 0.05, "{no_mask:?}");
}
