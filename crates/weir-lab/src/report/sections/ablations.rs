//! The method without its parts.

use crate::report::{
    chart::{
        WIDE,
        dots::{Dot, Dots, Row},
        style::{BLUE, RED, legend},
    },
    figure::{Figure, Table},
    number::{fixed, interval, percent},
    results::{Ablation, Size},
};

/// How the files name the method with all its parts.
const WHOLE: &str = "none";

/// How the reward changes without each part.
pub(super) fn figure(ablations: &[Ablation], size: Option<Size>) -> Option<Figure> {
    let mut ordered: Vec<&Ablation> = ablations.iter().collect();
    ordered.sort_by(|one, other| one.change.total_cmp(&other.change));
    let parts = || ordered.iter().filter(|ablation| ablation.name != WHOLE);
    let worst = parts().next()?;
    let rows = parts().map(|ablation| {
        let breaks = ablation.over_budget_rate.get() > 0.0;
        Row {
            name: part(&ablation.name),
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
            part(&ablation.name),
            interval(ablation.change, ablation.change_ci.ends(), 3),
            interval(ablation.reward, ablation.reward_ci.ends(), 3),
            percent(ablation.over_budget_rate.get(), 1),
        ]);
    }
    let size = size.map_or(String::new(), runs);
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
            "The reward of a turn without one part less that of the whole method, with its 95 % interval. Left of the line the part is worth having. The largest change for the worse, {}, is without: {}.{size}",
            fixed(worst.change, 3),
            part(&worst.name)
        ),
        legend: legend(&[
            (BLUE, "keeps every budget".into()),
            (RED, "breaks some (outline)".into()),
        ]),
        pictures: vec![(String::new(), picture.draw())],
        tables: vec![table],
    })
}

fn part(name: &str) -> String {
    if name == WHOLE {
        "nothing left out".into()
    } else {
        name.replace('_', " ")
    }
}

/// How large training runs were, as a sentence to follow others.
pub(super) fn runs(size: Size) -> String {
    format!(
        " Each kind was trained {} times, smaller than the shipped policy: {} turns of imitation, then {} of reinforcement learning, judged on {} dialogues.",
        size.seeds,
        fixed(size.imitation_steps as f64, 0),
        fixed(size.steps as f64, 0),
        fixed(size.dialogues as f64, 0)
    )
}
