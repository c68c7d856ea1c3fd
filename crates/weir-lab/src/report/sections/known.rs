//! A world whose best value is known.

use crate::report::{
    chart::{
        WIDE,
        dots::{Dot, Dots, Row},
    },
    figure::{Figure, Table},
    names::{Family, policy},
    number::fixed,
    results::Known,
};

/// How far policies are from the best there can be.
pub(super) fn figure(known: &[Known]) -> Option<Figure> {
    if known.is_empty() {
        return None;
    }
    let mut ordered: Vec<&Known> = known.iter().collect();
    ordered.sort_by(|one, other| one.gap_to_best.total_cmp(&other.gap_to_best));
    let rows = ordered.iter().map(|known| Row {
        name: policy(&known.policy),
        emphasised: known.policy == "weir",
        dots: vec![Dot {
            style: Family::of(&known.policy).style(),
            hollow: false,
            value: known.gap_to_best,
            interval: known.ci.map(crate::report::quantities::Interval::ends),
            of: String::new(),
        }],
    });
    let mut table = Table::new(
        "Values where the best is known",
        &["policy", "value", "less than the best", "95 % interval"],
    );
    for known in &ordered {
        let ends = known.ci.map_or("–".into(), |ends| {
            let [low, high] = ends.ends().map(|end| fixed(end, 4));
            format!("{low} to {high}")
        });
        table.rows.push(vec![
            policy(&known.policy),
            fixed(known.value, 4),
            fixed(known.gap_to_best, 4),
            ends,
        ]);
    }
    let picture = Dots {
        title: "How much less than the best each policy earns".into(),
        unit: "value less than the best".into(),
        rows: rows.collect(),
        references: vec![("the best".into(), 0.0)],
        digits: 4,
        width: WIDE,
    };
    Some(Figure {
        title: "Where the best is known",
        text: "A small world in which the best value is computed exactly, so that policies can be told apart that logs cannot tell apart.".into(),
        legend: String::new(),
        pictures: vec![(String::new(), picture.draw())],
        tables: vec![table],
    })
}
