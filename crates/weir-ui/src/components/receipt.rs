//! What one answer cost, what left the device for it, and why it went where it went.

use leptos::prelude::*;
use weir_core::{Decision, Modality, Receipt, Where};

use super::decision_table::DecisionTable;
use crate::{format, words};

/// A receipt: a line, and all of it on demand.
#[component]
pub(super) fn ReceiptView(
    receipt: Receipt,
    decision: Decision,
    /// What was attached, by slot.
    attached: Vec<Modality>,
) -> impl IntoView {
    let line = format!(
        "{} · {} · {}",
        format::counted(receipt.tokens, "token", "tokens"),
        format::millis(receipt.total_ms),
        receipt.usd,
    );
    let money = if receipt.worst_case {
        format!(
            "{}, the most it can have cost: the provider did not say",
            receipt.usd
        )
    } else {
        receipt.usd.to_string()
    };
    let sent = if receipt.sent.is_empty() {
        let why = match receipt.place {
            Where::Local { .. } => "Nothing. The answer was made here.",
            Where::Cloud { .. } => "Nothing.",
        };
        view! { <p>{why}</p> }.into_any()
    } else {
        let items = receipt
            .sent
            .iter()
            .map(|sent| view! { <li>{words::sent(sent)}</li> });
        let items = items.collect_view();
        let all = words::requests(receipt.bytes_sent, receipt.repeated);
        view! { <ul class="plain">{items} <li class="faint">{all}</li></ul> }.into_any()
    };

    view! {
        <details
            class="receipt"
            data-testid="receipt"
            data-prompt-tokens=receipt.prompt_tokens.to_string()
            data-tokens=receipt.tokens.to_string()
            data-ms=receipt.total_ms.to_string()
            data-nano-usd=receipt.usd.nanos().to_string()
            data-bytes-sent=receipt.bytes_sent.to_string()
        >
            <summary class="receipt-line"><span class="unseen">"Receipt: "</span> {line}</summary>
            <div class="receipt-body">
                <dl class="facts">
                    <div><dt>"Read"</dt><dd>{format::counted(receipt.prompt_tokens, "token", "tokens")}</dd></div>
                    <div><dt>"Wrote"</dt><dd>{format::counted(receipt.tokens, "token", "tokens")}</dd></div>
                    <div><dt>"First word after"</dt><dd>{format::millis(receipt.first_token_ms)}</dd></div>
                    <div><dt>"Complete after"</dt><dd>{format::millis(receipt.total_ms)}</dd></div>
                    <div><dt>"Cost"</dt><dd>{money}</dd></div>
                </dl>
                <p class="receipt-heading">"What left this device"</p>
                {sent}
                <p class="receipt-heading">"Why"</p>
                <p>{words::explanation(&decision)}</p>
                <DecisionTable decision attached/>
            </div>
        </details>
    }
}
