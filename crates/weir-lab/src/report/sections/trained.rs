//! What training measured of the policy that it wrote.

use crate::report::{
    chart::{
        PANEL, WIDE,
        dots::{Dot, Dots, Row},
        lines::{Axis, Lines, Point, Series},
        style::BLUE,
    },
    figure::{Figure, Table},
    names::{Family, policy},
    number::{fixed, interval, percent},
    results::{Judged, Training, Validation},
};

/// Rewards in the world that surprises and in the one that does not.
pub(super) fn rewards(training: &Training) -> Option<Figure> {
    let worlds = [
        ("The world that surprises", &training.noisy),
        ("The world that does not", &training.deterministic),
    ];
    if worlds.iter().all(|(_, rows)| rows.is_empty()) {
        return None;
    }
    let pictures = worlds.iter().map(|(heading, rows)| {
        let mut ordered: Vec<&Judged> = rows.iter().collect();
        ordered.sort_by(|one, other| other.reward.mean.total_cmp(&one.reward.mean));
        let rows = ordered.iter().map(|judged| Row {
            name: policy(&judged.policy),
            emphasised: judged.policy == "weir",
            dots: vec![Dot {
                style: Family::of(&judged.policy).style(),
                hollow: judged.over_budget_rate.get() > 0.0,
                value: judged.reward.mean,
                interval: Some(judged.reward.interval.ends()),
                of: String::new(),
            }],
        });
        let picture = Dots {
            title: format!("Reward by policy. {heading}"),
            unit: "reward of a turn".into(),
            rows: rows.collect(),
            references: Vec::new(),
            digits: 3,
            width: PANEL,
        };
        (heading.to_string(), picture.draw())
    });
    Some(Figure {
        title: "Reward of the shipped policy",
        text: "Mean reward of a turn with its 95 % interval. A hollow mark is a policy that ends some dialogues over their budget. Where the world surprises, replies are longer or shorter than expected, round trips jitter and networks switch.".into(),
        legend: String::new(),
        pictures: pictures.collect(),
        tables: worlds.iter().map(|(heading, rows)| table(heading, rows)).collect(),
    })
}

fn table(heading: &str, rows: &[Judged]) -> Table {
    let mut table = Table::new(
        &format!("{heading}; s and m$ are of a dialogue"),
        &[
            "policy",
            "reward",
            "score",
            "s",
            "m$",
            "cloud",
            "uploads",
            "over budget",
        ],
    );
    for judged in rows {
        table.rows.push(vec![
            policy(&judged.policy),
            interval(judged.reward.mean, judged.reward.interval.ends(), 3),
            fixed(judged.score, 3),
            fixed(judged.seconds, 2),
            fixed(judged.usd * 1e3, 2),
            percent(judged.cloud.get(), 1),
            fixed(judged.uploads, 2),
            percent(judged.over_budget_rate.get(), 2),
        ]);
    }
    table
}

/// Rewards of validation dialogues during training.
pub(super) fn curve(curve: &[Validation]) -> Option<Figure> {
    let untrained = curve.first()?;
    let mut table = Table::new("Points of the curve", &["steps", "reward"]);
    for point in curve {
        table
            .rows
            .push(vec![point.steps.to_string(), fixed(point.reward, 4)]);
    }
    let picture = |title: &str, points: &[Validation], width| {
        Lines {
            title: title.into(),
            across: Axis::linear("environment steps"),
            up: Axis::linear("reward of a turn"),
            series: vec![Series {
                name: "weir".into(),
                style: BLUE,
                connected: true,
                hollow: false,
                points: points
                    .iter()
                    .map(|point| Point::at(point.steps as f64, point.reward))
                    .collect(),
            }],
            width,
        }
        .draw()
    };
    let pictures = if curve.len() > 2 {
        vec![
            (
                "From the beginning".into(),
                picture("Reward during training", curve, PANEL),
            ),
            (
                "After the first validation".into(),
                picture("Reward during later training", &curve[1..], PANEL),
            ),
        ]
    } else {
        vec![(
            String::new(),
            picture("Reward during training", curve, WIDE),
        )]
    };
    Some(Figure {
        title: "Learning curve of the shipped policy",
        text: format!(
            "Mean reward of a turn on validation dialogues, from {} before any training. The weights that did best here are kept.",
            fixed(untrained.reward, 3)
        ),
        legend: String::new(),
        pictures,
        tables: vec![table],
    })
}
