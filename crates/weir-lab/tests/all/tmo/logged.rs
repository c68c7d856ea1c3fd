use weir_core::Task;
use weir_lab::{
    draws::Draws,
    tmo::{
        choice::Choice,
        costs::{Costs, Device, Network, association},
        estimator::Estimator,
        logged::{Judge, Row, Values, propensity},
        policies::{Constant, Policy},
        routers::routers,
        simulator::{Answered, Episode, Simulator, Turn},
        state::State,
        suite::untrained,
    },
};

use super::Made;

fn row(simulators: &[Simulator], network: Network, policy: &mut dyn Policy) -> Row {
    let mut values = Values::default();
    for simulator in simulators {
        values.begin(simulator);
        let sums = Judge::new(simulator).ask(network, policy);
        values.add(network, "it", sums);
    }
    values.rows()[&network]["it"]
}

/// What an answer by `choice` scores on average, in the world of [`logged_by_chance`].
fn truth(choice: Choice) -> f64 {
    [0.6, 1.3, 0.9, 1.2, 1.5][choice.arm()]
}

/// Dialogues answered by chance, the test ones as [`truth`] says, the training ones by scores that
/// are wrong by `bias`.
fn logged_by_chance(test: usize, bias: f64) -> Simulator {
    let draws = &mut Draws::new(8);
    let weights = Choice::ALL.map(|choice| propensity(choice) as f32);
    let mut turn = |bias: f64| {
        let choice = Choice::ALL[draws.pick(&weights)];
        let similarity = [0.2, 0.25, 0.15];
        Turn {
            task: Task::Query,
            similarity,
            association: association(&similarity),
            question: 0,
            answered: Answered {
                choice,
                score: (truth(choice) + bias + 0.2 * f64::from(draws.normal())).max(0.0),
            },
        }
    };
    let mut episodes = |count: usize, bias: f64| -> Vec<Episode> {
        let episode = |id: usize| Episode {
            id: id as i64,
            turns: (0..3).map(|_| turn(bias)).collect(),
        };
        (0..count).map(episode).collect()
    };
    let (train, test) = (episodes(60, bias), episodes(test, 0.0));
    let logged = train.iter().flat_map(|episode| &episode.turns);
    let logged = logged.map(|turn| {
        let Answered { choice, score } = turn.answered;
        (State::first(turn.task), choice, score)
    });
    Simulator {
        estimator: Estimator::fit(logged).unwrap(),
        questions: vec!["What now?".into()],
        train,
        test,
    }
}

#[test]
fn values_are_right_though_the_model_is_wrong() {
    let simulators = [logged_by_chance(3000, 0.7)];
    let costs = Costs::new(Device::JetsonTx2, Network::WiFi);
    for choice in Choice::ALL {
        let row = row(&simulators, Network::WiFi, &mut Constant(choice));
        let associated = simulators[0].test[0].turns[0].association[choice.place()];
        let expected = costs.reward(choice, truth(choice), associated);
        for (value, [low, high]) in [
            (row.dr, row.dr_ci),
            (row.snips.unwrap(), row.snips_ci.unwrap()),
            (row.dr_clipped, row.dr_clipped_ci),
        ] {
            assert!(
                low - 0.02 < expected && expected < high + 0.02,
                "{choice:?}: {expected} is not in {low} – {high}"
            );
            assert!(low < value && value < high && high - low < 0.3, "{row:?}");
        }
    }
}

#[test]
fn snips_of_a_constant_is_the_mean_of_the_turns_that_were_answered_so() {
    let simulators = [Made::new("logged-snips").simulator()];
    let costs = Costs::new(Device::JetsonTx2, Network::FiveG);
    for choice in Choice::ALL {
        let turns = simulators[0].test.iter().flat_map(|episode| &episode.turns);
        let rewards: Vec<f64> = turns
            .filter(|turn| turn.answered.choice == choice)
            .map(|turn| {
                let associated = turn.association[choice.place()];
                costs.reward(choice, turn.answered.score, associated)
            })
            .collect();
        let row = row(&simulators, Network::FiveG, &mut Constant(choice));
        assert_eq!(row.matched, rewards.len());
        let mean = rewards.iter().sum::<f64>() / rewards.len() as f64;
        match row.snips {
            Some(snips) => assert!((snips - mean).abs() < 1e-9, "{choice:?}: {snips}, {mean}"),
            None => assert!(rewards.is_empty(), "{choice:?}"),
        }
    }
}

#[test]
fn probabilities_of_the_log_sum_to_one() {
    let sum: f64 = Choice::ALL.into_iter().map(propensity).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{sum}");
}

#[test]
fn on_m4a1_the_values_are_those_that_were_measured_before() {
    let seeds: Vec<u64> = (1..=10).collect();
    let Some(simulators) = super::real(&seeds) else {
        return;
    };
    let text = Choice::ALL[1];
    for (network, choice, expected) in [
        (Network::Wired, text, 1.00),
        (Network::WiFi, text, 1.23),
        (Network::Wired, Choice::LOCAL, 0.64),
    ] {
        let row = row(&simulators, network, &mut Constant(choice));
        let [low, high] = row.dr_ci;
        assert!((low..high).contains(&expected), "{network:?}: {row:?}");
        assert!((row.dr - expected).abs() < 0.06, "{network:?}: {row:?}");
    }
}

#[test]
fn every_policy_can_be_asked() {
    let simulator = Made::new("logged-all").simulator();
    let judge = Judge::new(&simulator);
    let policies = untrained(&simulator, 1)
        .into_iter()
        .chain(routers(&simulator, 1));
    for (name, mut policy) in policies {
        let sums = judge.ask(Network::FourG, policy.as_mut());
        assert_eq!(sums.len(), simulator.test.len());
        for (sums, episode) in sums.iter().zip(&simulator.test) {
            assert_eq!(sums.turns, episode.turns.len() as f64, "{name}");
            assert!(
                sums.dr.is_finite() && sums.matched <= episode.turns.len(),
                "{name}"
            );
        }
    }
}
