//! TMO's dialogues as Weir's policy sees them.

use weir_core::{
    Budget as Limits, CloudEstimate, DeviceEstimate, Dial, Forecast, Mask, Modality, NanoUsd,
    NetworkEstimate, Observation, PastTurn, Spending, TaskMix,
    dial::{LATENCY_UNIT_SECONDS, USAGE_UNIT_USD},
    mask::Rules,
};
use weir_policy::TrainedPolicy;

use super::{
    choice::{Choice, VIEWS},
    costs::{Budget, Costs, Device, Network},
    dialogue::Dialogue,
    policies::Policy,
    practice::Practice,
};
use crate::{
    draws::Draws,
    environment::{Environment, Outcome},
};

/// A world of TMO's training dialogues, on all of its networks.
#[derive(Clone, Debug)]
pub struct World<'a> {
    practice: &'a Practice<'a>,
    dialogue: Dialogue<'a>,
    observation: Observation,
    mask: Mask,
}

/// Each limit of a training dialogue is this much of the limit at test, evenly in the logarithm.
const LIMITS: (f32, f32) = (1.0 / 30.0, 4.0);

impl<'a> World<'a> {
    /// At the first turn of the dialogue of `practice` that `seed` names.
    #[must_use]
    pub fn new(practice: &'a Practice<'a>, seed: u64) -> Self {
        let draws = &mut Draws::of(seed, 23);
        let network = Network::ALL[draws.below(Network::ALL.len())];
        let episode = &practice.episodes[draws.below(practice.episodes.len())];
        let costs = Costs::new(Device::JetsonTx2, network);
        let mut limit = |test: f64| {
            let share = draws.log_uniform(LIMITS.0, LIMITS.1);
            test * f64::from(share)
        };
        let budget = Budget {
            seconds: limit(Budget::TEST.seconds),
            usd: limit(Budget::TEST.usd),
        };
        Self::of(
            practice,
            Dialogue::new(&practice.simulator.estimator, episode, costs, budget),
        )
    }

    fn of(practice: &'a Practice<'a>, dialogue: Dialogue<'a>) -> Self {
        let observation = observe(&dialogue);
        let mask = Mask::new(&observation, &Rules::OPEN);
        Self {
            practice,
            dialogue,
            observation,
            mask,
        }
    }

    /// The dialogue that is played.
    #[must_use]
    pub const fn dialogue(&self) -> &Dialogue<'a> {
        &self.dialogue
    }
}

impl Environment for World<'_> {
    fn begin(&mut self, seed: u64) {
        *self = Self::new(self.practice, seed);
    }

    fn observation(&self) -> &Observation {
        &self.observation
    }

    fn mask(&self) -> &Mask {
        &self.mask
    }

    fn step(&mut self, action: usize) -> Outcome {
        let choice = Choice::ALL.get(action).copied().unwrap_or(Choice::LOCAL);
        let step = self.dialogue.step(choice);
        if !step.done {
            self.observation = observe(&self.dialogue);
            self.mask = Mask::new(&self.observation, &Rules::OPEN);
        }
        Outcome {
            reward: step.reward as f32,
            mean_reward: step.reward as f32,
            score: step.response as f32,
            done: step.done,
            over_budget: step.over_budget,
        }
    }
}

/// A trained policy of Weir's, judged like the others.
#[derive(Debug)]
pub struct Trained(pub TrainedPolicy);

impl Policy for Trained {
    /// Local where nothing is allowed.
    fn choose(&mut self, dialogue: &Dialogue<'_>) -> Choice {
        let observation = observe(dialogue);
        let mask = Mask::new(&observation, &Rules::OPEN);
        let decided = self.0.decide(&observation, &mask);
        decided.map_or(Choice::LOCAL, |decided| Choice::ALL[decided.index])
    }
}

/// The present turn in Weir's words: forecasts are the estimator's, and the dial is such that Weir's
/// reward differs from TMO's on this network by a constant only. TMO has no physics, so the rates
/// of network, cloud and device are 0 for unknown. Amounts are rounded up, against the policy.
#[must_use]
pub fn observe(dialogue: &Dialogue<'_>) -> Observation {
    let (costs, budget, turn) = (dialogue.costs(), dialogue.budget(), dialogue.turn());
    let tasks = dialogue.episode().turns.iter();
    let history: Vec<PastTurn> = tasks
        .zip(dialogue.taken())
        .map(|(turn, choice)| PastTurn {
            action: choice.action(),
            task: TaskMix::certain(turn.task),
        })
        .collect();
    let spending = |choice: Choice| Spending {
        usd: nanos((costs.usd(choice) * 1e9).ceil()),
        millis: (costs.seconds(choice) * 1e3).ceil() as u64,
        bytes: 0,
        images: choice.uploads().len() as u32,
    };
    let taken = dialogue.taken().iter();
    Observation {
        task: TaskMix::certain(turn.task),
        attached: vec![Modality::CameraView; VIEWS],
        relevance: turn.similarity.map(|similarity| similarity as f32).to_vec(),
        prompt_tokens: 0,
        longest_local_prompt: u32::MAX,
        turns_done: dialogue.taken().len() as u32,
        turns_left: dialogue.turns_left() as f32,
        budget: Limits {
            usd: Some(nanos((budget.usd * 1e9).floor())),
            millis: Some((budget.seconds * 1e3).floor() as u64),
            ..Limits::UNLIMITED
        },
        committed: taken.fold(Spending::ZERO, |sum, choice| sum.plus(spending(*choice))),
        network: NetworkEstimate {
            online: true,
            rtt_ms: 0.0,
            jitter_ms: 0.0,
            up_mbps: 0.0,
            down_mbps: 0.0,
            loss: 0.0,
        },
        cloud: CloudEstimate {
            ttft_ms: 0.0,
            tokens_per_second: 0.0,
        },
        device: DeviceEstimate {
            ready: true,
            prefill_tokens_per_second: 0.0,
            decode_tokens_per_second: 0.0,
        },
        forecasts: Choice::ALL
            .map(|choice| Forecast {
                action: choice.action(),
                quality: dialogue.response(choice) as f32,
                quality_deviation: 0.0,
                association: turn.association[choice.place()] as f32,
                seconds: costs.seconds(choice) as f32,
                usd: costs.usd(choice) as f32,
                worst: spending(choice),
            })
            .to_vec(),
        dial: dial(costs),
        history,
    }
}

/// TMO's weights in the units of Weir's dial.
fn dial(costs: &Costs) -> Dial {
    let (seconds, usd) = costs.units();
    let weights = Dial::default();
    Dial {
        latency: weights.latency * LATENCY_UNIT_SECONDS / seconds as f32,
        usage: weights.usage * USAGE_UNIT_USD / usd as f32,
        ..weights
    }
}

fn nanos(amount: f64) -> NanoUsd {
    NanoUsd::new(amount as u64)
}
