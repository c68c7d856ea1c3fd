//! Quality for money.

use super::rewards::{best_constant, families, is_constant};
use crate::report::{
    chart::{
        PANEL,
        lines::{Axis, Lines, Point, Series},
        style::{SERIES, SKY, legend},
    },
    figure::{Figure, Table},
    names::{Family, networks, policy},
    number::{fixed, percent},
    results::{Named, RouterPoint, Routing, Row, Setting},
};

/// Response score over dollars, a mark a policy.
pub(super) fn scatter(
    by_network: &Named<Named<Row>>,
    routers: &Named<Vec<RouterPoint>>,
) -> Option<Figure> {
    let networks = networks(by_network);
    if networks.iter().all(|(_, rows)| rows.is_empty()) {
        return None;
    }
    let pictures = networks.iter().map(|(network, rows)| {
        let best = best_constant(rows);
        let drawn = |name: &str| !is_constant(name) || Some(name) == best;
        let mut entries: Vec<_> = rows.iter().filter(|(name, _)| drawn(name)).collect();
        entries.sort_by_key(|(name, _)| prominence(name));
        let series = entries.into_iter().map(|(name, row)| Series {
            name: policy(name),
            style: Family::of(name).style(),
            connected: false,
            hollow: row.over_budget_rate.get() > 0.0,
            points: vec![Point {
                label: Some(policy(name)),
                ..Point::at(row.usage_usd * 1e3, row.response)
            }],
        });
        let router = routers.get(*network).map(|points| Series {
            name: "threshold router, from one threshold to the next".into(),
            style: SKY,
            connected: true,
            hollow: false,
            points: points
                .iter()
                .map(|point| Point::at(point.usage_usd * 1e3, point.response))
                .collect(),
        });
        let series = router.into_iter().chain(series);
        let picture = Lines {
            title: format!("Response score over dollars on {network}"),
            across: Axis::from_zero("thousandths of a dollar a dialogue"),
            up: Axis::linear("response score"),
            series: series.collect(),
            width: PANEL,
        };
        (network.to_string(), picture.draw())
    });
    let mut keys = families(by_network);
    if !routers.is_empty() {
        keys.push((
            SKY,
            "threshold router, from one threshold to the next".into(),
        ));
    }
    Some(Figure {
        title: "Quality for money",
        text: "Mean response score over what a dialogue costs; up and to the left is better. A hollow mark is a policy that ends some dialogues over their budget. The numbers are in the tables under Reward.".into(),
        legend: legend(&keys),
        pictures: pictures.collect(),
        tables: Vec::new(),
    })
}

/// Which policies are labelled first where there is little room.
fn prominence(name: &str) -> usize {
    let first = [
        "weir",
        "oracle_in_budget",
        "planner",
        "greedy_mask",
        "local",
        "cloud",
    ];
    let place = first.iter().position(|known| *known == name);
    place.unwrap_or(first.len())
}

/// Curves from cheap to dear, a point a setting.
pub(super) fn curves(by_policy: &Named<Vec<Setting>>, routing: &Named<Routing>) -> Option<Figure> {
    if by_policy.values().all(Vec::is_empty) && routing.is_empty() {
        return None;
    }
    let mut ordered: Vec<_> = by_policy.iter().collect();
    ordered.sort_by_key(|(name, _)| prominence(name));
    let curve = |unit: &str, x: fn(&Setting) -> f64| {
        let series = ordered.iter().zip(SERIES).map(|((name, settings), style)| {
            let points = settings
                .iter()
                .map(|setting| Point::at(x(setting), setting.response));
            let mut points: Vec<Point> = points.collect();
            points.sort_by(|one, other| one.x.total_cmp(&other.x));
            Series {
                name: policy(name),
                style,
                connected: true,
                hollow: false,
                points,
            }
        });
        let mut series: Vec<Series> = series.collect();
        series.reverse();
        Lines {
            title: format!("Response score over {unit}"),
            across: Axis::from_zero(unit),
            up: Axis::linear("response score"),
            series,
            width: PANEL,
        }
        .draw()
    };
    let keys: Vec<_> = ordered
        .iter()
        .zip(SERIES)
        .map(|((name, _), style)| (style, policy(name)))
        .collect();
    let mut points = Table::new(
        "Points of the curves",
        &[
            "policy",
            "setting",
            "cloud calls",
            "response",
            "m$ a dialogue",
        ],
    );
    for (name, settings) in &ordered {
        points.rows.extend(settings.iter().map(|setting| {
            vec![
                policy(name),
                setting
                    .setting
                    .map_or("–".into(), |setting| fixed(setting, 3)),
                percent(setting.cloud_share.get(), 1),
                fixed(setting.response, 3),
                fixed(setting.usd * 1e3, 2),
            ]
        }));
    }
    let mut summary = Table::new(
        "Routing: share of the gap recovered on average over cloud calls (APGR), share of cloud calls that recovers half and four fifths of it (CPT), quality as a share of always-cloud’s",
        &["policy", "APGR", "CPT 50 %", "CPT 80 %", "of cloud quality"],
    );
    for (name, numbers) in routing {
        let share = |share: Option<f64>| share.map_or("–".into(), |share| percent(share, 1));
        summary.rows.push(vec![
            policy(name),
            numbers.apgr.map_or("–".into(), |apgr| fixed(apgr, 3)),
            share(numbers.cpt_50),
            share(numbers.cpt_80),
            share(numbers.cloud_quality_share),
        ]);
    }
    let pictures = if by_policy.is_empty() {
        Vec::new()
    } else {
        vec![
            (
                "Over cloud calls".into(),
                curve("share of turns in the cloud", |setting| {
                    setting.cloud_share.get()
                }),
            ),
            (
                "Over money".into(),
                curve("thousandths of a dollar a dialogue", |setting| {
                    setting.usd * 1e3
                }),
            ),
        ]
    };
    let tables = [summary, points]
        .into_iter()
        .filter(|table| !table.rows.is_empty());
    Some(Figure {
        title: "Cost–quality curve",
        text: "Mean response score as a policy is set from frugal to generous; higher is better at the same cost.".into(),
        legend: legend(&keys),
        pictures,
        tables: tables.collect(),
    })
}
