//! Limits that a dialogue is drawn with.

use weir_core::{Action, Budget, Forecast, NanoUsd, Spending};
use weir_policy::forecasts;

use super::{Conditions, Scenario, TurnPlan, play::LONGEST_PROMPT};
use crate::draws::Draws;

/// Limits on money and time, now and then on data. Some one way to finish, locally or by text alone in the cloud, fits in
/// all of them at its worst; beyond that they hold from a thirtieth of what the dialogue would cost if
/// each turn took its best action to more than enough. Data is limited only where the dialogue can be
/// finished locally: a text request grows with the dialogue, and the mask counts its present size.
pub(super) fn budget(
    conditions: &Conditions,
    turns: &[TurnPlan],
    scenario: &Scenario,
    draws: &mut Draws,
) -> Budget {
    let (money, time) = match draws.pick(&[0.15, 0.3, 0.25, 0.3]) {
        0 => (false, false),
        1 => (true, false),
        2 => (false, true),
        _ => (true, true),
    };
    let on_device = draws.chance(FINISHED_LOCALLY);
    let needs: Vec<Need> = turns
        .iter()
        .map(|turn| Need::of(conditions, turn, scenario, on_device))
        .collect();
    let must = needs
        .iter()
        .fold(Spending::ZERO, |sum, need| sum.plus(need.finish));
    let longest = needs
        .iter()
        .map(|need| need.finish.millis)
        .max()
        .unwrap_or(0);
    let mut budget = Budget::UNLIMITED;
    if money {
        let one = needs
            .iter()
            .map(|need| need.text.usd)
            .max()
            .unwrap_or_default();
        let typical: f32 = needs.iter().map(|need| need.usd).sum();
        let more = NanoUsd::new((typical * draws.log_uniform(0.03, 1.5) * 1e9) as u64);
        budget.usd = Some(must.usd.saturating_add(one).saturating_add(more));
    }
    if time {
        let typical: f32 = needs.iter().map(|need| need.seconds).sum();
        let more = (typical * draws.log_uniform(0.03, 1.5) * 1e3) as u64;
        budget.millis = Some(longest * turns.len() as u64 + more);
    }
    if on_device && draws.chance(0.1) {
        budget.bytes = Some(must.bytes + draws.log_uniform(20e3, 5e6) as u64);
    }
    if on_device && draws.chance(0.1) {
        budget.images = Some(draws.below(3 * turns.len()) as u32);
    }
    budget
}

/// Share of limited dialogues that can be finished locally; the others can be in the cloud.
const FINISHED_LOCALLY: f32 = 0.75;

/// What a turn needs, and what it would take without limits.
struct Need {
    /// Expected money of the action of highest expected reward.
    usd: f32,
    /// Expected seconds of it.
    seconds: f32,
    /// Worst case of the text alone in the cloud.
    text: Spending,
    /// Worst case of the way to finish.
    finish: Spending,
}

impl Need {
    fn of(conditions: &Conditions, turn: &TurnPlan, scenario: &Scenario, on_device: bool) -> Self {
        let outlook = conditions.outlook(turn, LONGEST_PROMPT);
        let all = forecasts(&outlook, &scenario.response);
        let possible = all.iter().filter(|forecast| match forecast.action {
            Action::Local => turn.device_ready,
            Action::Cloud(_) => turn.network.online,
        });
        let reward = |forecast: &Forecast| {
            let Forecast {
                quality,
                association,
                seconds,
                usd,
                ..
            } = *forecast;
            conditions.dial.reward(quality, association, seconds, usd)
        };
        let best = possible.max_by(|one, other| reward(one).total_cmp(&reward(other)));
        let worst = |place: usize| {
            all.get(place)
                .map_or(Spending::ZERO, |forecast| forecast.worst)
        };
        let (local, text) = (worst(0), worst(1));
        let locally = turn.device_ready && (on_device || !turn.network.online);
        Self {
            usd: best.map_or(0.0, |forecast| forecast.usd),
            seconds: best.map_or(0.0, |forecast| forecast.seconds),
            text,
            finish: if locally { local } else { text },
        }
    }
}
