//! Figures by subject. Each is made where the files say something of it.

pub(super) mod ablations;
pub(super) mod budgets;
pub(super) mod compliance;
pub(super) mod cost_quality;
pub(super) mod domains;
pub(super) mod gap;
pub(super) mod known;
pub(super) mod learning;
pub(super) mod logged;
pub(super) mod physics;
pub(super) mod rewards;
pub(super) mod scaling;
pub(super) mod trained;

use super::{
    figure::Figure,
    results::{Named, Results},
};

/// The title of a file's section, and what it is about.
pub(super) fn heading(results: &Results) -> (String, String) {
    match results {
        Results::Tmo(_) => (
            "TMO’s simulator".into(),
            "Response scores are those of the five nearest logged turns, seconds and dollars come from fixed tables for each network, and a dialogue may take 30 s and 0.05 $. Every policy answers the same test dialogues of each seed. One-step greedy, without a mask, is the nearest-neighbour router. The simulator says how policies compare in TMO’s own game, not how good their replies are.".into(),
        ),
        Results::Weir(weir) => {
            let scenario = weir.scenario.as_deref().unwrap_or("unnamed");
            let dialogues = weir.dialogues_per_seed.map_or(String::new(), |count| {
                format!(" Each seed has {count} dialogues.")
            });
            (
                format!("Weir’s world: {scenario}"),
                format!("True transitions, latency as physics, prices, devices and networks drawn anew for each dialogue; rewards in absolute units.{dialogues}"),
            )
        }
        Results::Scaling(_) => (
            "Scenarios of other sizes".into(),
            "More inputs, more kinds of turns, longer dialogues, by one set of weights.".into(),
        ),
        Results::Training(_) => (
            "The trained policy, as it was judged".into(),
            "What training itself measured of the weights that it wrote, on dialogues that were not trained on.".into(),
        ),
    }
}

/// The figures of a file.
pub(super) fn figures(results: &Results) -> Vec<Figure> {
    let figures = match results {
        Results::Tmo(tmo) => vec![
            rewards::figure(&tmo.networks, "oracle_in_budget"),
            rewards::paired(&tmo.networks),
            gap::figure(&tmo.networks, "oracle_in_budget", Some(super::targets::GAP)),
            compliance::figure(&tmo.networks),
            cost_quality::scatter(&tmo.networks, &tmo.threshold_curve),
            budgets::rewards(&tmo.grid, &tmo.monotone_violations),
            budgets::mix(&tmo.grid),
            learning::figure(&tmo.training),
            logged::figure(&tmo.logged, &tmo.networks),
        ],
        Results::Weir(weir) => vec![
            rewards::figure(&weir.networks, "planner"),
            rewards::paired(&weir.networks),
            gap::figure(&weir.networks, "planner", None),
            compliance::figure(&weir.networks),
            cost_quality::curves(&weir.cost_quality, &weir.routing),
            cost_quality::scatter(&weir.networks, &Named::new()),
            budgets::rewards(&weir.grid, &weir.monotone_violations),
            budgets::mix(&weir.grid),
            physics::uplink(&weir.uplink),
            physics::noise(weir.noise.as_ref(), weir.offline),
            ablations::figure(&weir.ablations, weir.ablation_size),
            domains::figure(&weir.left_out, weir.left_out_size),
            known::figure(&weir.known_truth),
        ],
        Results::Scaling(scaling) => {
            let packs = scaling.packs.iter();
            let rows = packs.map(|(name, pack)| (name.clone(), pack.policies.clone()));
            vec![
                scaling::figure(&scaling.packs),
                gap::figure(&rows.collect(), "planner", None),
            ]
        }
        Results::Training(training) => {
            vec![trained::rewards(training), trained::curve(&training.curve)]
        }
    };
    figures.into_iter().flatten().collect()
}
