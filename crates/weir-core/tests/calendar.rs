//! Every day has its date, and every moment its day.

use proptest::prelude::*;
use weir_core::{Day, Moment};

const DAY_MS: i64 = 86_400_000;

fn day(number: i64) -> Day {
    Moment::new(number * DAY_MS, 0).day()
}

const fn length(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[test]
fn one_day_after_the_other_has_the_next_date() {
    let (mut year, mut month, mut of_month) = (1970, 1, 2);
    for number in 1..200_000 {
        let date = day(number);
        assert_eq!(
            date.to_string(),
            format!("{year:04}-{month:02}-{of_month:02}")
        );
        assert_eq!(date.month().to_string(), format!("{year:04}-{month:02}"));
        of_month += 1;
        if of_month > length(year, month) {
            (month, of_month) = (month + 1, 1);
        }
        if month > 12 {
            (year, month) = (year + 1, 1);
        }
    }
    assert!(year > 2500, "the walk ended in {year}");
}

#[test]
fn a_moment_is_written_with_its_offset() {
    let written = |ms, offset| Moment::new(ms, offset).to_string();
    assert_eq!(
        written(1_800_000_000_123, 0),
        "2027-01-15T08:00:00.123+00:00"
    );
    assert_eq!(
        written(1_800_000_000_123, -210),
        "2027-01-15T04:30:00.123-03:30"
    );
    assert_eq!(
        written(1_800_000_000_123, 14 * 60),
        "2027-01-15T22:00:00.123+14:00"
    );
}

proptest! {
    #[test]
    fn whatever_a_clock_shows_has_a_date(utc_ms: i64, offset_minutes: i32) {
        let written = Moment::new(utc_ms, offset_minutes).to_string();
        prop_assert_eq!(written.len(), "2027-01-15T08:00:00.123+00:00".len(), "{}", written);
    }

    #[test]
    fn the_next_day_begins_at_local_midnight(number in 2..2_000_000_i64, offset in -720..=840_i32) {
        let midnight = number * DAY_MS - i64::from(offset) * 60_000;
        prop_assert_eq!(Moment::new(midnight, offset).day(), day(number));
        prop_assert_eq!(Moment::new(midnight - 1, offset).day(), day(number - 1));
        prop_assert!(day(number - 1) < day(number));
    }
}
