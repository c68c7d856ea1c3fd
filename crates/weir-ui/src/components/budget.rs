//! Limits of a turn, a dialogue, a day and a month, and how much of them is used.

use std::str::FromStr;

use leptos::prelude::*;
use weir_core::{Budget, NanoUsd, Span, Spending};

use super::{meter::Meter, number_field::NumberField};
use crate::{format, session::Session};

/// What a limit counts, as a whole number, and how people read and write it.
struct Resource {
    limit: fn(&Budget) -> Option<u64>,
    set: fn(&mut Budget, Option<u64>),
    amount: fn(Spending) -> u64,
    /// The amount with its unit.
    words: fn(u64) -> String,
    /// A limit as it stands in its field.
    text: fn(u64) -> String,
    read: fn(&str) -> Result<Option<u64>, String>,
}

static MONEY: Resource = Resource {
    limit: |budget| budget.usd.map(NanoUsd::nanos),
    set: |budget, limit| budget.usd = limit.map(NanoUsd::new),
    amount: |spending| spending.usd.nanos(),
    words: |nanos| NanoUsd::new(nanos).to_string(),
    text: |nanos| NanoUsd::new(nanos).to_string().split_off(1),
    read: read_money,
};
static WAITING: Resource = Resource {
    limit: |budget| budget.millis,
    set: |budget, limit| budget.millis = limit,
    amount: |spending| spending.millis,
    words: format::millis,
    text: |millis| decimal(millis, 3),
    read: |text| read_decimal(text, 3, "seconds"),
};
static PICTURES: Resource = Resource {
    limit: |budget| budget.images.map(u64::from),
    set: |budget, limit| {
        budget.images = limit.map(|images| u32::try_from(images).unwrap_or(u32::MAX));
    },
    amount: |spending| u64::from(spending.images),
    words: |images| format::counted(images, "picture", "pictures"),
    text: |images| decimal(images, 0),
    read: |text| read_decimal(text, 0, "pictures"),
};
static DATA: Resource = Resource {
    limit: |budget| budget.bytes,
    set: |budget, limit| budget.bytes = limit,
    amount: |spending| spending.bytes,
    words: format::bytes,
    text: |bytes| decimal(bytes, 6),
    read: |text| read_decimal(text, 6, "megabytes"),
};

/// The limits, and how much of them is used.
#[component]
pub(super) fn BudgetSection() -> impl IntoView {
    let session = Session::expect();
    let sent_words = move || {
        let spent = session.ledger.get().spent.dialogue;
        match (spent.bytes, spent.images) {
            (0, 0) => "Nothing of this dialogue has left this device.".to_owned(),
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
            {field("budget-usd", "Money, in dollars", Span::Dialogue, &MONEY)}
            {meter("This dialogue", Span::Dialogue, &MONEY)}
            {field("budget-seconds", "Waiting, in seconds", Span::Dialogue, &WAITING)}
            {meter("This dialogue", Span::Dialogue, &WAITING)}
            <p class="faint">{sent_words}</p>
            {meter("Today", Span::Day, &MONEY)}
            {meter("This month", Span::Month, &MONEY)}
            <details data-testid="more-limits">
                <summary class="field-label">"More limits"</summary>
                {field("limit-day-usd", "Dollars a day", Span::Day, &MONEY)}
                {field("limit-month-usd", "Dollars a month", Span::Month, &MONEY)}
                {field("limit-turn-usd", "Dollars a turn", Span::Turn, &MONEY)}
                {field("limit-turn-seconds", "Seconds a turn", Span::Turn, &WAITING)}
                {field("limit-day-images", "Pictures a day", Span::Day, &PICTURES)}
                {meter("Today", Span::Day, &PICTURES)}
                {field("limit-day-megabytes", "Megabytes a day", Span::Day, &DATA)}
                {meter("Today", Span::Day, &DATA)}
            </details>
            {session.record().map(|address| view! {
                <p><a href=address data-testid="record">"What was spent, and what left this device"</a></p>
            })}
        </section>
    }
}

/// A field for the limit of `resource` in `span`, called `name` in the page and in tests.
fn field(
    name: &'static str,
    label: &'static str,
    span: Span,
    resource: &'static Resource,
) -> AnyView {
    view! {
        <NumberField
            id=name
            testid=name
            empty="No limit"
            label=label
            written=Box::new(move |settings| (resource.limit)(settings.limits.of(span)).map(resource.text))
            read=Box::new(move |text| {
                let limit = (resource.read)(text)?;
                Ok(Box::new(move |settings| (resource.set)(settings.limits.of_mut(span), limit)))
            })
        />
    }
    .into_any()
}

/// How much of `resource` is used in `span`.
fn meter(label: &'static str, span: Span, resource: &'static Resource) -> AnyView {
    let session = Session::expect();
    let amounts = move || {
        let limit = session
            .settings
            .with(|settings| (resource.limit)(settings.limits.of(span)));
        let ledger = session.ledger.get();
        let of = |spending| (resource.amount)(spending);
        (
            of(*ledger.spent.of(span)),
            of(*ledger.reserved.of(span)),
            limit,
        )
    };
    let bar = move || {
        let (spent, reserved, limit) = amounts();
        limit.map(|limit| shares(spent, reserved, limit))
    };
    let words = move || {
        let (spent, reserved, limit) = amounts();
        let reserved = (reserved > 0).then(|| (resource.words)(reserved));
        let used = used(
            &(resource.words)(spent),
            reserved,
            limit.map(resource.words),
        );
        format!("{label}: {used}")
    };
    view! { <Meter label=label shares=Signal::derive(bar) words=Signal::derive(words)/> }.into_any()
}

fn read_money(text: &str) -> Result<Option<u64>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let read = NanoUsd::from_str(text).map(|limit| Some(limit.nanos()));
    read.map_err(|error| {
        format!(
            "{}. The last limit stays in force.",
            error.to_string().trim_end_matches('.')
        )
    })
}

/// Reads a number with up to `places` decimals as a whole number of its last place, exactly.
fn read_decimal(text: &str, places: usize, unit: &str) -> Result<Option<u64>, String> {
    const MOST: u64 = 1_000_000;
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let refuse = || {
        let text: String = text.chars().take(40).collect();
        format!(
            "“{text}” is not a number of {unit}; write something like 90. The last limit stays in force."
        )
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0
        || fraction.len() > places
        || !is_number(whole)
        || !is_number(fraction)
    {
        return Err(refuse());
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    if whole.parse::<u64>().is_ok_and(|whole| whole <= MOST) {
        let digits = format!("{whole}{fraction:0<places$}");
        digits.parse().map(Some).map_err(|_| refuse())
    } else {
        Err(refuse())
    }
}

/// A number as [`read_decimal`] reads it.
fn decimal(number: u64, places: u32) -> String {
    let one = 10_u64.pow(places);
    let text = format!(
        "{}.{:0width$}",
        number / one,
        number % one,
        width = places as usize
    );
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
        for resource in [&MONEY, &WAITING, &PICTURES, &DATA] {
            assert_eq!((resource.read)("  "), Ok(None));
            assert_eq!((resource.read)("0"), Ok(Some(0)));
        }
    }

    #[test]
    fn decimals_are_read_exactly() {
        assert_eq!((WAITING.read)("1.5"), Ok(Some(1_500)));
        assert_eq!((WAITING.read)(".25"), Ok(Some(250)));
        assert_eq!((DATA.read)("2.5"), Ok(Some(2_500_000)));
        assert_eq!((PICTURES.read)("3"), Ok(Some(3)));
        assert!((PICTURES.read)("2.5").is_err(), "half a picture");
        for wrong in [
            "-1",
            "1e3",
            "1,5",
            "1.2345",
            ".",
            "soon",
            "99999999999999999999",
        ] {
            assert!((WAITING.read)(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn limits_are_written_as_they_are_read() {
        for resource in [&MONEY, &WAITING, &PICTURES, &DATA] {
            for limit in [0, 1, 10, 1_500, 90_000, 999_999] {
                let mut budget = Budget::UNLIMITED;
                (resource.set)(&mut budget, Some(limit));
                assert_eq!((resource.limit)(&budget), Some(limit));
                assert_eq!((resource.read)(&(resource.text)(limit)), Ok(Some(limit)));
            }
        }
        assert_eq!((WAITING.text)(90_000), "90");
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
