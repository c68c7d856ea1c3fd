//! The odds of a token among all others.

use proptest::prelude::*;
use weir_llm::likelihood::Odds;

#[test]
fn the_likeliest_come_first_and_the_chosen_one_need_not_be_among_them() {
    let logits = [0.1_f32, 0.6, 0.1, 0.2].map(f32::ln);
    let odds = Odds::of(2, &logits, 2);
    let top: Vec<_> = odds.top.iter().map(|it| it.token).collect();
    assert_eq!(top, [1, 3]);
    assert!((odds.top[0].logprob - 0.6_f32.ln()).abs() < 1e-6);
    assert!((odds.logprob - 0.1_f32.ln()).abs() < 1e-6);
}

proptest! {
    #[test]
    fn probabilities_of_all_tokens_sum_to_one(
        logits in prop::collection::vec(-50.0..50.0_f32, 1..60),
        chosen in 0..60_u32,
    ) {
        let odds = Odds::of(chosen, &logits, usize::MAX);
        let total: f32 = odds.top.iter().map(|it| it.logprob.exp()).sum();
        prop_assert!((total - 1.0).abs() < 1e-4);
        prop_assert!(odds.top.is_sorted_by(|a, b| a.logprob >= b.logprob));
        let same = odds.top.iter().find(|it| it.token == chosen);
        prop_assert_eq!(same.map_or(f32::NEG_INFINITY, |it| it.logprob), odds.logprob);
    }
}
