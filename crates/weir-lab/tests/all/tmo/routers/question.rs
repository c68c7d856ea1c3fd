use weir_lab::tmo::{
    choice::Choice,
    costs::{Budget, Costs, Device, Network},
    dialogue::Dialogue,
    logged::Responses,
    policies::Policy,
    routers::question::Question,
};

use crate::tmo::Made;

#[test]
fn it_takes_the_best_allowed_action_by_the_response_model() {
    let simulator = Made::new("question").simulator();
    let mut policy = Question::fit(&simulator);
    let responses = Responses::fit(&simulator, 2.0);
    let costs = Costs::new(Device::JetsonTx2, Network::FourG);
    for episode in &simulator.test {
        let mut dialogue = Dialogue::new(&simulator.estimator, episode, costs, Budget::TEST);
        loop {
            let turn = dialogue.turn();
            let reward = |choice: Choice| {
                let association = turn.association[choice.place()];
                costs.reward(choice, responses.expect(turn, choice), association)
            };
            let choice = policy.choose(&dialogue);
            let allowed = dialogue.allowed();
            assert!(allowed.contains(&choice));
            assert!(allowed.iter().all(|other| reward(*other) <= reward(choice)));
            let step = dialogue.step(choice);
            assert!(!step.over_budget);
            if step.done {
                break;
            }
        }
    }
}
