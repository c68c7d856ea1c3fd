//! Scenarios that were left out of training.

use super::ablations::runs;
use crate::report::{
    chart::{
        PANEL,
        dots::{Dot, Dots, Row},
    },
    figure::{Figure, Table},
    names::{Family, policy, ranked},
    number::interval,
    results::{LeftOut, Size},
};

/// Rewards in a scenario that was not trained on.
pub(super) fn figure(left_out: &[LeftOut], size: Option<Size>) -> Option<Figure> {
    if left_out.is_empty() {
        return None;
    }
    let mut table = Table::new("By scenario and policy", &["policy", "scenario", "reward"]);
    let pictures = left_out.iter().map(|one| {
        let ranked = ranked(&one.policies, |policy| policy.reward);
        for (name, reward) in &ranked {
            let number = interval(reward.reward, reward.reward_ci.ends(), 3);
            table
                .rows
                .push(vec![policy(name), one.scenario.clone(), number]);
        }
        let rows = ranked.iter().map(|(name, reward)| Row {
            name: policy(name),
            emphasised: *name == "trained_without_it",
            dots: vec![Dot {
                style: Family::of(name).style(),
                hollow: false,
                value: reward.reward,
                interval: Some(reward.reward_ci.ends()),
                of: String::new(),
            }],
        });
        let picture = Dots {
            title: format!("Reward in {}", one.scenario),
            unit: "reward of a turn".into(),
            rows: rows.collect(),
            references: Vec::new(),
            digits: 3,
            width: PANEL,
        };
        (one.scenario.clone(), picture.draw())
    });
    let pictures = pictures.collect();
    Some(Figure {
        title: "Domains left out",
        text: format!(
            "A policy that was trained on the other scenarios only, judged in the one that it never saw.{}",
            size.map_or(String::new(), runs)
        ),
        legend: String::new(),
        pictures,
        tables: vec![table],
    })
}
