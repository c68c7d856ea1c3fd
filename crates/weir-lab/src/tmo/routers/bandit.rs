//! A linear bandit that paces its spending.

use weir_core::Task;

use super::{highest, in_budget_reward, on_training};
use crate::{
    draws::Draws,
    tmo::{
        choice::Choice,
        costs::{Budget, Costs, Device, Network},
        dialogue::Dialogue,
        policies::{Policy, best},
        simulator::Simulator,
        state::WIDTH,
    },
};

/// After PILOT (Panda et al. 2025, arXiv 2508.21141): LinUCB estimates what each action's response
/// will score, and a price on the budget, which rises with the share that is used up, decides what is
/// worth its cost. It knows the costs and the mask, and learns the scores online, from the actions
/// that it takes itself in the training dialogues. It is judged frozen, without exploring.
#[derive(Clone, Debug)]
pub struct Bandit {
    /// By task, then by action.
    arms: Vec<[Arm; Choice::ALL.len()]>,
    prices: Vec<(Costs, Price)>,
}

/// Turns that it learns from, as many as TMO's policies.
const STEPS: usize = 30_000;
/// Deviations above its estimate that an action is counted at while learning.
const OPTIMISM: f64 = 1.0;
/// How much of the price may be charged. The theory takes the queries that share a budget to be
/// countless; a dialogue has few turns, and the full price would leave money over at its end. Which it
/// is on each network is decided by the in-budget reward on the training dialogues.
const SCALES: [f64; 5] = [1.0, 0.5, 0.25, 0.1, 0.0];

impl Bandit {
    /// Learns from the training dialogues of `simulator` on all networks under TMO's test budget,
    /// in an order that `seed` names.
    #[must_use]
    pub fn learn(simulator: &Simulator, seed: u64) -> Self {
        let draws = &mut Draws::of(seed, 25);
        let mut bandit = Self {
            arms: vec![Choice::ALL.map(|_| Arm::new()); Task::ALL.len()],
            prices: Vec::new(),
        };
        let mut steps = 0;
        while steps < STEPS {
            let network = Network::ALL[draws.below(Network::ALL.len())];
            let episode = &simulator.train[draws.below(simulator.train.len())];
            let costs = Costs::new(Device::JetsonTx2, network);
            let mut dialogue = Dialogue::new(&simulator.estimator, episode, costs, Budget::TEST);
            loop {
                let (task, context) = (dialogue.turn().task, context(&dialogue));
                let gain = bandit.gains(&dialogue, OPTIMISM);
                let choice = best(dialogue.allowed(), gain);
                let step = dialogue.step(choice);
                bandit.arms[task.index()][choice.place()].learn(&context, step.response);
                steps += 1;
                if step.done {
                    break;
                }
            }
        }
        let training = on_training(simulator);
        for network in Network::ALL {
            let costs = Costs::new(Device::JetsonTx2, network);
            let price = bandit.price(simulator, costs);
            let charge = |scale| (costs, price.times(scale));
            let value = |scale| {
                let mut charged = bandit.clone();
                charged.prices.push(charge(scale));
                in_budget_reward(&training, network, &mut charged)
            };
            let scale = highest(&SCALES, value);
            bandit.prices.push(charge(scale.unwrap_or(1.0)));
        }
        bandit
    }

    /// What an action is expected to bring beyond what local does, with so many deviations on top.
    fn gains(&self, dialogue: &Dialogue<'_>, optimism: f64) -> impl Fn(Choice) -> f64 + use<> {
        let (turn, context) = (dialogue.turn(), context(dialogue));
        let arms = &self.arms[turn.task.index()];
        let reward = |choice: Choice| {
            let association = turn.association[choice.place()];
            let response = arms[choice.place()].expect(&context, optimism);
            dialogue.costs().reward(choice, response, association)
        };
        let rewards = Choice::ALL.map(reward);
        move |choice| rewards[choice.place()] - rewards[Choice::LOCAL.place()]
    }

    /// The price for dialogues with these costs: its ends are what gains per share of the budget are
    /// in the training dialogues, where the best action is taken at every turn.
    fn price(&self, simulator: &Simulator, costs: Costs) -> Price {
        let mut densities = Vec::new();
        for episode in &simulator.train {
            let mut dialogue = Dialogue::new(&simulator.estimator, episode, costs, Budget::TEST);
            loop {
                let gain = self.gains(&dialogue, 0.0);
                let choice = best(dialogue.allowed(), &gain);
                if gain(choice) > 0.0 {
                    densities.push(gain(choice) / share(&dialogue, choice));
                }
                if dialogue.step(choice).done {
                    break;
                }
            }
        }
        Price::between(densities)
    }
}

impl Policy for Bandit {
    fn choose(&mut self, dialogue: &Dialogue<'_>) -> Choice {
        let price = self
            .prices
            .iter()
            .find(|(costs, _)| costs == dialogue.costs())
            .map_or(0.0, |(_, price)| price.at(used(dialogue)));
        let gain = self.gains(dialogue, 0.0);
        best(dialogue.allowed(), |choice| {
            gain(choice) - price * share(dialogue, choice)
        })
    }
}

/// The share of the budget that an action takes: of seconds or dollars, whichever is more.
fn share(dialogue: &Dialogue<'_>, choice: Choice) -> f64 {
    let (costs, budget) = (dialogue.costs(), dialogue.budget());
    (costs.seconds(choice) / budget.seconds).max(costs.usd(choice) / budget.usd)
}

/// The share of the budget that is used up.
fn used(dialogue: &Dialogue<'_>) -> f64 {
    let budget = dialogue.budget();
    (dialogue.seconds() / budget.seconds).max(dialogue.usd() / budget.usd)
}

/// What the whole budget is worth, by the share of it that is used up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    low: f64,
    high: f64,
}

impl Price {
    /// From the 10th to the 90th percentile of these gains per share of the budget; free if there
    /// are none.
    #[must_use]
    pub fn between(mut densities: Vec<f64>) -> Self {
        densities.sort_by(f64::total_cmp);
        let last = densities.len().saturating_sub(1);
        let at = |tenths: usize| densities.get(last * tenths / 10).copied().unwrap_or(0.0);
        Self {
            low: at(1),
            high: at(9),
        }
    }

    /// So many times this price.
    #[must_use]
    pub fn times(&self, scale: f64) -> Self {
        Self {
            low: scale * self.low,
            high: scale * self.high,
        }
    }

    /// When `used` of the budget is gone, from 0 to 1: the lowest at first, and then exponentially up
    /// to the highest (Zhou, Chakrabarty and Lukose 2008, section 3, for online knapsacks).
    #[must_use]
    pub fn at(&self, used: f64) -> f64 {
        if self.low <= 0.0 {
            return 0.0;
        }
        let ratio = self.high / self.low;
        let rising = (ratio * std::f64::consts::E).powf(used) * self.low / std::f64::consts::E;
        rising.clamp(self.low, self.high)
    }
}

type Context = [f64; WIDTH];

/// What the bandit sees: the last turns as TMO's policies do, with a constant in place of the task,
/// which has estimates of its own.
fn context(dialogue: &Dialogue<'_>) -> Context {
    let mut context = dialogue.state().numbers().map(f64::from);
    context[WIDTH - 1] = 1.0;
    context
}

/// A ridge regression of one action's scores, a row at a time (Li et al. 2010, algorithm 1).
#[derive(Clone, Debug)]
struct Arm {
    /// Of the ridge and the sum of the contexts' outer products.
    inverse: [Context; WIDTH],
    sums: Context,
}

impl Arm {
    fn new() -> Self {
        let row = |place: usize| std::array::from_fn(|other| f64::from(other == place));
        Self {
            inverse: std::array::from_fn(row),
            sums: [0.0; WIDTH],
        }
    }

    fn expect(&self, context: &Context, optimism: f64) -> f64 {
        let leverage = self.times(context);
        dot(&leverage, &self.sums) + optimism * dot(&leverage, context).max(0.0).sqrt()
    }

    /// By the formula of Sherman and Morrison (1950).
    fn learn(&mut self, context: &Context, score: f64) {
        let leverage = self.times(context);
        let scale = 1.0 / (1.0 + dot(&leverage, context));
        for (row, own) in self.inverse.iter_mut().zip(leverage) {
            for (entry, other) in row.iter_mut().zip(leverage) {
                *entry -= scale * own * other;
            }
        }
        for (sum, number) in self.sums.iter_mut().zip(context) {
            *sum += score * number;
        }
    }

    fn times(&self, context: &Context) -> Context {
        std::array::from_fn(|place| dot(&self.inverse[place], context))
    }
}

fn dot(one: &Context, other: &Context) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}
