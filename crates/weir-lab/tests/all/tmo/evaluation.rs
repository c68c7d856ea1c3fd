use weir_lab::{
    resampling::nested::Resamples,
    tmo::{
        choice::Choice,
        evaluation::{Played, Row, Runs, Yardsticks},
    },
};

/// One seed of dialogues with these rewards, `excess` over budget.
fn run(rewards: &[f64], excess: f64) -> Vec<Played> {
    let played = |reward: &f64| Played {
        reward: *reward,
        in_budget_reward: if excess > 0.0 { 0.0 } else { *reward },
        excess,
        taken: vec![Choice::LOCAL, Choice::LOCAL, Choice::ALL[1]],
        ..Played::default()
    };
    rewards.iter().map(played).collect()
}

#[test]
fn a_row_says_what_happened_and_how_it_compares() {
    let local: Runs = vec![run(&[1.0, 1.0], 0.0), run(&[1.0, 1.0], 0.0)];
    let oracle: Runs = vec![run(&[2.0, 3.0], 0.0), run(&[1.0, 2.0], 0.0)];
    let greedy: Runs = vec![run(&[1.5, 2.0], 0.0), run(&[1.0, 1.5], 0.0)];
    let yardsticks = Yardsticks {
        local: &local,
        greedy_mask: &greedy,
        oracle: &oracle,
    };
    let resamples = Resamples::draw(&[2, 2], 1);
    let row = |runs| Row::of(runs, &yardsticks, &resamples);
    let of_greedy = row(&greedy);
    assert_eq!(of_greedy.reward, 1.5);
    assert_eq!(of_greedy.gap_share, 0.5);
    assert_eq!(of_greedy.above_greedy_mask_ci, [0.0, 0.0]);
    assert!((of_greedy.max_action_share - 2.0 / 3.0).abs() < 1e-12);
    assert!((of_greedy.cloud_share - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!((row(&local).gap_share, row(&oracle).gap_share), (0.0, 1.0));
    let half_over: Runs = vec![run(&[4.0, 4.0], 0.25), run(&[4.0, 4.0], 0.0)];
    let of_half = row(&half_over);
    assert_eq!((of_half.reward, of_half.in_budget_reward), (4.0, 2.0));
    assert_eq!((of_half.over_budget_rate, of_half.p95_excess), (0.5, 0.25));
    assert_eq!((of_half.mean_excess, of_greedy.mean_excess), (0.125, 0.0));
    assert_eq!(of_half.above_greedy_mask, 2.5);
}
