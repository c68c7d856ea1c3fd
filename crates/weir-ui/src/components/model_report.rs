//! What a model is and what it would take, before it is loaded.

use leptos::prelude::*;
use weir_browser::messages::ModelReport;

use crate::{
    format,
    session::{Candidate, Session, tasks},
    words,
};

/// What a model is and what it would take.
#[component]
pub(super) fn Report(candidate: Candidate, report: ModelReport) -> impl IntoView {
    let session = Session::expect();
    let is_here = report.kept || !candidate.files.is_empty();
    let keep = RwSignal::new(candidate.files.is_empty());
    let fits_somewhere = report.fits.iter().any(|fit| fit.refused.is_none());
    let name = report.name.clone().unwrap_or(candidate.model.name);
    let context = format::count(u64::from(report.context));
    let fits = report.fits.iter().map(|fit| {
        let said = words::fit(fit);
        let place = format!("On the {}", words::device(fit.device));
        view! { <div><dt>{place}</dt><dd data-testid="model-fit">{said}</dd></div> }
    });
    let load = if is_here {
        "Load".to_owned()
    } else {
        format!("Download {} and load", format::bytes(report.bytes))
    };
    view! {
        <dl class="facts" data-testid="model-report">
            <div><dt>"Name"</dt><dd>{name}</dd></div>
            <div><dt>"Kind"</dt><dd>{report.architecture.clone()}</dd></div>
            <div><dt>"Weights"</dt><dd>{words::parameters(report.parameters)} ", " {report.quantisation.clone()}</dd></div>
            <div><dt>"Size"</dt><dd>{format::bytes(report.bytes)}</dd></div>
            <div><dt>"Trained for"</dt><dd>{context} " tokens"</dd></div>
            {fits.collect_view()}
        </dl>
        {(!report.kept).then(|| view! {
            <label class="switch">
                <input
                    type="checkbox"
                    data-testid="model-keep"
                    prop:checked=move || keep.get()
                    on:change=move |event| keep.set(event_target_checked(&event))
                />
                <span class="switch-track" aria-hidden="true"></span>
                <span>
                    <span class="switch-label">"Keep it in this browser"</span>
                    <span class="faint">"Then it is there the next time without the network or the file."</span>
                </span>
            </label>
        })}
        <div class="actions">
            <button type="button" class="button" on:click=move |_| tasks::choose_other(session)>"Back"</button>
            <button
                type="button"
                class="button primary"
                data-testid="model-take"
                disabled=!fits_somewhere
                on:click=move |_| tasks::take(session, keep.get_untracked() || report.kept)
            >
                {load}
            </button>
        </div>
    }
}
