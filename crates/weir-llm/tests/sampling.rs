//! What the sampler promises for any logits and settings.
#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use weir_llm::sampling::{NoCandidate, Sampler, Sampling};

/// Settings that change nothing about the model's distribution.
const NEUTRAL: Sampling = Sampling {
    temperature: 1.0,
    top_k: 0,
    top_p: 1.0,
    min_p: 0.0,
    repeat_penalty: 1.0,
    frequency_penalty: 0.0,
    presence_penalty: 0.0,
    repeat_window: 64,
    seed: 1,
};

fn probability(sampler: &Sampler, logits: &[f32], token: u32) -> f32 {
    let candidates = sampler.candidates(logits).unwrap();
    let found = candidates.iter().find(|candidate| candidate.token == token);
    found.map_or(0.0, |candidate| candidate.probability)
}

#[test]
fn the_default_is_greedy_and_takes_the_first_of_equals() {
    let mut sampler = Sampler::new(Sampling::default());
    assert_eq!(sampler.sample(&[0.0, 3.0, 3.0, -1.0]), Ok(1));
}

#[test]
fn without_settings_candidates_are_the_softmax() {
    let candidates = Sampler::new(NEUTRAL).candidates(&[0.0, 3_f32.ln(), f32::NEG_INFINITY]);
    let candidates = candidates.unwrap();
    let tokens: Vec<_> = candidates.iter().map(|candidate| candidate.token).collect();
    assert_eq!(tokens, [1, 0]);
    assert!((candidates[0].probability - 0.75).abs() < 1e-6);
}

#[test]
fn top_p_keeps_the_fewest_that_reach_it() {
    let logits = [0.5, 0.3, 0.15, 0.05].map(f32::ln);
    let kept = |top_p| {
        let settings = Sampling { top_p, ..NEUTRAL };
        Sampler::new(settings).candidates(&logits).unwrap().len()
    };
    assert_eq!(
        [0.0, 0.49, 0.6, 0.79, 0.9, 1.0].map(kept),
        [1, 1, 2, 2, 3, 4]
    );
}

#[test]
fn min_p_keeps_what_is_near_the_best() {
    let logits = [0.5, 0.3, 0.15, 0.05].map(f32::ln);
    let kept = |min_p| {
        let settings = Sampling { min_p, ..NEUTRAL };
        Sampler::new(settings).candidates(&logits).unwrap().len()
    };
    assert_eq!(
        [0.0, 0.09, 0.2, 0.5, 0.9, 2.0].map(kept),
        [4, 4, 3, 2, 1, 1]
    );
}

#[test]
fn frequency_counts_every_time_and_presence_once() {
    let logits = [0.0; 4];
    let settings = Sampling {
        frequency_penalty: 0.5,
        presence_penalty: 0.25,
        ..NEUTRAL
    };
    let mut sampler = Sampler::new(settings);
    [1, 2, 2]
        .into_iter()
        .for_each(|token| sampler.accept(token));
    let share = |token| probability(&sampler, &logits, token) / probability(&sampler, &logits, 0);
    assert!((share(1).ln() + 0.75).abs() < 1e-5);
    assert!((share(2).ln() + 1.25).abs() < 1e-5);
    assert!((share(3).ln()).abs() < 1e-5);
}

#[test]
fn the_penalty_lasts_as_long_as_the_window() {
    let logits = [2.0, 1.0, -1.0];
    let settings = Sampling {
        repeat_penalty: 4.0,
        repeat_window: 1,
        ..Sampling::default()
    };
    let mut sampler = Sampler::new(settings);
    let chosen: Vec<u32> = (0..4).map(|_| sampler.sample(&logits).unwrap()).collect();
    // Each time the latest token falls behind and the one before it recovers; with a longer window
    // token 0 would be chosen twice at the end, 2/4 being more than 1/4.
    assert_eq!(chosen, [0, 1, 0, 1]);
}

#[test]
fn frequencies_follow_the_probabilities() {
    let logits = [0.6, 0.3, 0.1].map(f32::ln);
    let mut sampler = Sampler::new(NEUTRAL);
    let mut counts = [0; 3];
    for _ in 0..10_000 {
        counts[sampler.sample(&logits).unwrap() as usize] += 1;
    }
    for (count, expected) in counts.into_iter().zip([6000_i32, 3000, 1000]) {
        assert!((count - expected).abs() < 250, "{counts:?}");
    }
}

#[test]
fn no_usable_logit_is_an_error() {
    for logits in [&[][..], &[f32::NAN; 3], &[f32::NEG_INFINITY; 2]] {
        for settings in [NEUTRAL, Sampling::default()] {
            assert_eq!(Sampler::new(settings).sample(logits), Err(NoCandidate));
        }
    }
}

fn any_logits() -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec(prop_oneof![9 => -30.0..30.0_f32, 1 => any::<f32>()], 1..80)
        .prop_filter("one number", |logits| {
            logits.iter().any(|logit| *logit > f32::NEG_INFINITY)
        })
}

fn any_settings() -> impl Strategy<Value = Sampling> {
    let float = || prop_oneof![4 => 0.0..3.0_f32, 1 => any::<f32>()];
    (
        float(),
        0..100_usize,
        [float(), float(), float(), float(), float()],
        0..20_usize,
        any::<u64>(),
    )
        .prop_map(|(temperature, top_k, shares, repeat_window, seed)| {
            let [
                top_p,
                min_p,
                repeat_penalty,
                frequency_penalty,
                presence_penalty,
            ] = shares;
            Sampling {
                temperature,
                top_k,
                top_p,
                min_p,
                repeat_penalty,
                frequency_penalty,
                presence_penalty,
                repeat_window,
                seed,
            }
        })
}

proptest! {
    #[test]
    fn probabilities_sum_to_one(logits in any_logits(), settings in any_settings()) {
        let candidates = Sampler::new(settings).candidates(&logits).unwrap();
        let total: f32 = candidates.iter().map(|candidate| candidate.probability).sum();
        prop_assert!((total - 1.0).abs() < 1e-4, "{total}");
        prop_assert!(candidates.is_sorted_by(|a, b| a.probability >= b.probability));
    }

    #[test]
    fn one_candidate_is_greedy(logits in any_logits(), settings in any_settings()) {
        let greedy = Sampling { temperature: 0.0, ..settings };
        let narrow = [
            Sampling { top_k: 1, ..settings },
            Sampling { top_p: 0.0, ..settings },
            Sampling { min_p: 2.0, ..settings },
        ];
        for narrow in narrow {
            prop_assert_eq!(
                Sampler::new(narrow).sample(&logits),
                Sampler::new(greedy).sample(&logits)
            );
        }
    }

    #[test]
    fn top_k_keeps_the_first_of_all(logits in prop::collection::vec(0_i8..20, 1..300), top_k in 1..40_usize) {
        let logits: Vec<f32> = logits.into_iter().map(f32::from).collect();
        let tokens = |top_k| -> Vec<u32> {
            let candidates = Sampler::new(Sampling { top_k, ..NEUTRAL }).candidates(&logits);
            candidates.unwrap().iter().map(|candidate| candidate.token).collect()
        };
        let mut all = tokens(0);
        all.truncate(top_k);
        prop_assert_eq!(tokens(top_k), all);
    }

    #[test]
    fn a_seed_gives_the_same_tokens(logits in any_logits(), settings in any_settings()) {
        let run = || {
            let mut sampler = Sampler::new(settings);
            (0..20).map(|_| sampler.sample(&logits)).collect::<Vec<_>>()
        };
        prop_assert_eq!(run(), run());
    }

    #[test]
    fn what_is_chosen_is_a_candidate(logits in any_logits(), settings in any_settings()) {
        let mut sampler = Sampler::new(settings);
        for _ in 0..5 {
            let before = sampler.clone();
            if let Ok(token) = sampler.sample(&logits) {
                prop_assert!(probability(&before, &logits, token) > 0.0);
            }
        }
    }

    #[test]
    fn a_penalised_token_never_gets_likelier(
        logits in prop::collection::vec(-30.0..30.0_f32, 1..40),
        penalty in 1.0..10.0_f32,
        token in 0..40_u32,
    ) {
        let settings = Sampling { repeat_penalty: penalty, ..NEUTRAL };
        let mut sampler = Sampler::new(settings);
        let before = probability(&sampler, &logits, token);
        sampler.accept(token);
        prop_assert!(probability(&sampler, &logits, token) <= before * (1.0 + 1e-5));
    }

    #[test]
    fn a_reply_taken_up_again_goes_on_the_same(
        logits in any_logits(),
        settings in any_settings(),
        before in 0..10_usize,
    ) {
        let mut whole = Sampler::new(settings);
        let tokens: Vec<_> = (0..20).map(|_| whole.sample(&logits).unwrap()).collect();
        let mut again = Sampler::new(settings);
        tokens[..before].iter().for_each(|&token| again.replay(token));
        let rest: Vec<_> = (before..20).map(|_| again.sample(&logits).unwrap()).collect();
        prop_assert_eq!(&tokens[before..], rest);
    }
}
