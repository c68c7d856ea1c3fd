use indicatif::ProgressBar;
use weir_core::Budget;
use weir_lab::{
    policies::Chooser,
    suite::{
        contest::{Played, Runs},
        kinds::Kind,
        policies::MostRelevant,
    },
    world::Noise,
};

use super::contest;
use crate::scenario;

fn all(runs: &Runs) -> impl Iterator<Item = &Played> {
    runs.iter().flatten()
}

#[test]
fn a_broken_limit_shows_as_excess_and_takes_the_reward_away() {
    let contest = contest(Kind::WiFi.scenario(&scenario(Noise::Full)), 20);
    let unmasked = &mut Chooser::UnmaskedCloudAll;
    let bar = ProgressBar::hidden();
    let tight = contest.runs(unmasked, &bar, |episode| {
        episode.conditions.budget = Budget {
            millis: Some(1),
            ..Budget::UNLIMITED
        };
    });
    let free = contest.runs(unmasked, &bar, |episode| {
        episode.conditions.budget = Budget::UNLIMITED;
    });
    for (tight, free) in all(&tight).zip(all(&free)) {
        let excess = tight.seconds * 1e3 - 1.0;
        assert!((tight.excess - excess).abs() < 1e-6 * excess);
        assert_eq!((tight.in_budget_reward, free.excess), (0.0, 0.0));
        assert_eq!(free.in_budget_reward, free.reward);
        assert_eq!((tight.reward, &tight.taken), (free.reward, &free.taken));
    }
}

#[test]
fn the_most_relevant_inputs_go_along_and_no_others() {
    let contest = contest(Kind::Wired.scenario(&scenario(Noise::None)), 20);
    let bar = ProgressBar::hidden();
    for count in 0..3 {
        let runs = contest.runs(&mut MostRelevant(count), &bar, |episode| {
            episode.conditions.budget = Budget::UNLIMITED;
        });
        for taken in all(&runs).flat_map(|played| &played.taken) {
            assert!(taken.action.is_cloud());
            assert_eq!(taken.action.uploads().len(), count.min(taken.attached));
        }
    }
}

#[test]
fn fixed_networks_differ_in_nothing_but_the_network() {
    let tasks = |kind: Kind| {
        contest(kind.scenario(&scenario(Noise::Full)), 10).each(
            &ProgressBar::hidden(),
            |episode, _| {
                let turns = episode.turns.into_iter();
                turns
                    .map(|turn| {
                        (
                            turn.task,
                            turn.tokens,
                            turn.inputs.len(),
                            turn.network.online,
                        )
                    })
                    .collect::<Vec<_>>()
            },
        )
    };
    let wired = tasks(Kind::Wired);
    assert!(wired.iter().flatten().flatten().all(|(.., online)| *online));
    assert_eq!(wired, tasks(Kind::FourG));
    let offline = tasks(Kind::Offline);
    assert!(
        offline
            .iter()
            .flatten()
            .flatten()
            .all(|(.., online)| !online)
    );
}
