//! The method without its parts.

use crate::report::{
    chart::{
        WIDE,
        dots::{Dot, Dots, Row},
        style::{BLUE, RED, legend},
    },
    figure::{Figure, Table},
    number::{fixed, interval, percent},
    results::Ablation,
};

/// How the reward changes without each part.
pub(super) fn figure(ablations: &[Ablation]) -> Option<Figure> {
    if ablations.is_empty() {
        return None;
    }
    let mut ordered: Vec<&Ablation> = ablations.iter().collect();
    ordered.sort_by(|one, other| one.change.total_cmp(&other.change));
    let rows = ordered.iter().map(|ablation| {
        let breaks = ablation.over_budget_rate.get() > 0.0;
        Row {
            name: ablation.name.replace('_', " "),
            emphasised: false,
            dots: vec![Dot {
                style: if breaks { RED } else { BLUE },
                hollow: breaks,
                value: ablation.change,
                interval: Some(ablation.change_ci.ends()),
                of: String::new(),
            }],
        }
    });
    let mut table = Table::new(
        "Without each part",
        &["part", "change of reward", "reward", "over budget"],
    );
    for ablation in &ordered {
        table.rows.push(vec![
            ablation.name.replace('_', " "),
            interval(ablation.change, ablation.change_ci.ends(), 3),
            interval(ablation.reward, ablation.reward_ci.ends(), 3),
            percent(ablation.over_budget_rate.get(), 1),
        ]);
    }
    let picture = Dots {
        title: "Change of the reward without each part".into(),
        unit: "change of the reward of a turn".into(),
        rows: rows.collect(),
        references: vec![("the whole method".into(), 0.0)],
        digits: 3,
        width: WIDE,
    };
    Some(Figure {
        title: "Ablations",
        text: format!(
            "The reward of a turn without one part less that of the whole method, with its 95 % interval. Left of the line the part is worth having. The largest loss, {}, is without: {}.",
            fixed(ordered[0].change, 3),
            ordered[0].name.replace('_', " ")
        ),
        legend: legend(&[
            (BLUE, "keeps every budget".into()),
            (RED, "breaks some (outline)".into()),
        ]),
        pictures: vec![(String::new(), picture.draw())],
        tables: vec![table],
    })
}
