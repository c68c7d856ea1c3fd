use proptest::prelude::*;
use weir_core::Task;
use weir_lab::tmo::{choice::Choice, estimator::Estimator, state::State};

/// A turn of made-up dialogues: whether it begins one, its task, what was done, and the score.
type Drawn = (bool, usize, usize, f64);

fn states(turns: &[Drawn]) -> Vec<(State, Choice, f64)> {
    let mut before: Option<(State, Choice)> = None;
    turns
        .iter()
        .map(|(begins, task, choice, score)| {
            let (task, choice) = (Task::ALL[*task], Choice::ALL[*choice]);
            let state = match before {
                Some((state, choice)) if !begins => state.after(choice, task),
                _ => State::first(task),
            };
            before = Some((state, choice));
            (state, choice, *score)
        })
        .collect()
}

/// State and action as the numbers whose distance counts.
fn numbers((state, choice): (&State, Choice)) -> Vec<f64> {
    let flags = (0..3).map(|view| choice.uploads().contains(view));
    let cloud = std::iter::once(choice != Choice::LOCAL);
    let state = state.numbers().iter().map(|number| f64::from(*number));
    state.chain(cloud.chain(flags).map(f64::from)).collect()
}

/// The least and the most that a 5-nearest estimate may be: where more turns than are needed are
/// equally near, any of them may count.
fn bounds(logged: &[(State, Choice, f64)], query: (&State, Choice)) -> (f64, f64) {
    let query = numbers(query);
    let mut near: Vec<(f64, f64)> = logged
        .iter()
        .map(|(state, choice, score)| {
            let squares = numbers((state, *choice))
                .iter()
                .zip(&query)
                .map(|(one, other)| (one - other).powi(2))
                .sum::<f64>();
            (squares.sqrt(), *score)
        })
        .collect();
    let mut mean = |sign: f64| {
        near.sort_by(|one, other| {
            (one.0, sign * one.1)
                .partial_cmp(&(other.0, sign * other.1))
                .unwrap()
        });
        let weights = || {
            near[..5]
                .iter()
                .map(|(distance, _)| 1.0 / (distance + 1e-6))
        };
        let scores = near[..5].iter().map(|(_, score)| score);
        let sum: f64 = weights()
            .zip(scores)
            .map(|(weight, score)| weight * score)
            .sum();
        sum / weights().sum::<f64>()
    };
    (mean(1.0), mean(-1.0))
}

proptest! {
    #[test]
    fn an_estimate_is_the_weighted_mean_of_five_of_the_nearest(
        turns in prop::collection::vec((any::<bool>(), 0..4_usize, 0..9_usize, 0.0..3.0), 5..300),
        queries in prop::collection::vec((prop::bool::weighted(0.2), 0..4_usize, 0..9_usize, Just(0.0)), 20),
    ) {
        let logged = states(&turns);
        let estimator = Estimator::fit(logged.clone()).unwrap();
        for (state, choice, _) in states(&queries) {
            let (least, most) = bounds(&logged, (&state, choice));
            let response = estimator.response(&state, choice);
            prop_assert!(least - 1e-9 <= response && response <= most + 1e-9, "{response} is not within {least}..{most}");
        }
    }
}

#[test]
fn four_turns_are_too_few() {
    let turn = (State::first(Task::Query), Choice::LOCAL, 1.0);
    assert!(Estimator::fit(vec![turn; 4]).is_none());
    let estimator = Estimator::fit(vec![turn; 5]).unwrap();
    let response = estimator.response(&turn.0, Choice::ALL[8]);
    assert!((response - 1.0).abs() < 1e-12);
}
