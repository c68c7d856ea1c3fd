//! What today and this month have spent, of what they may.

use leptos::prelude::*;
use weir_core::{Limits, Span};

use super::{books::Books, chart::Chart};
use crate::{components::Meter, format};

/// Days that the chart shows.
const DAYS: u32 = 30;

/// What today and this month have spent, of what they may, and whether the books add up.
#[component]
pub(super) fn Summary(
    /// What was read.
    books: Books,
    /// What may be spent.
    limits: Limits,
) -> impl IntoView {
    let spans = [(Span::Day, "Today"), (Span::Month, "This month")].map(|(span, name)| {
        let (spent, reserved) = books.committed(span);
        let limit = limits.of(span).usd;
        let shares = limit.map(|limit| {
            let of = |part: weir_core::NanoUsd| part.as_usd() / limit.as_usd().max(1e-9);
            (of(spent.usd), of(reserved.usd))
        });
        let words = format!(
            "{} spent, {} set aside, {}; {} sent, {}",
            spent.usd,
            reserved.usd,
            limit.map_or_else(|| "no limit".to_owned(), |limit| format!("of {limit}")),
            format::bytes(spent.bytes),
            format::counted(u64::from(spent.images), "picture", "pictures"),
        );
        view! {
            <h2 class="section-title">{name}</h2>
            <Meter label=name shares=Signal::stored(shares) words=Signal::stored(words)/>
        }
    });
    let checks = books.checks().into_iter().map(|check| {
        let mark = if check.holds { "✓" } else { "✗" };
        let said = if check.holds {
            "holds"
        } else {
            "does not hold"
        };
        view! {
            <li data-testid="record-check" data-holds=check.holds.to_string()>
                <span aria-hidden="true">{mark}</span>
                <span class="unseen">{said}</span>
                " " {check.what} " " <span class="faint">{format!("({})", check.figures)}</span>
            </li>
        }
    });
    let checks = checks.collect_view();
    let open = books.ledger.open().len();
    view! {
        <section class="section" aria-label="Spending">
            {spans.collect_view()}
            <Chart days=books.by_day(DAYS)/>
            {(open > 0).then(|| view! {
                <p>{format!("{} under way: the most that they can cost is set aside.",
                    format::counted(open as u64, "call is", "calls are"))}</p>
            })}
            <h2 class="section-title">"Do the books add up?"</h2>
            <ul class="plain">{checks}</ul>
        </section>
    }
}
