//! Slower, noisy and missing networks.

use crate::report::{
    chart::{
        WIDE,
        dots::{Dot, Dots, Row as Line},
        lines::{Axis, Lines, Point, Series},
        style::{BLUE, ORANGE, legend},
    },
    figure::{Figure, Table},
    names::networks,
    number::{fixed, percent},
    results::{Noise, Offline, Uplink},
};

/// What is uploaded as the uplink falls.
pub(super) fn uplink(uplink: &[Uplink]) -> Option<Figure> {
    if uplink.is_empty() {
        return None;
    }
    let mut ordered = uplink.to_vec();
    ordered.sort_by(|one, other| one.up_mbps.total_cmp(&other.up_mbps));
    let series = |name: &str, style, share: fn(&Uplink) -> f64| Series {
        name: name.into(),
        style,
        connected: true,
        hollow: false,
        points: ordered
            .iter()
            .map(|point| Point::at(point.up_mbps, 100.0 * share(point)))
            .collect(),
    };
    let mut table = Table::new(
        "By uplink",
        &["Mbit/s", "turns with an upload", "turns in the cloud"],
    );
    for point in &ordered {
        table.rows.push(vec![
            fixed(point.up_mbps, 3),
            percent(point.upload_share.get(), 2),
            percent(point.cloud_share.get(), 2),
        ]);
    }
    let picture = Lines {
        title: "Turns with an upload and turns in the cloud over the uplink".into(),
        across: Axis::logarithmic("uplink, Mbit/s"),
        up: Axis::from_zero("share of turns, %"),
        series: vec![
            series("turns in the cloud", ORANGE, |point| {
                point.cloud_share.get()
            }),
            series("turns with an upload", BLUE, |point| {
                point.upload_share.get()
            }),
        ],
        width: WIDE,
    };
    Some(Figure {
        title: "The uplink",
        text: "The same dialogues on slower and faster uplinks, all else equal: shares of turns, in percent, that upload something and that are answered in the cloud.".into(),
        legend: legend(&[(BLUE, "turns with an upload".into()), (ORANGE, "turns in the cloud".into())]),
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
