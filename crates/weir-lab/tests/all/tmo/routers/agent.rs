use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use weir_lab::tmo::{
    choice::Choice,
    costs::{Budget, Costs, Device, Network},
    dialogue::Dialogue,
    policies::Policy,
    routers::agent::{Adviser, Agent, of_arm, prompt},
};

use crate::tmo::Made;

#[test]
fn the_prompt_says_what_is_asked_what_is_left_and_what_options_take() {
    let simulator = Made::new("agent-prompt").simulator();
    let episode = simulator
        .test
        .iter()
        .find(|episode| episode.turns.len() > 2);
    let costs = Costs::new(Device::JetsonTx2, Network::FourG);
    let episode = episode.unwrap();
    let mut dialogue = Dialogue::new(&simulator.estimator, episode, costs, Budget::TEST);
    let first = prompt(&dialogue, "Is anyone home?");
    for part in [
        "The whole dialogue may take 30 s and 5.0 cents",
        "1: device, 0.0 s, 0.00 cents",
        "2: cloud, text only, 0.5 s, 0.05 cents",
        "5: cloud, 3 pictures, 19.6 s, 1.37 cents",
        "Is anyone home?",
        "Turns after this: some. Time left: plenty. Money left: plenty.",
    ] {
        assert!(first.contains(part), "“{part}” is not in:\n{first}");
    }
    dialogue.step(Choice::ALL[4]);
    let second = prompt(&dialogue, "Is anyone home?");
    let expected = "Time left: some. Money left: plenty.";
    assert!(second.ends_with(expected), "{second}");
    dialogue.step(Choice::ALL[8]);
    let third = prompt(&dialogue, "Is anyone home?");
    assert!(
        third.ends_with("Time left: none. Money left: some."),
        "{third}"
    );
}

#[test]
fn the_views_that_go_along_are_the_most_similar_to_the_question() {
    let simulator = Made::new("agent-views").simulator();
    let costs = Costs::new(Device::JetsonTx2, Network::WiFi);
    for episode in &simulator.test {
        let dialogue = Dialogue::new(&simulator.estimator, episode, costs, Budget::TEST);
        let similarity = dialogue.turn().similarity;
        for arm in 0..5 {
            let choice = of_arm(&dialogue, arm);
            assert_eq!(choice.arm(), arm);
            let least = choice.uploads().slots().map(|view| similarity[view]);
            let least = least.fold(f64::INFINITY, f64::min);
            let others = (0..3).filter(|view| !choice.uploads().contains(*view));
            assert!(arm < 2 || others.into_iter().all(|view| similarity[view] <= least));
        }
    }
}

#[test]
fn the_model_is_asked_once_for_each_prompt() {
    let Some(file) = model_file() else {
        return;
    };
    let simulator = Made::new("agent-model").simulator();
    let adviser = Arc::new(Mutex::new(Adviser::open(&file).unwrap()));
    let mut agent = Agent::new(adviser.clone(), simulator.questions.clone());
    let costs = Costs::new(Device::JetsonTx2, Network::WiFi);
    let episode = &simulator.test[0];
    let dialogue = Dialogue::new(&simulator.estimator, episode, costs, Budget::TEST);
    let first = agent.choose(&dialogue);
    assert_eq!(agent.choose(&dialogue), first);
    let summary = adviser.lock().unwrap().summary();
    assert_eq!((summary.prompts, summary.failures), (1, 0));
    assert_eq!(summary.answers[first.arm()], 1);
}

/// `$WEIR_MODEL`, or the model in the user's cache folder. `None`, with a message, if it is not there.
fn model_file() -> Option<PathBuf> {
    let named = std::env::var_os("WEIR_MODEL").map(PathBuf::from);
    let file = named.or_else(|| {
        let home = PathBuf::from(std::env::var_os("HOME")?);
        Some(home.join(".cache/weir/models/SmolLM2-135M-Instruct.Q4_1.gguf"))
    })?;
    if !file.exists() {
        eprintln!("skipped: {} is not there", file.display());
        return None;
    }
    Some(file)
}
