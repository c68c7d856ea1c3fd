//! Budgets from tight to ample: rewards and what is done.

use crate::report::{
    chart::{
        PANEL,
        heat::{Cell as Square, Heat},
        stacked::{self, Stacked},
    },
    figure::{Figure, Table},
    names::policy,
    number::{fixed, percent},
    results::{Cell, Decrease, InCell, Mix, Named},
};

fn budget(cell: &Cell) -> String {
    format!("{} s, {}", seconds(cell.seconds), dollars(cell.usd))
}

fn seconds(seconds: f64) -> String {
    fixed(seconds, if seconds.fract() == 0.0 { 0 } else { 1 })
}

fn dollars(usd: f64) -> String {
    let thousandths = usd * 1e3;
    let whole = (thousandths - thousandths.round()).abs() < 1e-9;
    format!("{} m$", fixed(thousandths, if whole { 0 } else { 1 }))
}

/// The policy that the pictures are about: Weir's, or else the best rule there is.
fn subject(grid: &[Cell]) -> Option<&'static str> {
    let known = ["weir", "greedy_mask", "oracle_in_budget", "local"];
    known
        .into_iter()
        .find(|name| grid.iter().any(|cell| cell.policies.contains_key(*name)))
}

/// One limit's values, ascending.
fn values(grid: &[Cell], limit: fn(&Cell) -> f64) -> Vec<f64> {
    let mut values: Vec<f64> = grid.iter().map(limit).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

/// Rewards over the grid of budgets.
pub(super) fn rewards(grid: &[Cell], decreases: &Named<Decrease>) -> Option<Figure> {
    let name = subject(grid)?;
    let (rows, columns) = (
        values(grid, |cell| cell.seconds),
        values(grid, |cell| cell.usd),
    );
    let at = |seconds: f64, usd: f64| {
        grid.iter()
            .find(|cell| cell.seconds == seconds && cell.usd == usd)
    };
    let heat = |title: &str, number: &dyn Fn(&Cell) -> Option<Square>, ends: [f64; 2], alarm| {
        let rows = rows.iter().map(|limit| {
            let cells = columns.iter().map(|usd| number(at(*limit, *usd)?));
            (format!("{} s", seconds(*limit)), cells.collect())
        });
        Heat {
            title: title.into(),
            columns: columns.iter().map(|usd| dollars(*usd)).collect(),
            across: "budget of a dialogue: seconds down, money across".into(),
            rows: rows.collect(),
            ends,
            alarm,
            width: PANEL,
        }
        .draw()
    };
    let played = grid
        .iter()
        .filter_map(|cell| Some(cell.policies.get(name)?.reward));
    let played: Vec<f64> = played.collect();
    let lowest = played.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = played.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let reward = |cell: &Cell| {
        let value = cell.policies.get(name)?.reward;
        Some(Square {
            value,
            text: fixed(value, 2),
        })
    };
    let over = |cell: &Cell| {
        let value = cell.policies.get(name)?.over_budget_rate.get();
        Some(Square {
            value,
            text: percent(value, 1),
        })
    };
    let falls = decreases.get(name).map_or(String::new(), |decrease| {
        let [low, high] = decrease.ci.ends().map(|end| fixed(end, 3));
        format!(
            " From one budget to the next larger one the reward falls beyond noise in {} of {} steps; by {} ({low} to {high}) in the worst.",
            decrease.significant,
            decrease.steps,
            fixed(decrease.largest_decrease, 3),
        )
    });
    let feasible = if grid.iter().any(|cell| cell.feasible_share.is_some()) {
        " Dialogues that no answer on the device could finish within both limits are not counted as over budget; the table says how many can."
    } else {
        ""
    };
    let mut table = Table::new(
        "By budget and policy",
        &[
            "budget",
            "policy",
            "reward",
            "95 % interval",
            "over budget",
            "can be kept",
            "local",
            "text",
            "some",
            "all",
        ],
    );
    for cell in grid {
        for (name, played) in &cell.policies {
            table.rows.push(numbers(cell, name, played));
        }
    }
    Some(Figure {
        title: "Reward over budgets",
        text: format!(
            "{}’s mean reward of a turn where every dialogue has the same budget.{falls}{feasible}",
            policy(name)
        ),
        legend: String::new(),
        pictures: vec![
            (
                "Reward of a turn".into(),
                heat("Reward over budgets", &reward, [lowest, highest], false),
            ),
            (
                "Dialogues over budget".into(),
                heat("Dialogues over budget", &over, [0.0, 1.0], true),
            ),
        ],
        tables: vec![table],
    })
}

fn numbers(cell: &Cell, name: &str, played: &InCell) -> Vec<String> {
    let [low, high] = played.reward_ci.ends().map(|end| fixed(end, 3));
    let mut cells = vec![
        budget(cell),
        policy(name),
        fixed(played.reward, 3),
        format!("{low} to {high}"),
        percent(played.over_budget_rate.get(), 1),
        cell.feasible_share
            .map_or("–".into(), |share| percent(share.get(), 1)),
    ];
    match played.shares {
        Some(shares) => cells.extend(parts(shares).map(|share| percent(share, 1))),
        None => cells.extend(std::iter::repeat_n("–".to_owned(), 4)),
    }
    cells
}

const PARTS: [&str; 4] = [
    "local",
    "cloud, text alone",
    "cloud, some inputs",
    "cloud, all inputs",
];

fn parts(mix: Mix) -> [f64; 4] {
    [mix.local, mix.text, mix.some, mix.all].map(crate::report::quantities::Share::get)
}

/// What is done over the grid of budgets.
pub(super) fn mix(grid: &[Cell]) -> Option<Figure> {
    let name = subject(grid)?;
    let pictures = values(grid, |cell| cell.seconds)
        .into_iter()
        .filter_map(|limit| {
            let cells = grid.iter().filter(|cell| cell.seconds == limit);
            let bars = cells.filter_map(|cell| {
                let shares = cell.policies.get(name)?.shares?;
                Some((cell.usd, parts(shares).to_vec()))
            });
            let mut bars: Vec<_> = bars.collect();
            bars.sort_by(|one, other| one.0.total_cmp(&other.0));
            let bars: Vec<_> = bars
                .into_iter()
                .map(|(usd, shares)| (dollars(usd), shares))
                .collect();
            let heading = format!("{} seconds a dialogue", seconds(limit));
            (!bars.is_empty()).then(|| {
                let picture = Stacked {
                    title: format!("Actions under {heading}"),
                    across: "money a dialogue".into(),
                    parts: PARTS.map(str::to_owned).to_vec(),
                    bars,
                    width: PANEL,
                };
                (heading, picture.draw())
            })
        });
    let pictures: Vec<_> = pictures.collect();
    (!pictures.is_empty()).then(|| Figure {
        title: "What is done over budgets",
        text: format!("Shares of {}’s actions where every dialogue has the same budget. The numbers are in the table above.", policy(name)),
        legend: stacked::legend(&PARTS),
        pictures,
        tables: Vec::new(),
    })
}
