//! Limits of the dialogue, and how much of them is used.

use std::str::FromStr;

use leptos::prelude::*;
use weir_core::NanoUsd;

use super::{meter::Meter, number_field::NumberField};
use crate::{format, session::Session};

/// Limits of the dialogue, and how much of them is used.
#[component]
pub(super) fn BudgetSection() -> impl IntoView {
    let session = Session::expect();
    let budget = Memo::new(move |_| session.settings.with(|settings| settings.budget));
    let first = budget.get_untracked();

    let money_shares = move || {
        let limit = budget.get().usd?.nanos();
        let ledger = session.ledger.get();
        Some(shares(
            ledger.spent.usd.nanos(),
            ledger.reserved.usd.nanos(),
            limit,
        ))
    };
    let money_words = move || {
        let ledger = session.ledger.get();
        used(
            &ledger.spent.usd.to_string(),
            (ledger.reserved.usd > NanoUsd::ZERO).then(|| ledger.reserved.usd.to_string()),
            budget.get().usd.map(|limit| limit.to_string()),
        )
    };
    let time_shares = move || {
        let limit = budget.get().millis?;
        let ledger = session.ledger.get();
        Some(shares(ledger.spent.millis, ledger.reserved.millis, limit))
    };
    let time_words = move || {
        let ledger = session.ledger.get();
        used(
            &format::millis(ledger.spent.millis),
            (ledger.reserved.millis > 0).then(|| format::millis(ledger.reserved.millis)),
            budget.get().millis.map(format::millis),
        )
    };
    let sent_words = move || {
        let spent = session.ledger.get().spent;
        match (spent.bytes, spent.images) {
            (0, 0) => "Nothing has left this device.".to_owned(),
            (bytes, 0) => format!(
                "{} have left this device, no pictures.",
                format::bytes(bytes)
            ),
            (bytes, images) => format!(
                "{} have left this device, with {}.",
                format::bytes(bytes),
                format::counted(u64::from(images), "picture", "pictures")
            ),
        }
    };

    view! {
        <section class="section" aria-labelledby="weir-budget">
            <h3 class="section-title" id="weir-budget">"Budget of this dialogue"</h3>
            <NumberField
                id="weir-budget-usd"
                testid="budget-usd"
                empty="No limit"
                label="Money, in dollars"
                initial=first.usd.map(|limit| limit.to_string().trim_start_matches('$').to_owned())
                read=read_money
                change=|settings, limit| settings.budget.usd = limit
            />
            <Meter
                label="Money used"
                shares=Signal::derive(money_shares)
                words=Signal::derive(money_words)
            />
            <NumberField
                id="weir-budget-seconds"
                testid="budget-seconds"
                empty="No limit"
                label="Waiting, in seconds"
                initial=first.millis.map(seconds_text)
                read=read_seconds
                change=|settings, limit| settings.budget.millis = limit
            />
            <Meter
                label="Waiting used"
                shares=Signal::derive(time_shares)
                words=Signal::derive(time_words)
            />
            <p class="faint">{sent_words}</p>
        </section>
    }
}

fn read_money(text: &str) -> Result<Option<NanoUsd>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    NanoUsd::from_str(text).map(Some).map_err(|error| {
        format!(
            "{}. The last limit stays in force.",
            error.to_string().trim_end_matches('.')
        )
    })
}

/// Reads seconds as milliseconds, exactly.
fn read_seconds(text: &str) -> Result<Option<u64>, String> {
    const MOST_SECONDS: u64 = 1_000_000;
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let refuse = || {
        let text: String = text.chars().take(40).collect();
        format!(
            "“{text}” is not a number of seconds; write something like 90. The last limit stays in force."
        )
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0
        || fraction.len() > 3
        || !is_number(whole)
        || !is_number(fraction)
    {
        return Err(refuse());
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    let seconds: u64 = whole.parse().map_err(|_| refuse())?;
    if seconds > MOST_SECONDS {
        return Err(refuse());
    }
    let millis: u64 = format!("{fraction:0<3}").parse().map_err(|_| refuse())?;
    Ok(Some(seconds * 1_000 + millis))
}

/// Milliseconds as [`read_seconds`] reads them.
fn seconds_text(millis: u64) -> String {
    let text = format!("{}.{:03}", millis / 1_000, millis % 1_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Shares of `limit`. A limit of nothing is used up.
fn shares(spent: u64, reserved: u64, limit: u64) -> (f64, f64) {
    if limit == 0 {
        return (1.0, 0.0);
    }
    let limit = limit as f64;
    (spent as f64 / limit, reserved as f64 / limit)
}

fn used(spent: &str, reserved: Option<String>, limit: Option<String>) -> String {
    let reserved = reserved.map_or_else(String::new, |reserved| format!(", {reserved} set aside"));
    match limit {
        Some(limit) => format!("{spent} spent{reserved} of {limit}"),
        None => format!("{spent} spent{reserved}, no limit"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_field_is_no_limit_and_zero_is_one() {
        assert_eq!(read_money("  "), Ok(None));
        assert_eq!(read_money("0"), Ok(Some(NanoUsd::ZERO)));
        assert_eq!(read_seconds(""), Ok(None));
        assert_eq!(read_seconds("0"), Ok(Some(0)));
    }

    #[test]
    fn seconds_are_read_exactly() {
        assert_eq!(read_seconds("1.5"), Ok(Some(1_500)));
        assert_eq!(read_seconds(".25"), Ok(Some(250)));
        for wrong in [
            "-1",
            "1e3",
            "1,5",
            "1.2345",
            ".",
            "soon",
            "99999999999999999999",
        ] {
            assert!(read_seconds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn seconds_are_written_as_they_are_read() {
        for millis in [0, 1, 1_500, 90_000, 1_234_567] {
            assert_eq!(read_seconds(&seconds_text(millis)), Ok(Some(millis)));
        }
        assert_eq!(seconds_text(90_000), "90");
    }

    #[test]
    fn a_wrong_amount_says_so_and_what_stays() {
        let told = read_money("five").expect_err("not an amount");
        assert!(
            told.contains("“five”") && told.contains("stays in force"),
            "{told}"
        );
    }

    #[test]
    fn a_limit_of_nothing_is_used_up() {
        assert_eq!(shares(0, 0, 0), (1.0, 0.0));
        assert_eq!(shares(25, 50, 100), (0.25, 0.5));
    }

    #[test]
    fn the_words_tell_spent_set_aside_and_limit() {
        assert_eq!(
            used("$0.01", Some("$0.02".to_owned()), Some("$0.05".to_owned())),
            "$0.01 spent, $0.02 set aside of $0.05"
        );
        assert_eq!(used("3 s", None, None), "3 s spent, no limit");
    }
}
