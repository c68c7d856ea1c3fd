//! The ledger, line by line, and as files to take along.

use leptos::prelude::*;
use weir_core::{Basis, Entry, Where, export};

use super::{books::Books, file::File};
use crate::{format, words};

/// Lines that are drawn; all of them are in the files.
const SHOWN: usize = 100;

/// Every call that was made, and the files.
#[component]
pub(super) fn Charges(
    /// What was read.
    books: Books,
) -> impl IntoView {
    let rows: Vec<_> = books.calls().take(SHOWN).map(row).collect();
    let count = books.calls().count();
    let entries = &books.entries;
    let (csv, json) = (export::csv(entries), export::json_lines(entries));
    let more = count.saturating_sub(SHOWN);
    view! {
        <section class="section" aria-labelledby="record-charges">
            <h2 class="record-heading" id="record-charges">"What was charged"</h2>
            {(count == 0).then(|| view! { <p>"Nothing: no cloud was ever called from this browser."</p> })}
            <div class="record-table" tabindex="0">
                <table class="decisions">
                    <thead><tr>
                        <th scope="col" class="number">"Line"</th>
                        <th scope="col">"When"</th>
                        <th scope="col">"Who"</th>
                        <th scope="col" class="number">"Set aside"</th>
                        <th scope="col" class="number">"Charged"</th>
                        <th scope="col">"Rests on"</th>
                        <th scope="col" class="number">"Took"</th>
                        <th scope="col" class="number">"Sent"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {(more > 0).then(|| view! { <p class="faint">{format!("{} are in the files.", format::counted(more as u64, "older call", "older calls"))}</p> })}
            <div class="actions start">
                <File name="weir-ledger.csv" mime="text/csv" content=csv label="Save as CSV"/>
                <File name="weir-ledger.jsonl" mime="application/jsonl" content=json label="Save as JSON lines"/>
            </div>
            <p class="faint">"A charge cannot be taken back or deleted here: that is what makes the limit one."</p>
        </section>
    }
}

fn row(entry: &Entry) -> impl IntoView + use<> {
    let Entry {
        reserved,
        basis,
        charged,
    } = entry;
    let who = match &reserved.place {
        Where::Local { model } => model.clone(),
        Where::Cloud { model, host } => format!("{model} at {}", words::provider(host, model)),
    };
    view! {
        <tr data-testid="record-charge" data-nano-usd=charged.usd.nanos().to_string()>
            <th scope="row" class="number">{reserved.number.get().to_string()}</th>
            <td>{minute(&reserved.at.to_string())}</td>
            <td>{who}</td>
            <td class="number">{reserved.worst.usd.to_string()}</td>
            <td class="number">{charged.usd.to_string()}</td>
            <td>{rests_on(*basis)}</td>
            <td class="number">{format::millis(charged.millis)}</td>
            <td class="number">{format::bytes(charged.bytes)}</td>
        </tr>
    }
}

/// `2026-11-23 04:54` of a moment's full form.
pub(super) fn minute(moment: &str) -> String {
    moment
        .chars()
        .take(16)
        .map(|letter| if letter == 'T' { ' ' } else { letter })
        .collect()
}

const fn rests_on(basis: Basis) -> &'static str {
    match basis {
        Basis::Free => "time only",
        Basis::Reported => "what the provider reported",
        Basis::Unreported => "the worst case: nothing was reported",
        Basis::Interrupted => "the worst case: it broke off",
    }
}

#[cfg(test)]
mod tests {
    use weir_core::Moment;

    use super::*;

    #[test]
    fn a_moment_is_shown_to_the_minute() {
        assert_eq!(
            minute(&Moment::new(1_700_000_000_000, 60).to_string()),
            "2023-11-14 23:13"
        );
    }
}
