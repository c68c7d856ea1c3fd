//! Scenarios by size.

use super::rewards::is_constant;
use crate::report::{
    chart::{
        PANEL,
        dots::{Dot, Dots, Row as Line},
        style::legend,
    },
    figure::{Figure, Table},
    names::{Family, policy, ranked},
    number::{fixed, interval, percent},
    results::{Named, PackRows},
};

/// Rewards by scenario.
pub(super) fn figure(packs: &Named<PackRows>) -> Option<Figure> {
    if packs.is_empty() {
        return None;
    }
    let mut ordered: Vec<_> = packs.iter().collect();
    ordered.sort_by_key(|(_, pack)| (pack.modalities, pack.tasks, pack.turns));
    let pictures = ordered.iter().map(|(name, pack)| {
        let drawn = ranked(&pack.policies, |row| row.reward).into_iter();
        let lines = drawn
            .filter(|(name, _)| !is_constant(name))
            .map(|(name, row)| Line {
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
        let PackRows {
            modalities,
            tasks,
            turns,
            ..
        } = pack;
        let heading = format!(
            "{}: {modalities} inputs, {tasks} tasks, {turns} turns",
            name.replace(['_', '-'], " ")
        );
        let picture = Dots {
            title: format!("Reward by policy in {name}"),
            unit: "reward of a turn".into(),
            rows: lines.collect(),
            references: Vec::new(),
            digits: 3,
            width: PANEL,
        };
        (heading, picture.draw())
    });
    let mut table = Table::new(
        "By scenario and policy; m$ and s are of a dialogue",
        &[
            "policy",
            "scenario",
            "inputs",
            "tasks",
            "turns",
            "reward",
            "over budget",
            "of the gap",
            "s",
            "m$",
            "commonest action",
        ],
    );
    for (name, pack) in &ordered {
        for (who, row) in ranked(&pack.policies, |row| row.reward) {
            table.rows.push(vec![
                policy(who),
                (*name).clone(),
                pack.modalities.to_string(),
                pack.tasks.to_string(),
                pack.turns.to_string(),
                interval(row.reward, row.reward_ci.ends(), 3),
                percent(row.over_budget_rate.get(), 1),
                row.gap_share.map_or("–".into(), |share| percent(share, 1)),
                fixed(row.latency_s, 2),
                fixed(row.usage_usd * 1e3, 2),
                percent(row.max_action_share.get(), 1),
            ]);
        }
    }
    let families = Family::ALL.into_iter().filter(|family| {
        let mut names = packs.values().flat_map(|pack| pack.policies.keys());
        names.any(|name| Family::of(name) == *family)
    });
    let families: Vec<_> = families
        .map(|family| (family.style(), family.name().into()))
        .collect();
    Some(Figure {
        title: "Reward by size",
        text: "Mean reward of a turn with its 95 % interval. A hollow mark is a policy that ends some dialogues over their budget.".into(),
        legend: legend(&families),
        pictures: pictures.collect(),
        tables: vec![table],
    })
}
