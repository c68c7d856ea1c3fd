use weir_lab::{draws::Draws, resampling::nested::Resamples};

#[test]
fn an_interval_is_as_wide_as_seeds_differ_and_moves_with_its_numbers() {
    let draws = &mut Draws::new(9);
    let mut numbers = |of_seed: f32| -> Vec<Vec<f64>> {
        (0..10)
            .map(|_| {
                let middle = of_seed * draws.normal();
                (0..20)
                    .map(|_| f64::from(middle + draws.normal()))
                    .collect()
            })
            .collect()
    };
    let resamples = Resamples::draw(&[20; 10], 1);
    let width = |[low, high]: [f64; 2]| high - low;
    let (alike, apart) = (numbers(0.0), numbers(2.0));
    let (of_alike, of_apart) = (resamples.interval(&alike), resamples.interval(&apart));
    assert!((0.15..0.6).contains(&width(of_alike)), "{of_alike:?}");
    assert!(width(of_apart) > 2.0 * width(of_alike), "{of_apart:?}");
    let moved: Vec<Vec<f64>> = alike
        .iter()
        .map(|run| run.iter().map(|number| number + 1.0).collect())
        .collect();
    let [low, high] = resamples.interval(&moved);
    assert!((low - of_alike[0] - 1.0).abs() < 1e-9 && (high - of_alike[1] - 1.0).abs() < 1e-9);
}
