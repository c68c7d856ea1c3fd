//! Greedy by a response model that knows the prompt.

use crate::{
    statistics::SCORE_CLIP,
    tmo::{
        choice::Choice,
        dialogue::Dialogue,
        logged::Responses,
        policies::{Policy, best},
        simulator::Simulator,
    },
};

/// Takes the allowed action of highest reward, by what the response model expects of the turn's own
/// question. In the simulator, whose truth does not know the question, that is a handicap; at logged
/// turns it is what an honest estimate would choose.
#[derive(Clone, Debug)]
pub struct Question(Responses);

impl Question {
    /// By the training dialogues, with scores clipped as everywhere in the lab.
    #[must_use]
    pub fn fit(simulator: &Simulator) -> Self {
        Self(Responses::fit(simulator, f64::from(SCORE_CLIP)))
    }
}

impl Policy for Question {
    fn choose(&mut self, dialogue: &Dialogue<'_>) -> Choice {
        let turn = dialogue.turn();
        let reward = |choice: Choice| {
            let association = turn.association[choice.place()];
            let response = self.0.expect(turn, choice);
            dialogue.costs().reward(choice, response, association)
        };
        best(dialogue.allowed(), reward)
    }
}
