use std::collections::BTreeSet;

use indicatif::ProgressBar;
use weir_lab::{
    checks::LocalQuality,
    suite::{
        domains::{DOMAINS, leave_out, mixture, scenarios, work},
        training::Size,
    },
    train::School,
};

#[test]
fn each_domain_is_left_out_once() {
    let size = Size {
        seeds: 1,
        steps: 2048,
        imitation_steps: 1000,
        hidden: 16,
        dialogues: 20,
    };
    let scenarios = scenarios(&LocalQuality::shipped().unwrap()).unwrap();
    let bar = ProgressBar::hidden();
    let left_out = leave_out(&scenarios, size, &bar).unwrap();
    assert_eq!(bar.position(), work(size));
    let names: Vec<&str> = left_out.iter().map(|left| left.scenario.as_str()).collect();
    assert_eq!(names, DOMAINS);
    for left in &left_out {
        assert_eq!(left.policies.len(), 4);
        let row = |name: &str| &left.policies[name];
        assert_eq!(row("trained_on_all").behind_all, 0.0);
        let behind = row("trained_on_all").reward - row("trained_without_it").reward;
        assert!((row("trained_without_it").behind_all - behind).abs() < 1e-9);
        for row in left.policies.values() {
            assert!(row.over_budget_rate <= 0.05, "{row:?}");
        }
    }
}

#[test]
fn a_mixture_has_dialogues_of_every_part_and_of_no_other() {
    let mut scenarios = scenarios(&LocalQuality::shipped().unwrap()).unwrap();
    scenarios.pop();
    let school = mixture(scenarios);
    let seen: BTreeSet<String> = (0..60)
        .map(|seed| school.world(seed).scenario().pack.name().to_owned())
        .collect();
    let seen: Vec<&str> = seen.iter().map(String::as_str).collect();
    assert_eq!(seen, ["kitchen", "workshop"]);
}
