use weir_lab::{draws::Draws, resampling::crossed::Crossed};

fn mean(numbers: &[f64], weights: &[f64]) -> Option<f64> {
    let total: f64 = weights.iter().sum();
    let sum: f64 = numbers.iter().zip(weights).map(|(one, by)| one * by).sum();
    (total > 0.0).then(|| sum / total)
}

#[test]
fn a_dialogue_under_many_seeds_is_not_many_dialogues() {
    let draws = &mut Draws::new(3);
    let numbers: Vec<f64> = (0..200).map(|_| f64::from(draws.normal())).collect();
    let once = Crossed::draw(&[(0..200).collect()], 1);
    let [low, high] = once.interval(|weights| mean(&numbers, weights)).unwrap();
    let expected = 2.0 * 1.96 / 200_f64.sqrt();
    assert!(((high - low) / expected - 1.0).abs() < 0.15, "{low} {high}");

    let often = Crossed::draw(&vec![(0..200).collect(); 5], 1);
    let repeated = numbers.repeat(5);
    let [low, high] = often.interval(|weights| mean(&repeated, weights)).unwrap();
    assert!(((high - low) / expected - 1.0).abs() < 0.15, "{low} {high}");
}

#[test]
fn the_same_dialogues_count_in_all_seeds_alike_but_for_how_often_the_seed_counts() {
    let crossed = Crossed::draw(&[vec![5, 9, 7], vec![9, 7, 5]], 4);
    let checked = crossed.interval(|weights| {
        let [a, b, c, d, e, f] = *weights else {
            return None;
        };
        // The second seed has the dialogues of the first in the order 9, 7, 5.
        assert!(
            a * d == f * b && a * e == f * c && b * e == d * c,
            "{weights:?}"
        );
        Some(a + b + c + d + e + f)
    });
    assert!(checked.is_some());
    assert_eq!(crossed.interval(|_| None), None);
}
