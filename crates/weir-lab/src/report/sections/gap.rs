//! Shares of the gap from always-local to the oracle.

use super::rewards::is_constant;
use crate::report::{
    chart::{
        WIDE,
        dots::{Dot, Dots, Row as Line},
        style::{SERIES, legend},
    },
    figure::{Figure, Table},
    names::{Family, networks, policy},
    number::percent,
    results::{Named, Row},
};

/// How far each policy comes from always-local to the oracle, with the share that is aimed at.
pub(super) fn figure(
    by_network: &Named<Named<Row>>,
    oracle: &str,
    aim: Option<f64>,
) -> Option<Figure> {
    let networks = networks(by_network);
    let share = |rows: &Named<Row>, name: &str| rows.get(name)?.gap_share;
    let mut policies: Vec<(&str, f64)> = Vec::new();
    for name in networks.iter().flat_map(|(_, rows)| rows.keys()) {
        let shares = networks.iter().filter_map(|(_, rows)| share(rows, name));
        let shares: Vec<f64> = shares.collect();
        let known = policies.iter().any(|(other, _)| other == name);
        if !known && !shares.is_empty() {
            policies.push((name, shares.iter().sum::<f64>() / shares.len() as f64));
        }
    }
    policies.sort_by(|one, other| other.1.total_cmp(&one.1));
    let drawn = policies.iter().filter(|(name, _)| {
        let mut shares = networks.iter().filter_map(|(_, rows)| share(rows, name));
        let given = *name == "local" || Family::of(name) == Family::Oracle;
        !given && !is_constant(name) && shares.all(|share| share >= 0.0)
    });
    let lines: Vec<Line> = drawn
        .map(|(name, _)| Line {
            name: policy(name),
            emphasised: *name == "weir",
            dots: networks
                .iter()
                .zip(SERIES)
                .filter_map(|((network, rows), style)| {
                    Some(Dot {
                        style,
                        hollow: false,
                        value: 100.0 * share(rows, name)?,
                        interval: None,
                        of: network.to_string(),
                    })
                })
                .collect(),
        })
        .collect();
    if lines.is_empty() {
        return None;
    }
    let keys: Vec<_> = networks
        .iter()
        .zip(SERIES)
        .map(|((name, _), style)| (style, name.to_string()))
        .collect();
    let mut columns = vec!["policy"];
    columns.extend(networks.iter().map(|(name, _)| *name));
    let mut table = Table::new("Share of the gap by policy", &columns);
    for (name, _) in &policies {
        let shares = networks
            .iter()
            .map(|(_, rows)| share(rows, name).map_or("–".into(), |share| percent(share, 1)));
        table
            .rows
            .push([policy(name)].into_iter().chain(shares).collect());
    }
    let aim = aim.map(|aim| (format!("aim: {}", percent(aim, 0)), 100.0 * aim));
    Some(Figure {
        title: "Share of the gap",
        text: format!(
            "How much of the way from always-local (0 %) to the {} (100 %) a policy comes, counted in reward within budget. Policies that fall behind always-local anywhere are in the table only.",
            policy(oracle)
        ),
        legend: legend(&keys),
        pictures: vec![(
            String::new(),
            Dots {
                title: "Share of the gap by policy".into(),
                unit: "share of the gap, %".into(),
                rows: lines,
                references: aim.into_iter().collect(),
                digits: 1,
                width: WIDE,
            }
            .draw(),
        )],
        tables: vec![table],
    })
}
