//! Whether budgets hold.

use super::rewards::is_constant;
use crate::report::{
    chart::{
        PANEL,
        heat::{Cell, Heat},
    },
    figure::{Figure, Table},
    names::{networks, policy},
    number::percent,
    quantities::Share,
    results::{Named, Row},
};

/// How often and how far dialogues end over their budget.
pub(super) fn figure(by_network: &Named<Named<Row>>) -> Option<Figure> {
    let networks = networks(by_network);
    let rate = |row: &Row| row.over_budget_rate.get();
    let mut policies: Vec<(&str, f64)> = Vec::new();
    for name in networks.iter().flat_map(|(_, rows)| rows.keys()) {
        if !policies.iter().any(|(other, _)| other == name) {
            let rates = networks
                .iter()
                .filter_map(|(_, rows)| rows.get(name).map(rate));
            policies.push((name, rates.sum()));
        }
    }
    if policies.is_empty() {
        return None;
    }
    policies.sort_by(|one, other| {
        (one.0 != "weir")
            .cmp(&(other.0 != "weir"))
            .then(one.1.total_cmp(&other.1))
    });
    let drawn = || {
        policies
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| !is_constant(name))
    };
    let heat = |title: &str, number: &dyn Fn(&Row) -> f64| {
        let rows = drawn().map(|name| {
            let cells = networks.iter().map(|(_, rows)| {
                let value = number(rows.get(name)?);
                let digits = usize::from(value < 1.0);
                Some(Cell {
                    value,
                    text: percent(value, digits),
                })
            });
            (policy(name), cells.collect())
        });
        Heat {
            title: title.into(),
            columns: networks.iter().map(|(name, _)| name.to_string()).collect(),
            across: "network".into(),
            rows: rows.collect(),
            ends: [0.0, 1.0],
            alarm: true,
            width: PANEL,
        }
        .draw()
    };
    let mut table = Table::new(
        "Dialogues over budget, by policy and network",
        &[
            "policy",
            "network",
            "over budget",
            "mean excess",
            "p95 excess",
        ],
    );
    for (name, _) in &policies {
        for (network, rows) in &networks {
            let Some(row) = rows.get(*name) else { continue };
            table.rows.push(vec![
                policy(name),
                (*network).into(),
                percent(rate(row), 1),
                row.mean_excess
                    .map_or("–".into(), |excess| percent(excess, 1)),
                percent(row.p95_excess, 1),
            ]);
        }
    }
    let kept = |rows: &&Named<Row>| rows.get("weir").map(|row| row.over_budget_rate);
    let rates: Vec<Share> = networks.iter().filter_map(|(_, rows)| kept(rows)).collect();
    let broken = rates.iter().filter(|rate| rate.get() > 0.0).count();
    let weir = if rates.is_empty() {
        String::new()
    } else if broken == 0 {
        " Weir ends none.".into()
    } else {
        format!(" Weir ends some on {broken} of {} networks.", rates.len())
    };
    Some(Figure {
        title: "Budget compliance",
        text: format!(
            "How many dialogues end over their budget, and by how much of it, counted over all dialogues and not only those that do.{weir}"
        ),
        legend: String::new(),
        pictures: vec![
            (
                "Share of dialogues over budget".into(),
                heat("Share of dialogues over budget", &rate),
            ),
            (
                "Excess, 95th percentile, as a share of the budget".into(),
                heat("95th percentile of the excess", &|row| row.p95_excess),
            ),
        ],
        tables: vec![table],
    })
}
