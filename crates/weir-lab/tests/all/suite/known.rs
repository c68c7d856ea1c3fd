use indicatif::ProgressBar;
use weir_lab::{
    environment::{Environment, allowed},
    suite::{
        known::{Known, school, truth, value},
        training::{Size, trained},
    },
};

use super::weir;

#[test]
fn nothing_beats_the_best_and_the_shipped_policy_comes_nearer_than_greed() {
    let known = truth(weir(), None, &ProgressBar::hidden());
    let gap = |name: &str| {
        let truth = known.iter().find(|truth| truth.policy == name).unwrap();
        truth.gap_to_best
    };
    assert_eq!(known[0].policy, "best");
    assert!(known.is_sorted_by(|one, next| one.value >= next.value));
    assert!(gap("planner") < gap("greedy_mask"));
    assert!(gap("weir") < gap("greedy_mask"), "{known:?}");
    assert!(gap("weir") < gap("random") && gap("random") < gap("local"));
}

#[test]
fn a_policy_trained_here_comes_close_to_its_teacher() {
    let size = Size {
        seeds: 1,
        steps: 4096,
        imitation_steps: 6000,
        hidden: 32,
        dialogues: 100,
    };
    let bar = ProgressBar::hidden();
    let policy = trained(&school(), &size.settings(1), &bar).unwrap();
    let known = truth(weir(), Some(&policy), &bar);
    let gap = |name: &str| {
        let truth = known.iter().find(|truth| truth.policy == name).unwrap();
        truth.gap_to_best
    };
    assert!(gap("trained") < gap("planner") + 0.02, "{known:?}");
    assert!(gap("trained") < gap("even_pace"));
}

#[test]
fn the_best_of_two_turns_by_hand_is_the_best_of_the_tables() {
    // Units for one picture in a dialogue of kinds that never gain from it but in the last turn.
    let kinds = [0, 0, 0, 0, 2];
    let play = |choose: &dyn Fn(usize) -> usize| {
        let mut known = Known::new(kinds, 3);
        let mut total = 0.0;
        for turn in 0..5 {
            assert!(allowed(&known)[choose(turn)], "turn {turn}");
            total += known.step(choose(turn)).reward;
        }
        total
    };
    let saved = play(&|turn| if turn == 4 { 2 } else { 0 });
    let spent = play(&|turn| usize::from(turn < 3));
    assert!(saved > spent, "{saved} is not more than {spent}");
}

#[test]
fn what_is_out_of_budget_is_masked_and_breaking_it_shows() {
    let mut known = Known::new([0; 5], 1);
    assert_eq!(allowed(&known), [true, true, false]);
    assert!(known.step(2).over_budget);
    known.begin(7);
    assert_eq!(known.observation().turns_done, 0);
}

#[test]
fn a_values_dialogues_are_weighted_by_their_probability() {
    let bar = ProgressBar::hidden();
    let local = value(&mut |_| 0, &bar);
    let by_hand = 0.5 * 0.6 + 0.3 * 0.4 + 0.2 * 0.3 - 0.1;
    assert!((local - by_hand).abs() < 1e-6, "{local} is not {by_hand}");
}
