use proptest::prelude::*;
use weir_core::Task;
use weir_lab::{
    draws::Draws,
    tmo::{
        choice::Choice,
        costs::{Budget, Costs, Device, Network, association},
        dialogue::Dialogue,
        estimator::Estimator,
        simulator::{Answered, Episode, Turn},
        state::State,
    },
};

/// Local always scores ½, the cloud more with each view.
fn estimator() -> Estimator {
    let turn = |choice: Choice| {
        let score = 0.5 + 0.25 * choice.arm() as f64;
        std::iter::repeat_n((State::first(Task::Query), choice, score), 5)
    };
    Estimator::fit(Choice::ALL.into_iter().flat_map(turn)).unwrap()
}

fn episode(turns: usize) -> Episode {
    let similarity = [0.2, 0.25, 0.15];
    let turn = Turn {
        task: Task::Query,
        similarity,
        association: association(&similarity),
        question: 0,
        answered: Answered {
            choice: Choice::LOCAL,
            score: 0.5,
        },
    };
    Episode {
        id: 1,
        turns: vec![turn; turns],
    }
}

#[test]
fn ten_local_turns_take_ten_times_as_long_as_one() {
    let (estimator, episode) = (estimator(), episode(10));
    let costs = Costs::new(Device::JetsonTx2, Network::Wired);
    let mut dialogue = Dialogue::new(&estimator, &episode, costs, Budget::TEST);
    for turn in 1..=10 {
        assert_eq!(dialogue.step(Choice::LOCAL).done, turn == 10);
    }
    assert!((dialogue.seconds() - 10.0 * 0.011_428_571).abs() < 1e-6);
    assert!((dialogue.usd() - 10.0 * 7.943e-9).abs() < 1e-11);
}

#[test]
fn what_is_done_enters_the_state_and_the_totals() {
    let (estimator, mut episode) = (estimator(), episode(3));
    episode.turns[1].task = Task::Recommendation;
    let costs = Costs::new(Device::JetsonTx2, Network::FourG);
    let mut dialogue = Dialogue::new(&estimator, &episode, costs, Budget::TEST);
    let none = [-1; 5];
    let state = |turns: [[i8; 5]; 5]| turns.concat();
    let begun = [-1, 0, 0, 0, 2];
    assert_eq!(
        dialogue.state().numbers()[..],
        state([none, none, none, none, begun])
    );
    let views_0_and_2 = Choice::ALL[6];
    let step = dialogue.step(views_0_and_2);
    assert!((step.response - 1.25).abs() < 1e-9, "two views");
    let second = [1, 1, 0, 1, 3];
    assert_eq!(
        dialogue.state().numbers()[..],
        state([none, none, none, begun, second])
    );
    assert!(!dialogue.step(Choice::LOCAL).over_budget);
    assert_eq!(
        dialogue.state().numbers()[..],
        state([none, none, begun, second, [0, 0, 0, 0, 2]])
    );
    let last = dialogue.step(Choice::ALL[8]);
    assert!(
        last.done && last.over_budget,
        "17.6 s and 19.6 s are more than 30 s"
    );
    let expected = 17.636 + 0.011_428_571 + 19.573;
    assert!((dialogue.seconds() - expected).abs() < 1e-6);
    assert!((dialogue.excess() - (expected - 30.0) / 30.0).abs() < 1e-6);
}

#[test]
fn the_reward_weighs_response_association_latency_and_usage() {
    let costs = Costs::new(Device::JetsonTx2, Network::WiFi);
    let least = costs.reward(Choice::LOCAL, 0.0, 0.0);
    assert!(
        least.abs() < 1e-12,
        "local is the quickest and the cheapest"
    );
    let most = costs.reward(Choice::ALL[8], 2.0, 1.0);
    assert!((most - (2.0 + 1.0 / 3.0 - 2.0 / 3.0)).abs() < 1e-12);
    let shares = association(&[0.2, 0.25, 0.15]);
    assert_eq!((shares[0], shares[1], shares[8]), (0.0, 0.0, 1.0));
    assert!((shares[5] - 0.75).abs() < 1e-12);
}

#[test]
fn training_budgets_lie_around_the_middle_of_five_turns() {
    let costs = Costs::new(Device::JetsonTx2, Network::FourG);
    let draws = &mut Draws::new(1);
    let seconds: Vec<f64> = (0..2000)
        .map(|_| Budget::drawn(&costs, draws).seconds)
        .collect();
    let (low, high) = (5.0 * 0.011_428_571, 5.0 * 19.573);
    let mean = seconds.iter().sum::<f64>() / 2000.0;
    assert!((mean - f64::midpoint(low, high)).abs() < 1.5, "{mean}");
    let within = low - 1e-6..=high + 1e-6;
    assert!(seconds.iter().all(|seconds| within.contains(seconds)));
    let near = seconds
        .iter()
        .filter(|seconds| (*seconds - mean).abs() < (high - low) / 6.0);
    assert!((0.63..0.73).contains(&(near.count() as f64 / 2000.0)));
}

proptest! {
    #[test]
    fn the_mask_allows_just_what_can_still_be_finished_locally(
        turns in 1..7_usize,
        network in 0..4_usize,
        seconds in 0.0..60.0,
        usd in 0.0..0.1,
        picks in prop::collection::vec(any::<prop::sample::Index>(), 7),
    ) {
        let (estimator, episode) = (estimator(), episode(turns));
        let costs = Costs::new(Device::JetsonTx2, Network::ALL[network]);
        let budget = Budget { seconds, usd };
        let mut dialogue = Dialogue::new(&estimator, &episode, costs, budget);
        let possible = dialogue.allows(Choice::LOCAL);
        for pick in picks {
            for choice in Choice::ALL {
                let mut finished = dialogue.clone();
                let mut step = finished.step(choice);
                while !step.done {
                    step = finished.step(Choice::LOCAL);
                }
                prop_assert_eq!(dialogue.allows(choice), !step.over_budget);
            }
            let allowed = dialogue.allowed();
            let step = dialogue.step(*pick.get(&allowed));
            prop_assert!(!(possible && step.over_budget));
            if step.done {
                break;
            }
        }
    }
}
