use indicatif::ProgressBar;
use weir_lab::{
    environment::Environment,
    tmo::{
        choice::Choice,
        costs::Network,
        evaluation::{Played, play},
        policies::Greedy,
        practice::Practice,
        world::{Trained, World},
    },
    train::{School, Settings, train},
};
use weir_policy::TrainedPolicy;

use super::Made;

#[test]
fn dialogues_are_put_together_of_the_turns_of_training_dialogues() {
    let simulator = Made::new("tmo-put-together").simulator();
    let practice = Practice::new(&simulator, 1);
    let (mut logged, mut put_together) = (0, 0);
    for seed in 0..200 {
        let world = World::new(&practice, seed);
        let episode = world.dialogue().episode();
        let turns = || simulator.train.iter().flat_map(|episode| &episode.turns);
        assert!(
            episode
                .turns
                .iter()
                .all(|turn| turns().any(|known| known == turn))
        );
        let like = simulator
            .train
            .iter()
            .find(|known| known.id == episode.id)
            .unwrap();
        assert_eq!(episode.turns.len(), like.turns.len());
        *(if like == episode {
            &mut logged
        } else {
            &mut put_together
        }) += 1;
    }
    assert!(logged > 0 && put_together > 100);
}

#[test]
fn the_teacher_values_the_last_turn_by_its_reward() {
    let simulator = Made::new("tmo-teacher").simulator();
    let practice = Practice::new(&simulator, 1);
    let school = &practice;
    let mut lasts = 0;
    for seed in 0..40 {
        let mut world = school.world(seed);
        while world.dialogue().turns_left() > 0 {
            world.step(0);
        }
        let worths = school.worths(&(), &world);
        for choice in Choice::ALL {
            if world.dialogue().allows(choice) {
                let reward = world.dialogue().reward(choice) as f32;
                assert!((worths[choice.place()] - reward).abs() < 1e-6);
                lasts += 1;
            }
        }
    }
    assert!(lasts > 40);
}

#[test]
fn a_policy_that_was_trained_here_is_better_than_greedy_on_dialogues_it_never_saw() {
    let simulator = Made::new("tmo-practice").simulator();
    let practice = Practice::new(&simulator, 1);
    let settings = Settings {
        seed: 1,
        steps: 4096,
        imitation_steps: 20_000,
        hidden: 64,
        validation: 100,
    };
    let trained = train(&settings, &&practice, &ProgressBar::hidden()).unwrap();
    let mut policy = Trained(TrainedPolicy::new(trained.network));
    let reward = |played: Vec<Played>| played.iter().map(|played| played.reward).sum::<f64>();
    let (mut ours, mut greedy) = (0.0, 0.0);
    for network in Network::ALL {
        let played = play(&simulator, network, &mut policy);
        assert!(played.iter().all(|played| played.excess == 0.0));
        ours += reward(played);
        greedy += reward(play(&simulator, network, &mut Greedy::Masked));
    }
    assert!(ours > greedy, "{ours} is not above {greedy}");
}
