//! Judging policies on test dialogues.

use serde::Serialize;

use super::{
    choice::Choice,
    costs::{Budget, Costs, Device, Network},
    dialogue::Dialogue,
    policies::Policy,
    simulator::Simulator,
};
use crate::resampling::{less, mean, nested::Resamples, numbers, percentile_95};

/// What a policy made of one dialogue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Played {
    /// Mean reward of its turns.
    pub reward: f64,
    /// The same with a reward of 0 for each turn after which the dialogue is over its budget.
    pub in_budget_reward: f64,
    /// Mean response score.
    pub response: f64,
    /// Seconds waited.
    pub seconds: f64,
    /// Dollars spent.
    pub usd: f64,
    /// How far it ended over its budget, as a share of the budget: the larger of seconds and dollars.
    pub excess: f64,
    /// What was done.
    pub taken: Vec<Choice>,
}

impl Played {
    /// Share of its turns answered in the cloud.
    fn cloud_share(&self) -> f64 {
        let local = self.taken.iter().filter(|taken| **taken == Choice::LOCAL);
        1.0 - local.count() as f64 / self.taken.len() as f64
    }
}

/// Lets `policy` answer the test dialogues of `simulator` on `network`, under TMO's test budget and
/// with its default device.
pub fn play(simulator: &Simulator, network: Network, policy: &mut dyn Policy) -> Vec<Played> {
    play_within(simulator, network, Budget::TEST, policy)
}

/// [`play`] under another budget.
pub fn play_within(
    simulator: &Simulator,
    network: Network,
    budget: Budget,
    policy: &mut dyn Policy,
) -> Vec<Played> {
    let costs = Costs::new(Device::JetsonTx2, network);
    simulator
        .test
        .iter()
        .map(|episode| {
            let mut dialogue = Dialogue::new(&simulator.estimator, episode, costs, budget);
            policy.begin(&dialogue);
            let mut played = Played::default();
            loop {
                let step = dialogue.step(policy.choose(&dialogue));
                played.reward += step.reward;
                played.response += step.response;
                if !step.over_budget {
                    played.in_budget_reward += step.reward;
                }
                if step.done {
                    break;
                }
            }
            let turns = episode.turns.len() as f64;
            Played {
                reward: played.reward / turns,
                in_budget_reward: played.in_budget_reward / turns,
                response: played.response / turns,
                seconds: dialogue.seconds(),
                usd: dialogue.usd(),
                excess: dialogue.excess(),
                taken: dialogue.taken().to_vec(),
            }
        })
        .collect()
}

/// What is said about one policy on one network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Mean reward of a turn, over dialogues and then seeds.
    pub reward: f64,
    /// Its 95 % interval, from resampled seeds and dialogues, the same for all policies.
    pub reward_ci: [f64; 2],
    /// The reward less that of greedy with the mask, dialogue by dialogue.
    pub above_greedy_mask: f64,
    /// Its 95 % interval.
    pub above_greedy_mask_ci: [f64; 2],
    /// The reward, with 0 from the turn on that breaks the budget.
    pub in_budget_reward: f64,
    /// Share of dialogues that end over their budget.
    pub over_budget_rate: f64,
    /// How far dialogues end over their budget, as a share of it: the mean of all.
    pub mean_excess: f64,
    /// The same: the 95th percentile of all.
    pub p95_excess: f64,
    /// Mean response score.
    pub response: f64,
    /// Seconds of a dialogue.
    pub latency_s: f64,
    /// Dollars of a dialogue.
    pub usage_usd: f64,
    /// In-budget reward over that of always-local, as a share of what the oracle within budget is.
    pub gap_share: f64,
    /// Share of its commonest action in the seed where that is highest: 1 is a constant policy.
    pub max_action_share: f64,
    /// Share of turns answered in the cloud.
    pub cloud_share: f64,
}

/// What one policy made of one network's dialogues: by seed, then by dialogue.
pub type Runs = Vec<Vec<Played>>;

/// The runs that every row is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Yardsticks<'a> {
    /// Always local.
    pub local: &'a Runs,
    /// Greedy with the mask.
    pub greedy_mask: &'a Runs,
    /// The oracle within budget.
    pub oracle: &'a Runs,
}

impl Row {
    /// Of `runs`, which were over the same dialogues as those of `yardsticks`.
    #[must_use]
    pub fn of(runs: &Runs, yardsticks: &Yardsticks<'_>, resamples: &Resamples) -> Self {
        let in_budget = |runs: &Runs| mean(&numbers(runs, |played| played.in_budget_reward));
        let rewards = numbers(runs, |played| played.reward);
        let above = less(
            &rewards,
            &numbers(yardsticks.greedy_mask, |played| played.reward),
        );
        let (low, high) = (in_budget(yardsticks.local), in_budget(yardsticks.oracle));
        let excess = numbers(runs, |played| played.excess);
        Self {
            reward: mean(&rewards),
            reward_ci: resamples.interval(&rewards),
            above_greedy_mask: mean(&above),
            above_greedy_mask_ci: resamples.interval(&above),
            in_budget_reward: in_budget(runs),
            over_budget_rate: mean(&numbers(runs, |played| f64::from(played.excess > 0.0))),
            mean_excess: mean(&excess),
            p95_excess: percentile_95(excess.into_iter().flatten().collect()),
            response: mean(&numbers(runs, |played| played.response)),
            latency_s: mean(&numbers(runs, |played| played.seconds)),
            usage_usd: mean(&numbers(runs, |played| played.usd)),
            gap_share: (in_budget(runs) - low) / (high - low),
            max_action_share: runs.iter().map(|run| commonest(run)).fold(0.0, f64::max),
            cloud_share: mean(&numbers(runs, Played::cloud_share)),
        }
    }
}

/// Share of the commonest action.
fn commonest(run: &[Played]) -> f64 {
    let taken = || run.iter().flat_map(|played| &played.taken);
    let count = |choice| taken().filter(|taken| **taken == choice).count();
    let most = Choice::ALL.into_iter().map(count).max().unwrap_or(0);
    most as f64 / taken().count() as f64
}
