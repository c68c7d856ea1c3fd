//! Playing a dialogue.

use std::sync::Arc;

use weir_core::{
    Action, DeviceEstimate, Mask, Observation, PastTurn, Spending, TaskMix, mask::Rules,
};
use weir_policy::{ResponseModel, forecasts};

use super::{Episode, Scenario, TurnPlan, conditions::OUTPUT_LIMIT};
use crate::environment::{Environment, Outcome};

/// A dialogue being played.
#[derive(Debug)]
pub struct World {
    scenario: Arc<Scenario>,
    episode: Episode,
    /// What is expected of replies, the dialogue's own local model being known.
    response: ResponseModel,
    dialogue_tokens: u32,
    observation: Observation,
    /// What a policy sees, where something is hidden from it.
    seen: Option<Observation>,
    mask: Mask,
}

/// The longest prompt that the local model takes; longer dialogues lose their oldest turns.
pub(super) const LONGEST_PROMPT: u32 = 1536;
/// Tokens of the system prompt and of the template around each turn.
const AROUND: u32 = 32;
/// Round trips that a call takes and that may be late, as [`weir_core::NetworkEstimate`] counts.
const ROUND_TRIPS: f32 = 4.0;

impl World {
    /// A world of dialogues of `scenario`, at the first turn of the one that `seed` names.
    #[must_use]
    pub fn new(scenario: Arc<Scenario>, seed: u64) -> Self {
        let episode = Episode::draw(&scenario, seed);
        Self::at(scenario, episode)
    }

    /// At the first turn of `episode`, which may have been changed since it was drawn: to see what
    /// a limit or a network does, all else being equal.
    #[must_use]
    pub fn at(scenario: Arc<Scenario>, episode: Episode) -> Self {
        let response = scenario
            .response
            .with_capability(episode.conditions.capability);
        let (observation, mask) = open(&response, &episode);
        let mut world = Self {
            scenario,
            episode,
            response,
            dialogue_tokens: AROUND,
            observation,
            seen: None,
            mask,
        };
        world.hide();
        world
    }

    /// Brings up to date what a policy sees. Mask, costs and rewards follow from what is there.
    fn hide(&mut self) {
        let hidden = self.scenario.hidden;
        self.seen = hidden.map(|sense| sense.hidden_from(&self.observation, self));
    }

    /// The dialogue that is played, to come and past.
    #[must_use]
    pub const fn episode(&self) -> &Episode {
        &self.episode
    }

    /// The scenario it is played in.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// What is expected of replies in this dialogue.
    #[must_use]
    pub const fn response(&self) -> &ResponseModel {
        &self.response
    }

    pub(super) fn turn(&self) -> &TurnPlan {
        let last = self.episode.turns.len() - 1;
        &self.episode.turns[(self.observation.turns_done as usize).min(last)]
    }

    /// Whether the action can be taken at all, whatever it costs.
    fn possible(&self, action: Action) -> bool {
        match action {
            Action::Local => self.turn().device_ready,
            Action::Cloud(_) => self.turn().network.online,
        }
    }

    /// Tokens that a reply turns out to have, of `expected` ones.
    fn length(&self, expected: u32) -> u32 {
        let luck = self.turn().luck.length;
        if luck == 0.0 {
            return expected.min(OUTPUT_LIMIT);
        }
        let spread = self.scenario.pack.spreads.length_spread;
        ((expected as f32 * around_one(spread, luck)) as u32).clamp(1, OUTPUT_LIMIT)
    }

    /// Answers the current turn by `action`: the outcome, what it spent, and the reply's tokens.
    fn answer(&self, index: usize) -> (Outcome, Spending, u32) {
        let observation = &self.observation;
        let forecast = observation.forecasts[index];
        let turn = self.turn();
        if !self.possible(forecast.action) {
            let refused = Outcome {
                reward: 0.0,
                mean_reward: 0.0,
                score: 0.0,
                done: false,
                over_budget: false,
            };
            return (refused, Spending::ZERO, 0);
        }
        let capability = self.episode.conditions.capability;
        let response = self.scenario.truth(turn).with_capability(capability);
        let truth = TaskMix::certain(turn.task);
        let outlook = self
            .episode
            .conditions
            .outlook(turn, observation.prompt_tokens);
        let tokens = self.length(response.tokens(&truth, forecast.action));
        let bill = outlook.bill(forecast.action, tokens);
        let late = if forecast.action.is_cloud() {
            (ROUND_TRIPS * turn.network.jitter_ms / 1e3 * turn.luck.jitter).max(0.0)
        } else {
            0.0
        };
        let seconds = bill.seconds + late;
        let expected = response.expect(
            &truth,
            forecast.action,
            &observation.attached,
            &observation.relevance,
        );
        let spread = self.scenario.pack.spreads.score_spread;
        let score = expected.quality * around_one(spread, turn.luck.score);
        let reward = |score| {
            let usd = bill.usd.as_usd() as f32;
            observation
                .dial
                .reward(score, expected.association, seconds, usd)
        };
        let spent = Spending {
            usd: bill.usd,
            millis: (seconds * 1e3).ceil() as u64,
            bytes: forecast.worst.bytes,
            images: forecast.worst.images,
        };
        let outcome = Outcome {
            reward: reward(score),
            mean_reward: reward(expected.quality),
            score,
            done: false,
            over_budget: false,
        };
        (outcome, spent, tokens)
    }
}

impl Environment for World {
    fn begin(&mut self, seed: u64) {
        *self = Self::new(self.scenario.clone(), seed);
    }

    fn observation(&self) -> &Observation {
        self.seen.as_ref().unwrap_or(&self.observation)
    }

    fn mask(&self) -> &Mask {
        &self.mask
    }

    fn step(&mut self, action: usize) -> Outcome {
        let (mut outcome, spent, tokens) = self.answer(action);
        let turn = self.turn();
        let past = PastTurn {
            action: self.observation.forecasts[action].action,
            task: turn.mix,
        };
        self.dialogue_tokens += turn.tokens + tokens + AROUND;
        let observation = &mut self.observation;
        observation.committed = observation.committed.plus(spent);
        outcome.over_budget = !observation.budget.allows(observation.committed);
        observation.history.push(past);
        if observation.history.len() > Observation::HISTORY {
            observation.history.remove(0);
        }
        observation.turns_done += 1;
        outcome.done = observation.turns_done as usize >= self.episode.turns.len();
        if !outcome.done {
            look(
                &self.response,
                &self.episode,
                self.dialogue_tokens,
                &mut self.observation,
            );
            self.mask = Mask::new(&self.observation, &Rules::OPEN);
        }
        self.hide();
        outcome
    }
}

/// A log-normal factor of mean 1, `luck` being standard normal.
fn around_one(spread: f32, luck: f32) -> f32 {
    (spread * luck - spread * spread / 2.0).exp()
}

/// The first turn of an episode.
fn open(response: &ResponseModel, episode: &Episode) -> (Observation, Mask) {
    let first = &episode.turns[0];
    let conditions = &episode.conditions;
    let mut observation = Observation {
        history: Vec::new(),
        task: first.mix,
        attached: Vec::new(),
        relevance: Vec::new(),
        prompt_tokens: 0,
        longest_local_prompt: LONGEST_PROMPT,
        turns_done: 0,
        turns_left: 0.0,
        budget: conditions.budget,
        committed: Spending::ZERO,
        network: first.network,
        cloud: conditions.cloud,
        device: conditions.device,
        forecasts: Vec::new(),
        dial: conditions.dial,
    };
    look(response, episode, AROUND, &mut observation);
    let mask = Mask::new(&observation, &Rules::OPEN);
    (observation, mask)
}

/// Fills in what the turn at `observation.turns_done` looks like.
fn look(
    response: &ResponseModel,
    episode: &Episode,
    dialogue_tokens: u32,
    observation: &mut Observation,
) {
    let done = observation.turns_done as usize;
    let turn = &episode.turns[done];
    observation.prompt_tokens = (dialogue_tokens + turn.tokens).min(LONGEST_PROMPT);
    observation.turns_left = (episode.turns.len() - done - 1) as f32;
    observation.task = turn.mix;
    observation.attached = turn.inputs.iter().map(|input| input.modality).collect();
    observation.relevance = turn.inputs.iter().map(|input| input.relevance).collect();
    observation.network = turn.network;
    observation.device = DeviceEstimate {
        ready: turn.device_ready,
        ..episode.conditions.device
    };
    let outlook = episode.conditions.outlook(turn, observation.prompt_tokens);
    observation.forecasts = forecasts(&outlook, response);
}
