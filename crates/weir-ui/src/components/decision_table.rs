//! The policy's judgement of each action, as a table with bars.

use leptos::prelude::*;
use weir_core::{ActionScore, Decision, Modality};

use crate::{format, words};

/// Actions that are shown: with many attachments there are thousands.
const SHOWN: usize = 8;

/// The policy's judgement of each action: probability, and what it expected it to bring and cost.
#[component]
pub(super) fn DecisionTable(
    decision: Decision,
    /// What was attached, by slot.
    attached: Vec<Modality>,
) -> impl IntoView {
    let chosen = decision.action;
    let hidden = decision.scores.len().saturating_sub(SHOWN);
    let rows = likeliest(decision.scores, SHOWN).into_iter().map(|score| {
        let forecast = score.forecast;
        let is_chosen = forecast.action == chosen;
        let probability = match score.forbidden_by {
            Some(constraint) => view! { <td class="ruled-out" colspan="4">{words::constraint(constraint)}</td> }.into_any(),
            None => view! {
                <td class="share">
                    <span class="share-bar" aria-hidden="true">
                        <span
                            class="share-fill"
                            style:width=format!("{:.1}%", score.probability.clamp(0.0, 1.0) * 100.0)
                        ></span>
                    </span>
                    <span class="share-number">{format::percent(score.probability)}</span>
                </td>
                <td class="number">
                    {format!("{:.2}", forecast.quality)}
                    <span class="deviation">{format!(" ± {:.2}", forecast.quality_deviation)}</span>
                    {(score.learned != 0.0).then(|| view! {
                        <span class="deviation" data-testid="learned">
                            {format!(", {:+.2} by your marks", score.learned)}
                        </span>
                    })}
                </td>
                <td class="number">{format::expected_seconds(forecast.seconds)}</td>
                <td class="number">{format::expected_usd(forecast.usd)}</td>
            }.into_any(),
        };
        view! {
            <tr class:chosen=is_chosen data-place=if forecast.action.is_cloud() { "cloud" } else { "local" }>
                <th scope="row">
                    {words::action(forecast.action, &attached)}
                    {is_chosen.then(|| view! { <span class="unseen">", chosen"</span> })}
                </th>
                {probability}
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <div class="table-frame" tabindex="0" role="group" aria-label="What the policy expected">
            <table class="decisions">
                <thead>
                    <tr>
                        <th scope="col">"Choice"</th>
                        <th scope="col">"Preferred"</th>
                        <th scope="col" class="number">"Quality"</th>
                        <th scope="col" class="number">"Time"</th>
                        <th scope="col" class="number">"Cost"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {(hidden > 0).then(|| view! {
            <p class="faint">{format!("And {} more, less likely", format::count(hidden as u64))}</p>
        })}
    }
}

/// The `most` likeliest actions, in their own order.
fn likeliest(scores: Vec<ActionScore>, most: usize) -> Vec<ActionScore> {
    let is_before = |(place, score): &(usize, &ActionScore),
                     (at, other): &(usize, &ActionScore)| {
        let order = score.probability.total_cmp(&other.probability);
        order.is_gt() || order.is_eq() && place < at
    };
    // There are few: two sorts would take a page of code to download.
    let ranked = scores.iter().enumerate();
    let rank =
        |score: &(usize, &ActionScore)| ranked.clone().filter(|it| is_before(it, score)).count();
    let likeliest = ranked.clone().filter(|score| rank(score) < most);
    likeliest.map(|(_, score)| *score).collect()
}

#[cfg(test)]
mod tests {
    use weir_core::{Action, Forecast, ModalitySet, Spending};

    use super::*;

    fn score(bits: u16, probability: f32) -> ActionScore {
        ActionScore {
            forecast: Forecast {
                action: Action::Cloud(ModalitySet::from_bits(bits)),
                quality: 0.5,
                quality_deviation: 0.1,
                association: 0.0,
                seconds: 1.0,
                usd: 0.0,
                worst: Spending::ZERO,
            },
            probability,
            forbidden_by: None,
            learned: 0.0,
        }
    }

    #[test]
    fn the_likeliest_are_shown_in_their_own_order() {
        let scores = vec![score(0, 0.2), score(1, 0.1), score(2, 0.7), score(3, 0.0)];
        let shown = likeliest(scores, 2);
        assert_eq!(shown, vec![score(0, 0.2), score(2, 0.7)]);
    }
}
