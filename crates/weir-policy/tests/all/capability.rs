use proptest::prelude::*;
use weir_policy::capability::CAPABLE_PARAMETERS;

use crate::response::model;

#[test]
fn the_measured_file_is_taken_as_measured_whatever_its_size() {
    let measured = model();
    assert_eq!(measured.of_local(Some("AB12"), 7_000_000_000), measured);
}

#[test]
fn an_unmeasured_model_is_expected_between_the_measured_and_the_capable_by_its_size() {
    let local = |parameters| model().of_local(None, parameters).tasks[0].local;
    assert_eq!(local(100_000_000).mean, 0.4);
    assert_eq!(local(1_000_000).mean, 0.4);
    assert!((local(CAPABLE_PARAMETERS).mean - 0.8).abs() < 1e-6);
    assert!((local(70_000_000_000).mean - 0.8).abs() < 1e-6);
    // Halfway in the logarithm.
    let halfway = (100_000_000.0_f64 * CAPABLE_PARAMETERS as f64).sqrt() as u64;
    assert!((local(halfway).mean - 0.6).abs() < 1e-4);
    assert!(local(halfway).deviation > 0.1);
    let other = model().of_local(Some("cd34"), halfway);
    assert!(other.local_model.contains("not measured"));
    assert_eq!(other.tasks[0].text, model().tasks[0].text);
}

proptest! {
    #[test]
    fn a_larger_model_is_never_expected_to_be_worse(one in 1_u64.., more in 1_u64..1 << 40) {
        let mean = |parameters| model().of_local(None, parameters).tasks[1].local.mean;
        prop_assert!(mean(one) <= mean(one.saturating_add(more)));
    }
}
