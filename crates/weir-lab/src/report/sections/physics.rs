//! Slower, noisy and missing networks.

use crate::report::{
    chart::{
        WIDE,
        dots::{Dot, Dots, Row as Line},
        lines::{Axis, Lines, Point, Series},
        style::{BLUE, GREEN, ORANGE, legend},
    },
    figure::{Figure, Table},
    names::networks,
    number::{fixed, percent},
    quantities::Share,
    results::{Noise, Offline, Uplink},
};

const CLOUD: &str = "answered in the cloud";
const UPLOAD: &str = "something uploaded";
const PROBABILITY: &str = "probability of an upload";

/// What is uploaded as the uplink falls.
pub(super) fn uplink(uplink: &[Uplink]) -> Option<Figure> {
    if uplink.is_empty() {
        return None;
    }
    let mut ordered = uplink.to_vec();
    ordered.sort_by(|one, other| one.up_mbps.total_cmp(&other.up_mbps));
    let series = |name: &str, style, share: fn(&Uplink) -> Option<Share>| {
        let points = ordered.iter().filter_map(|point| {
            let share = share(point)?.get();
            Some(Point::at(point.up_mbps, 100.0 * share))
        });
        Series {
            name: name.into(),
            style,
            connected: true,
            hollow: false,
            points: points.collect(),
        }
    };
    let mut drawn = vec![
        series(CLOUD, ORANGE, |point| Some(point.cloud_share)),
        series(UPLOAD, BLUE, |point| Some(point.upload_share)),
        series(PROBABILITY, GREEN, |point| point.upload_probability),
    ];
    drawn.retain(|series| !series.points.is_empty());
    let keys = drawn
        .iter()
        .rev()
        .map(|series| (series.style, series.name.clone()));
    let keys: Vec<_> = keys.collect();
    let mut table = Table::new("By uplink", &["Mbit/s", PROBABILITY, UPLOAD, CLOUD]);
    for point in &ordered {
        let probability = point.upload_probability;
        table.rows.push(vec![
            fixed(point.up_mbps, 3),
            probability.map_or("–".into(), |share| percent(share.get(), 2)),
            percent(point.upload_share.get(), 2),
            percent(point.cloud_share.get(), 2),
        ]);
    }
    let picture = Lines {
        title: "Uploads and cloud calls over the uplink".into(),
        across: Axis::logarithmic("uplink, Mbit/s"),
        up: Axis::from_zero("share of turns, %"),
        series: drawn,
        width: WIDE,
    };
    Some(Figure {
        title: "The uplink",
        text: "The same dialogues on slower and faster uplinks, all else equal: how often something is uploaded and how often the cloud answers, in percent of the turns that have something attached.".into(),
        legend: legend(&keys),
        pictures: vec![(String::new(), picture.draw())],
        tables: vec![table],
    })
}

/// Whether budgets hold on noisy networks, and what is done without one.
pub(super) fn noise(noise: Option<&Noise>, offline: Option<Offline>) -> Option<Figure> {
    let mut text = Vec::new();
    let mut table = Table::new(
        "Dialogues over budget on noisy networks",
        &["network", "over budget"],
    );
    let mut pictures = Vec::new();
    if let Some(noise) = noise {
        text.push(format!(
            "Of {} dialogues with late replies, long replies and switching networks, {} end over their budget; the stated risk is {}.",
            fixed(noise.dialogues as f64, 0),
            percent(noise.over_budget_rate.get(), 2),
            percent(noise.risk.get(), 2)
        ));
        let by_network = networks(&noise.by_network);
        let lines = by_network.iter().map(|(name, rate)| Line {
            name: name.to_string(),
            emphasised: false,
            dots: vec![Dot {
                style: BLUE,
                hollow: false,
                value: 100.0 * rate.get(),
                interval: None,
                of: String::new(),
            }],
        });
        let rows: Vec<Line> = lines.collect();
        if !rows.is_empty() {
            let picture = Dots {
                title: "Dialogues over budget by network".into(),
                unit: "dialogues over budget, %".into(),
                rows,
                references: vec![
                    ("none".into(), 0.0),
                    ("stated risk".into(), 100.0 * noise.risk.get()),
                ],
                digits: 2,
                width: WIDE,
            };
            pictures.push((String::new(), picture.draw()));
        }
        for (name, rate) in by_network {
            table.rows.push(vec![name.into(), percent(rate.get(), 2)]);
        }
    }
    if let Some(offline) = offline {
        text.push(format!(
            "Without a network, {} of {} turns are answered locally, counted by the policy’s probability.",
            percent(offline.local_share.get(), 2),
            fixed(offline.turns as f64, 0)
        ));
    }
    (!text.is_empty()).then(|| Figure {
        title: "Noisy networks, and none",
        text: text.join(" "),
        legend: String::new(),
        pictures,
        tables: if table.rows.is_empty() {
            Vec::new()
        } else {
            vec![table]
        },
    })
}
