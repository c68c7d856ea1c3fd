use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use weir_cloud::{CloudError, CloudFailure, Dialect, Next, Retries, RetryAfter, error::Said};

use crate::tape::{Tape, USAGE, question, speaking};

const NOW: SystemTime = SystemTime::UNIX_EPOCH;

fn failure(error: CloudError) -> CloudFailure {
    CloudFailure {
        error,
        received_any: false,
        usage: None,
    }
}

fn rate_limited(retry_after: Option<RetryAfter>) -> CloudFailure {
    failure(CloudError::RateLimited {
        host: "a.b".into(),
        retry_after,
        said: Said::default(),
    })
}

fn offline() -> CloudFailure {
    failure(CloudError::Unreachable {
        host: "a.b".into(),
        detail: "offline".into(),
    })
}

fn next(failure: &CloudFailure, tried: u32, dice: u32) -> Next {
    Retries::default().next(failure, tried, NOW, dice)
}

#[test]
fn the_wait_doubles_and_lies_between_its_half_and_its_whole() {
    let retries = Retries {
        tries: 5,
        first: Duration::from_millis(400),
        longest: Duration::from_millis(1_000),
    };
    for (tried, whole) in [(1, 400), (2, 800), (3, 1_000), (4, 1_000)] {
        let shortest = retries.next(&offline(), tried, NOW, 0);
        assert_eq!(shortest, Next::Wait(Duration::from_millis(whole / 2)));
        let Next::Wait(longest) = retries.next(&offline(), tried, NOW, u32::MAX) else {
            panic!("it gave up after {tried}");
        };
        let whole = Duration::from_millis(whole);
        assert!(longest <= whole && longest > whole - Duration::from_millis(1));
    }
    assert_eq!(retries.next(&offline(), 5, NOW, 0), Next::GiveUp);
}

#[test]
fn a_call_that_may_have_been_charged_is_not_repeated() {
    let heard = CloudFailure {
        received_any: true,
        ..offline()
    };
    let reported = CloudFailure {
        usage: Some(USAGE),
        ..offline()
    };
    let overloaded = failure(CloudError::Overloaded {
        host: "a.b".into(),
        status: 503,
        retry_after: Some(RetryAfter::Wait(Duration::ZERO)),
        said: Said::default(),
    });
    let unanswered = failure(CloudError::NoAnswer {
        host: "a.b".into(),
        detail: "reset".into(),
    });
    for failure in [
        heard,
        reported,
        overloaded,
        unanswered,
        failure(CloudError::CutOff),
    ] {
        assert_eq!(next(&failure, 1, 0), Next::GiveUp, "{failure}");
    }
}

#[test]
fn what_will_not_change_by_itself_is_not_repeated() {
    for status in [400, 401, 402, 403, 404, 413, 422] {
        let tape = Tape::new(status, b"{}");
        let (outcome, _) = tape.play(&speaking(Dialect::Anthropic), &question());
        let failure = outcome.expect_err("refused");
        assert_eq!(next(&failure, 1, 0), Next::GiveUp, "{status}");
    }
}

#[test]
fn a_date_is_waited_for_unless_it_is_past_or_too_far() {
    let at = |seconds| rate_limited(Some(RetryAfter::At(NOW + Duration::from_secs(seconds))));
    assert_eq!(next(&at(7), 1, 0), Next::Wait(Duration::from_secs(7)));
    assert_eq!(next(&at(3_600), 1, 0), Next::GiveUp);
    let past = rate_limited(Some(RetryAfter::At(NOW - Duration::from_secs(60))));
    assert_eq!(next(&past, 1, 0), next(&offline(), 1, 0));
}

proptest! {
    #[test]
    fn a_wait_that_is_asked_for_is_never_cut_short(
        asked in 0_u64..u64::MAX, tried in 0..u32::MAX, dice in any::<u32>(),
        first in 0_u64..u64::MAX, longest in 0_u64..u64::MAX,
    ) {
        let retries = Retries {
            tries: u32::MAX,
            first: Duration::from_millis(first),
            longest: Duration::from_millis(longest),
        };
        let asked = Duration::from_millis(asked);
        let failure = rate_limited(Some(RetryAfter::Wait(asked)));
        match retries.next(&failure, tried, NOW, dice) {
            Next::Wait(wait) => prop_assert!(asked <= wait && wait <= retries.longest),
            Next::GiveUp => prop_assert!(asked > retries.longest),
        }
    }
}
