//! Learning curves, and how quickly they are climbed.

use crate::report::{
    chart::{
        WIDE,
        lines::{Axis, Lines, Point, Series},
        style::{SERIES, legend},
    },
    figure::{Figure, Table},
    names::{policy, ranked},
    number::fixed,
    results::{Curve, Named},
};

/// Rewards during training.
pub(super) fn figure(training: &Named<Curve>) -> Option<Figure> {
    let last = |curve: &Curve| {
        curve
            .curve
            .last()
            .map_or(f64::NEG_INFINITY, |point| point[1])
    };
    let ordered = ranked(training, last);
    let drawn: Vec<_> = ordered
        .iter()
        .filter(|(_, curve)| !curve.curve.is_empty())
        .collect();
    if ordered.is_empty() {
        return None;
    }
    let series = drawn
        .iter()
        .zip(SERIES)
        .map(|((name, curve), style)| Series {
            name: policy(name),
            style,
            connected: true,
            hollow: false,
            points: curve
                .curve
                .iter()
                .map(|[steps, reward]| Point::at(*steps, *reward))
                .collect(),
        });
    let mut series: Vec<Series> = series.collect();
    series.reverse();
    let keys: Vec<_> = drawn
        .iter()
        .zip(SERIES)
        .map(|((name, _), style)| (style, policy(name)))
        .collect();
    let mut speeds = Table::new(
        "Training: environment steps of a run, and steps a second with learning included",
        &["policy", "steps", "steps a second", "last reward"],
    );
    let mut points = Table::new("Points of the curves", &["policy", "steps", "reward"]);
    for (name, curve) in &ordered {
        let reward = curve
            .curve
            .last()
            .map_or("–".into(), |[_, reward]| fixed(*reward, 3));
        let speed = fixed(curve.steps_per_second, 0);
        speeds
            .rows
            .push(vec![policy(name), curve.steps.to_string(), speed, reward]);
        let rows = curve
            .curve
            .iter()
            .map(|[steps, reward]| vec![policy(name), fixed(*steps, 0), fixed(*reward, 3)]);
        points.rows.extend(rows);
    }
    let picture = (!series.is_empty()).then(|| {
        Lines {
            title: "Reward during training".into(),
            across: Axis::from_zero("environment steps"),
            up: Axis::linear("reward of a turn"),
            series,
            width: WIDE,
        }
        .draw()
    });
    Some(Figure {
        title: "Learning curves",
        text: "Mean reward of a turn during training, averaged over runs.".into(),
        legend: legend(&keys),
        pictures: picture
            .map(|picture| (String::new(), picture))
            .into_iter()
            .collect(),
        tables: vec![speeds, points],
    })
}
