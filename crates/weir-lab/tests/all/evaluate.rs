use weir_lab::{draws::Draws, evaluate::bootstrap};

#[test]
fn an_interval_holds_its_mean_and_narrows_with_more_values() {
    let draws = &mut Draws::new(5);
    let values: Vec<f32> = (0..2000).map(|_| 1.0 + draws.normal()).collect();
    let (few, many) = (bootstrap(&values[..50], 1), bootstrap(&values, 1));
    for interval in [few, many] {
        assert!(interval.low < interval.mean && interval.mean < interval.high);
    }
    assert!(many.low < 1.0 && 1.0 < many.high);
    assert!(many.high - many.low < 0.5 * (few.high - few.low));
    let expected = 2.0 * 1.96 / 2000_f32.sqrt();
    assert!((many.high - many.low - expected).abs() < 0.2 * expected);
}

#[test]
fn picks_follow_their_weights() {
    let draws = &mut Draws::new(6);
    let mut counts = [0; 4];
    for _ in 0..10_000 {
        counts[draws.pick(&[1.0, 0.0, 3.0, 0.0])] += 1;
    }
    assert_eq!((counts[1], counts[3]), (0, 0));
    assert!((2300..2700).contains(&counts[0]), "{counts:?}");
}
