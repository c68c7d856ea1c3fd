//! Money is read and written exactly, and never wraps.

use proptest::prelude::*;
use weir_core::NanoUsd;

proptest! {
    #[test]
    fn what_is_written_is_read_back(nanos: u64) {
        let amount = NanoUsd::new(nanos);
        prop_assert_eq!(amount.to_string().parse::<NanoUsd>(), Ok(amount));
    }

    #[test]
    fn reading_never_panics(text in ".{0,40}") {
        let _ = text.parse::<NanoUsd>();
    }

    #[test]
    fn sums_saturate_instead_of_wrapping(one: u64, other: u64) {
        let sum = NanoUsd::new(one).saturating_add(NanoUsd::new(other));
        prop_assert!(sum >= NanoUsd::new(one) && sum >= NanoUsd::new(other));
    }
}

#[test]
fn small_amounts_show_every_digit() {
    assert_eq!(NanoUsd::new(490_000).to_string(), "$0.00049");
    assert_eq!(NanoUsd::ZERO.to_string(), "$0.00");
    assert_eq!(NanoUsd::new(2_000_000_000).to_string(), "$2.00");
}

#[test]
fn what_is_not_an_amount_is_refused() {
    for text in [
        "",
        ".",
        "$",
        "-1",
        "1e3",
        "0.0000000001",
        "1,5",
        "99999999999999999999",
        "１",
    ] {
        assert!(
            text.parse::<NanoUsd>().is_err(),
            "“{text}” was taken for an amount"
        );
    }
    assert_eq!(".5".parse(), Ok(NanoUsd::new(500_000_000)));
    assert_eq!(" $2 ".parse(), Ok(NanoUsd::new(2_000_000_000)));
}
