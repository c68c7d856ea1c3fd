//! Values at logged turns beside the simulator's rewards.

use crate::report::{
    chart::{
        PANEL,
        dots::{Dot, Dots, Row as Line},
        style::{BLUE, RED, legend},
    },
    figure::{Figure, Table},
    names::{networks, policy, ranked},
    number::{fixed, interval},
    quantities::Interval,
    results::{Logged, Named, Row},
};

/// What held-out logged turns say, and what the simulator says.
pub(super) fn figure(
    logged: &Named<Named<Logged>>,
    simulated: &Named<Named<Row>>,
) -> Option<Figure> {
    if logged.values().all(Named::is_empty) {
        return None;
    }
    let reward = |network: &str, name: &str| Some(simulated.get(network)?.get(name)?.reward);
    let networks = networks(logged);
    let pictures = networks.iter().map(|(network, values)| {
        let lines = ranked(values, |value| value.dr)
            .into_iter()
            .map(|(name, value)| {
                let robust = Dot {
                    style: BLUE,
                    hollow: false,
                    value: value.dr,
                    interval: Some(value.dr_ci.ends()),
                    of: "doubly robust".into(),
                };
                let simulated = reward(network, name).map(|reward| Dot {
                    style: RED,
                    hollow: true,
                    value: reward,
                    interval: None,
                    of: "simulator".into(),
                });
                Line {
                    name: policy(name),
                    emphasised: name == "weir",
                    dots: simulated.into_iter().chain([robust]).collect(),
                }
            });
        let picture = Dots {
            title: format!("Value at logged turns on {network}"),
            unit: "reward of a turn".into(),
            rows: lines.collect(),
            references: Vec::new(),
            digits: 3,
            width: PANEL,
        };
        (network.to_string(), picture.draw())
    });
    let mut table = Table::new(
        "Values at held-out logged turns",
        &[
            "policy",
            "network",
            "doubly robust",
            "SNIPS",
            "doubly robust, scores clipped at 2",
            "simulator",
        ],
    );
    for (network, values) in &networks {
        for (name, value) in ranked(values, |value| value.dr) {
            let optional = |value: Option<f64>, ends: Option<Interval>| {
                let both = value.zip(ends);
                both.map_or("–".into(), |(value, ends)| {
                    interval(value, ends.ends(), 3)
                })
            };
            table.rows.push(vec![
                policy(name),
                (*network).into(),
                interval(value.dr, value.dr_ci.ends(), 3),
                optional(value.snips, value.snips_ci),
                optional(value.dr_clipped, value.dr_clipped_ci),
                reward(network, name).map_or("–".into(), |reward| fixed(reward, 3)),
            ]);
        }
    }
    Some(Figure {
        title: "What the logs say",
        text: "The value of one step at held-out logged turns, estimated doubly robustly with its 95 % interval, beside the reward that the simulator gives the same policy. Where the two disagree, the simulator is not to be trusted; intervals are wide, since the log has 352 turns.".into(),
        legend: legend(&[(BLUE, "doubly robust".into()), (RED, "simulator (outline)".into())]),
        pictures: pictures.collect(),
        tables: vec![table],
    })
}
