use indicatif::ProgressBar;
use weir_lab::{
    evaluate::{Limits, play},
    policies::Chooser,
    world::Noise,
};

use crate::scenario;

#[test]
fn planning_ahead_beats_looking_one_step_ahead_where_money_is_limited() {
    let scenario = scenario(Noise::None);
    let reward = |mut chooser: Chooser<'_>| {
        let played = play(&scenario, &mut chooser, 0..800, &ProgressBar::hidden());
        let limited = played
            .iter()
            .filter(|played| played.limits == Limits::Money);
        let rewards: Vec<f32> = limited.map(|played| played.reward).collect();
        rewards.iter().sum::<f32>() / rewards.len() as f32
    };
    let (planned, greedy) = (reward(Chooser::Planner(None)), reward(Chooser::Greedy));
    assert!(planned > greedy, "{planned} is not above {greedy}");
}
