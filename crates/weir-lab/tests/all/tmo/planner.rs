use weir_lab::tmo::{
    choice::Choice,
    costs::{Budget, Costs, Device, Network},
    dialogue::Dialogue,
    evaluation::play,
    planner::{Chain, Planner},
    policies::{Greedy, Policy},
};

use super::Made;

#[test]
fn without_looking_ahead_it_is_greedy_within_the_mask() {
    let simulator = Made::new("tmo-myopic").simulator();
    for network in Network::ALL {
        let planned = play(&simulator, network, &mut Planner::new(&simulator, 0));
        assert_eq!(planned, play(&simulator, network, &mut Greedy::Masked));
    }
}

#[test]
fn what_an_action_is_worth_is_its_reward_and_the_mean_best_of_the_next_turn() {
    let simulator = Made::new("tmo-expectimax").simulator();
    let costs = Costs::new(Device::JetsonTx2, Network::WiFi);
    let chain = Chain::of(&simulator.train);
    let episode = simulator
        .test
        .iter()
        .find(|episode| episode.turns.len() == 2);
    let episode = episode.unwrap();
    let dialogue = Dialogue::new(&simulator.estimator, episode, costs, Budget::TEST);
    let worths = Planner::new(&simulator, 1).worths(&dialogue);
    let average = weir_lab::tmo::costs::association(&simulator.mean_similarity());
    for choice in Choice::ALL {
        let next = |task| {
            let state = dialogue.state().after(choice, task);
            let reward = |choice: Choice| {
                let response = simulator.estimator.response(&state, choice);
                costs.reward(choice, response, average[choice.place()])
            };
            Choice::ALL.map(reward).into_iter().fold(f64::MIN, f64::max)
        };
        let tasks = weir_core::Task::ALL
            .iter()
            .zip(chain.after(episode.turns[0].task));
        let ahead: f64 = tasks.map(|(task, share)| share * next(*task)).sum();
        let expected = dialogue.reward(choice) + ahead;
        assert!((worths[choice.place()].unwrap() - expected).abs() < 1e-12);
    }
}

#[test]
fn what_the_mask_forbids_is_worth_nothing_and_is_not_done() {
    let simulator = Made::new("tmo-plan-mask").simulator();
    let costs = Costs::new(Device::JetsonTx2, Network::FourG);
    let budget = Budget {
        seconds: 0.6,
        usd: 0.05,
    };
    let mut planner = Planner::new(&simulator, 2);
    let dialogue = Dialogue::new(&simulator.estimator, &simulator.test[0], costs, budget);
    let worths = planner.worths(&dialogue);
    for choice in Choice::ALL {
        assert_eq!(worths[choice.place()].is_some(), dialogue.allows(choice));
    }
    let broke = Budget {
        seconds: 0.0,
        usd: 0.0,
    };
    let dialogue = Dialogue::new(&simulator.estimator, &simulator.test[0], costs, broke);
    assert_eq!(planner.choose(&dialogue), Choice::LOCAL);
}

#[test]
fn a_task_is_followed_as_in_the_training_dialogues() {
    let simulator = Made::new("tmo-chain").simulator();
    let chain = Chain::of(&simulator.train);
    let pairs = || {
        let episodes = simulator.train.iter();
        episodes.flat_map(|episode| {
            episode
                .turns
                .windows(2)
                .map(|pair| (pair[0].task, pair[1].task))
        })
    };
    for task in weir_core::Task::ALL.into_iter().take(4) {
        let after = chain.after(task);
        assert!((after.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let commonest = (0..4).max_by_key(|next| {
            pairs()
                .filter(|(one, other)| (*one, other.index()) == (task, *next))
                .count()
        });
        let likeliest = (0..4).max_by(|one, other| after[*one].total_cmp(&after[*other]));
        assert_eq!(commonest, likeliest);
    }
}
