//! Rewards by network.

use crate::report::{
    chart::{
        PANEL,
        dots::{Dot, Dots, Row as Line},
        style::{Style, legend},
    },
    figure::{Figure, Table},
    names::{Family, networks, policy, ranked},
    number::{fixed, percent, signed},
    results::{Named, Row},
};

/// Rewards with intervals, `oracle` being the policy that knows the future.
pub(super) fn figure(by_network: &Named<Named<Row>>, oracle: &str) -> Option<Figure> {
    if by_network.values().all(Named::is_empty) {
        return None;
    }
    let networks = networks(by_network);
    let pictures = networks.iter().map(|(network, rows)| {
        let title = format!("Reward by policy on {network}");
        (network.to_string(), picture(title, rows, oracle))
    });
    Some(Figure {
        title: "Reward",
        text: format!(
            "Mean reward of a turn with its 95 % interval, the best policy first. Vertical lines: greedy + mask, and {}. A hollow mark is a policy that ends some dialogues over their budget, and keeps the reward of those turns. Of the constant actions only the best is drawn; the tables have all.",
            policy(oracle)
        ),
        legend: legend(&families(by_network)),
        pictures: pictures.collect(),
        tables: networks
            .iter()
            .map(|(network, rows)| table(network, rows))
            .collect(),
    })
}

fn picture(title: String, rows: &Named<Row>, oracle: &str) -> String {
    let best = best_constant(rows);
    let drawn = ranked(rows, |row| row.reward).into_iter();
    let drawn = drawn.filter(|(name, _)| !is_constant(name) || Some(*name) == best);
    let lines = drawn.map(|(name, row)| Line {
        name: policy(name),
        emphasised: name == "weir",
        dots: vec![Dot {
            style: Family::of(name).style(),
            hollow: row.over_budget_rate.get() > 0.0,
            value: row.reward,
            interval: Some(row.reward_ci.ends()),
            of: String::new(),
        }],
    });
    let reference = |name: &str| Some((policy(name), rows.get(name)?.reward));
    Dots {
        title,
        unit: "reward of a turn".into(),
        rows: lines.collect(),
        references: ["greedy_mask", oracle]
            .into_iter()
            .filter_map(reference)
            .collect(),
        digits: 3,
        width: PANEL,
    }
    .draw()
}

/// Policies further behind than this are in the tables only.
const CLOSE: f64 = 0.3;

/// Rewards less that of one policy, dialogue by dialogue: Weir's where the files have that, or else
/// greedy with the mask.
pub(super) fn paired(by_network: &Named<Named<Row>>) -> Option<Figure> {
    let behind = |row: &Row| {
        let [low, high] = row.behind_weir_ci?.ends();
        Some((-row.behind_weir?, [-high, -low]))
    };
    let above = |row: &Row| Some((row.above_greedy_mask?, row.above_greedy_mask_ci?.ends()));
    let has = |number: &dyn Fn(&Row) -> Option<(f64, [f64; 2])>| {
        by_network
            .values()
            .flat_map(Named::values)
            .any(|row| number(row).is_some())
    };
    let (than, number): (_, &dyn Fn(&Row) -> Option<(f64, [f64; 2])>) = if has(&behind) {
        ("weir", &behind)
    } else if has(&above) {
        ("greedy_mask", &above)
    } else {
        return None;
    };
    let than_name = policy(than);
    let pictures = networks(by_network).into_iter().map(|(network, rows)| {
        let close = |row: &Row| number(row).is_some_and(|(difference, _)| difference > -CLOSE);
        let ordered = ranked(rows, |row| {
            number(row).map_or(f64::NEG_INFINITY, |number| number.0)
        });
        let drawn = ordered
            .into_iter()
            .filter(|(name, row)| *name != than && !is_constant(name) && close(row));
        let lines = drawn.filter_map(|(name, row)| {
            let (value, ends) = number(row)?;
            Some(Line {
                name: policy(name),
                emphasised: name == "weir",
                dots: vec![Dot {
                    style: Family::of(name).style(),
                    hollow: row.over_budget_rate.get() > 0.0,
                    value,
                    interval: Some(ends),
                    of: String::new(),
                }],
            })
        });
        let picture = Dots {
            title: format!("Reward less that of {than_name} on {network}"),
            unit: format!("reward of a turn less that of {than_name}"),
            rows: lines.collect(),
            references: vec![(than_name.clone(), 0.0)],
            digits: 3,
            width: PANEL,
        };
        (network.to_owned(), picture.draw())
    });
    Some(Figure {
        title: "Reward, compared dialogue by dialogue",
        text: format!(
            "The reward of a policy less that of {than_name} on the same dialogues, with its 95 % interval. An interval that does not meet the line is a difference that is not chance. Policies more than {CLOSE} behind, and constant actions, are in the tables above only.",
        ),
        legend: legend(&families(by_network)),
        pictures: pictures.collect(),
        tables: Vec::new(),
    })
}

/// What the marks of these policies mean.
pub(super) fn families(by_network: &Named<Named<Row>>) -> Vec<(Style, String)> {
    let families = Family::ALL.into_iter().filter(|family| {
        let mut names = by_network.values().flat_map(Named::keys);
        names.any(|name| Family::of(name) == *family)
    });
    families
        .map(|family| (family.style(), family.name().into()))
        .collect()
}

/// Whether it is one of the actions that are always taken; the best of them stands for all.
pub(super) fn is_constant(name: &str) -> bool {
    name.starts_with("constant_")
}

/// The constant action of highest reward.
pub(super) fn best_constant(rows: &Named<Row>) -> Option<&str> {
    let constants = ranked(rows, |row| row.reward)
        .into_iter()
        .map(|(name, _)| name);
    constants.into_iter().find(|name| is_constant(name))
}

fn table(network: &str, rows: &Named<Row>) -> Table {
    let above = rows.values().any(|row| row.above_greedy_mask.is_some());
    let behind = rows.values().any(|row| row.behind_weir.is_some());
    let mut columns = vec!["policy", "reward", "95 % interval"];
    columns.extend(above.then_some("above greedy + mask"));
    columns.extend(behind.then_some("behind Weir"));
    columns.extend([
        "in-budget reward",
        "over budget",
        "p95 excess",
        "of the gap",
        "response",
        "s",
        "m$",
        "commonest action",
        "cloud",
        "uploads",
    ]);
    let mut table = Table::new(
        &format!("{network}: by policy; s and m$ are of a dialogue"),
        &columns,
    );
    for (name, row) in ranked(rows, |row| row.reward) {
        let [low, high] = row.reward_ci.ends();
        let paired = |value: Option<f64>, ends: Option<crate::report::quantities::Interval>| {
            value.zip(ends).map_or("–".into(), |(value, ends)| {
                let [low, high] = ends.ends().map(|end| signed(end, 3));
                format!("{} ({low} to {high})", signed(value, 3))
            })
        };
        let share = |share: Option<f64>| share.map_or("–".into(), |share| percent(share, 1));
        let mut cells = vec![
            policy(name),
            fixed(row.reward, 3),
            format!("{} to {}", fixed(low, 3), fixed(high, 3)),
        ];
        cells.extend(above.then(|| paired(row.above_greedy_mask, row.above_greedy_mask_ci)));
        cells.extend(behind.then(|| paired(row.behind_weir, row.behind_weir_ci)));
        cells.extend([
            fixed(row.in_budget_reward, 3),
            percent(row.over_budget_rate.get(), 1),
            percent(row.p95_excess, 1),
            share(row.gap_share),
            fixed(row.response, 3),
            fixed(row.latency_s, 2),
            fixed(row.usage_usd * 1e3, 2),
            percent(row.max_action_share.get(), 1),
            share(row.cloud_share.map(crate::report::quantities::Share::get)),
            row.uploads.map_or("–".into(), |uploads| fixed(uploads, 2)),
        ]);
        table.rows.push(cells);
    }
    table
}
