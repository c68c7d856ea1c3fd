//! What each day cost, drawn.

use leptos::prelude::*;
use weir_core::NanoUsd;

const HEIGHT: f64 = 100.0;
const STEP: f64 = 10.0;

/// Bars, one for each day, the oldest at the left. A table of the same stands beside them for those
/// who cannot see them.
#[component]
pub(super) fn Chart(
    /// Days and their money.
    days: Vec<(String, NanoUsd)>,
) -> impl IntoView {
    let most = days.iter().map(|(_, usd)| *usd).max().unwrap_or_default();
    let bars = days.iter().enumerate().map(|(place, (day, usd))| {
        let height = share(*usd, most) * HEIGHT;
        view! {
            <rect
                class="chart-bar"
                x=(place as f64 * STEP + 1.0).to_string()
                y=(HEIGHT - height).to_string()
                width=(STEP - 2.0).to_string()
                height=height.to_string()
            >
                <title>{format!("{day}: {usd}")}</title>
            </rect>
        }
    });
    let bars = bars.collect_view();
    let width = days.len() as f64 * STEP;
    let ends = days.first().zip(days.last());
    let ends = ends.map(|((first, _), (last, _))| (first.clone(), last.clone()));
    view! {
        <figure class="chart" data-testid="record-chart">
            <svg
                viewBox=format!("0 0 {width} {HEIGHT}")
                preserveAspectRatio="none"
                role="img"
                aria-label=format!("Money spent on each of the last {} days, {most} at most", days.len())
            >
                {bars}
            </svg>
            <figcaption class="chart-ends">
                {ends.map(|(first, last)| view! { <span>{first}</span> <span>{format!("most: {most}")}</span> <span>{last}</span> })}
            </figcaption>
        </figure>
    }
}

/// The share of `most`; something never looks like nothing.
fn share(usd: NanoUsd, most: NanoUsd) -> f64 {
    if usd == NanoUsd::ZERO {
        return 0.0;
    }
    (usd.as_usd() / most.as_usd()).clamp(0.02, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dearest_day_is_as_high_as_the_chart_and_none_that_cost_is_flat() {
        let most = NanoUsd::new(1_000_000);
        assert_eq!(share(most, most), 1.0);
        assert_eq!(share(NanoUsd::ZERO, most), 0.0);
        assert_eq!(share(NanoUsd::ZERO, NanoUsd::ZERO), 0.0);
        assert!(share(NanoUsd::new(1), most) > 0.01);
    }
}
