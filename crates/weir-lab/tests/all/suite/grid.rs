use std::collections::BTreeMap;

use indicatif::ProgressBar;
use weir_lab::{
    resampling::nested::Resamples,
    suite::{
        grid::{Grid, Sample, Shares, budgets, limits, scenario as calm},
        policies::of_budgets,
    },
    tmo::{grid::Played, suite::untrained},
    world::Noise,
};

use super::{contest, weir};
use crate::{scenario, tmo::Made};

#[test]
fn no_dialogue_that_can_be_kept_is_broken_and_more_money_or_time_is_worth_no_less() {
    let contest = contest(calm(&scenario(Noise::Full)), 10);
    let grid = budgets(&contest, &mut of_budgets(weir()), &ProgressBar::hidden());
    assert_eq!(grid.cells.len(), 30);
    for cell in &grid.cells {
        for (name, row) in &cell.policies {
            assert_eq!(row.over_budget_rate, 0.0, "{name}, {:?}", cell.limits);
            let Shares {
                local,
                text,
                some,
                all,
            } = row.shares;
            assert!((local + text + some + all - 1.0).abs() < 1e-9);
        }
    }
    let (tightest, widest) = (&grid.cells[0], &grid.cells[29]);
    assert!(tightest.feasible_share > 0.0 && widest.feasible_share == 1.0);
    let gained = widest.policies["weir"].reward - tightest.policies["weir"].reward;
    assert!(gained > 0.2, "{gained}");
    assert!(widest.policies["weir"].shares.local < tightest.policies["weir"].shares.local);
    let decrease = &grid.monotone_violations["weir"];
    assert_eq!(decrease.steps, 49);
    assert!(decrease.ci[0] <= 0.0, "{decrease:?}");
}

#[test]
fn a_larger_budget_that_is_worth_less_is_found() {
    let played: Vec<_> = limits()
        .map(|limits| {
            let worse = limits.seconds == 20.0 && limits.usd >= 0.01;
            let sample = |dialogue: usize| Sample {
                reward: limits.usd + dialogue as f64 - if worse { 0.5 } else { 0.0 },
                over_budget: 0.0,
                feasible: true,
                shares: Shares::default(),
            };
            let samples = vec![(0..10).map(sample).collect::<Vec<_>>(); 3];
            (limits, BTreeMap::from([("it".to_owned(), samples)]))
        })
        .collect();
    let grid = Grid::of(&played, &Resamples::draw(&[10; 3], 1));
    let decrease = &grid.monotone_violations["it"];
    assert!(
        (decrease.largest_decrease - 0.5).abs() < 1e-9,
        "{decrease:?}"
    );
    assert_eq!((decrease.from.seconds, decrease.to.seconds), (10.0, 20.0));
    assert!(decrease.ci[0] > 0.0);
    assert_eq!(decrease.significant, 4);
}

#[test]
fn in_the_simulator_of_tmo_too_limits_are_kept_and_the_oracle_gains_from_all() {
    let made = Made::new("grid");
    let simulator = made.simulator();
    let mut policies = untrained(&simulator, 1);
    let mut played = Played::default();
    let bar = ProgressBar::hidden();
    played.add(&simulator, &mut policies, &bar);
    assert_eq!(bar.position() as usize, Played::plays(&policies));
    let grid = played.grid();
    let names: Vec<&String> = grid.cells[0].policies.keys().collect();
    assert_eq!(names, ["greedy_mask", "local", "oracle_in_budget"]);
    for cell in &grid.cells {
        let reward = |name: &str| cell.policies[name].reward;
        assert!(reward("oracle_in_budget") >= reward("greedy_mask"));
        assert!(reward("oracle_in_budget") >= reward("local"));
        for row in cell.policies.values() {
            assert_eq!(row.over_budget_rate, 0.0);
        }
    }
    let oracle = &grid.monotone_violations["oracle_in_budget"];
    assert!(oracle.largest_decrease <= 0.0, "{oracle:?}");
}
