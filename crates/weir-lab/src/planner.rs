//! The planner: dynamic programming over what is left of the budget.
//!
//! Future turns are drawn from the scenario under the dialogue's own conditions. With `m` turns to
//! go and `left` of money and time,
//!
//! `V(m, left) = mean over drawn turns of max over allowed arms of [reward + V(m − 1, left − cost)]`
//!
//! with expected rewards and costs, the mask's own rule for what is allowed (the worst case of the
//! arm and of the cheapest way to finish must fit), and linear interpolation on a grid. The action
//! taken is the allowed one of highest reward plus value of what it leaves. The planner knows the
//! conditions of the world, which a policy has to learn; the lab lets the policy imitate it first.

use weir_core::{Action, Forecast, Observation};
use weir_policy::{features::expected_reward, forecasts};

use crate::{
    environment::Environment,
    policies::best,
    world::{Episode, World},
};

/// USD and seconds.
type Amount = [f32; 2];

/// An action's worth and cost.
#[derive(Clone, Copy, Debug)]
struct Arm {
    reward: f32,
    cost: Amount,
    worst: Amount,
}

/// A turn that may come.
#[derive(Clone, Debug)]
struct Future {
    arms: Vec<Arm>,
    /// Worst cases of the arms that a dialogue can be finished on: local, and the text alone.
    lasting: Vec<Amount>,
}

/// A plan for one dialogue.
#[derive(Clone, Debug)]
pub struct Planner {
    /// What was left of each limit at the start; infinite where there is none.
    start: Amount,
    /// Points of the grid along each limit.
    points: [usize; 2],
    /// `values[m]` is `V(m, ·)` on the grid, `[points of money, points of time]`.
    values: Vec<Vec<f32>>,
}

/// Drawn turns; each is met with the attachments and the network of one of the dialogue's own.
const FUTURES: usize = 12;
/// Turns taken from one drawn dialogue.
const TURNS_EACH: usize = 3;
/// Points of the grid along a limit.
const POINTS: usize = 14;
/// Tokens that a dialogue typically has behind it when a turn comes.
const TYPICAL_TOKENS: u32 = 500;

impl Planner {
    /// Plans the dialogue that `world` is at the beginning of.
    #[must_use]
    pub fn new(world: &World, seed: u64) -> Self {
        let start = left(world.observation());
        let points = start.map(|left| if left.is_finite() { POINTS } else { 1 });
        let futures = futures(world, seed);
        let mut planner = Self {
            start,
            points,
            values: vec![vec![0.0; points[0] * points[1]]],
        };
        for turns in 1..world.episode().turns.len() {
            let values = planner
                .grid()
                .map(|left| planner.expect(&futures, turns, left))
                .collect();
            planner.values.push(values);
        }
        planner
    }

    /// The action to take now.
    #[must_use]
    pub fn choose(&self, world: &World) -> usize {
        best(world, |index| self.worth(world, index))
    }

    /// What the action at a place of the forecasts brings, now and until the end.
    #[must_use]
    pub fn worth(&self, world: &World, index: usize) -> f32 {
        let observation = world.observation();
        let arm = Arm::of(observation, &observation.forecasts[index]);
        let after = minus(left(observation), arm.cost);
        arm.reward + self.value(observation.turns_left as usize, after)
    }

    /// The amounts at the points of the grid.
    fn grid(&self) -> impl Iterator<Item = Amount> {
        let along = |limit: usize, point: usize| {
            if self.points[limit] == 1 {
                f32::INFINITY
            } else {
                self.start[limit] * point as f32 / (self.points[limit] - 1) as f32
            }
        };
        (0..self.points[0]).flat_map(move |money| {
            (0..self.points[1]).map(move |time| [along(0, money), along(1, time)])
        })
    }

    /// `V(turns, left)` by its definition.
    fn expect(&self, futures: &[Future], turns: usize, left: Amount) -> f32 {
        let values = futures.iter().map(|future| {
            let worth = |arm: &Arm| arm.reward + self.value(turns - 1, minus(left, arm.cost));
            let allowed = future
                .arms
                .iter()
                .filter(|arm| future.allows(arm, turns - 1, left));
            let highest = allowed.map(worth).reduce(f32::max);
            highest
                .or_else(|| future.arms.first().map(worth))
                .unwrap_or(0.0)
        });
        values.sum::<f32>() / futures.len().max(1) as f32
    }

    /// `V(turns, left)`, interpolated.
    fn value(&self, turns: usize, left: Amount) -> f32 {
        let Some(values) = self.values.get(turns) else {
            return 0.0;
        };
        let place = |limit: usize| {
            let last = self.points[limit] - 1;
            if last == 0 || self.start[limit] <= 0.0 {
                return (0, 0, 0.0);
            }
            let at = (left[limit] / self.start[limit] * last as f32).clamp(0.0, last as f32);
            let below = (at as usize).min(last - 1);
            (below, below + 1, at - below as f32)
        };
        let ((money, richer, money_share), (time, longer, time_share)) = (place(0), place(1));
        let at = |money: usize, time: usize| values[money * self.points[1] + time];
        let with =
            |money: usize| at(money, time) * (1.0 - time_share) + at(money, longer) * time_share;
        with(money) * (1.0 - money_share) + with(richer) * money_share
    }
}

impl Future {
    /// The mask's rule: after the arm's worst case, `turns` more must fit on one lasting arm.
    fn allows(&self, arm: &Arm, turns: usize, left: Amount) -> bool {
        let after = minus(left, arm.worst);
        let fits =
            |lasting: &Amount| (0..2).all(|limit| turns as f32 * lasting[limit] <= after[limit]);
        after.iter().all(|left| *left >= 0.0) && (turns == 0 || self.lasting.iter().any(fits))
    }
}

impl Arm {
    fn of(observation: &Observation, forecast: &Forecast) -> Self {
        Self {
            reward: expected_reward(observation, forecast),
            cost: [forecast.usd, forecast.seconds],
            worst: [
                forecast.worst.usd.as_usd() as f32,
                forecast.worst.millis as f32 / 1e3,
            ],
        }
    }
}

fn futures(world: &World, seed: u64) -> Vec<Future> {
    let episode = world.episode();
    let drawn = (0..).flat_map(|place: u64| {
        let other = Episode::draw(world.scenario(), !seed ^ (place << 32));
        other.turns.into_iter().take(TURNS_EACH)
    });
    let met = drawn.zip(episode.turns.iter().cycle()).take(FUTURES);
    met.map(|(mut turn, here)| {
        turn.inputs.clone_from(&here.inputs);
        turn.network = here.network;
        let outlook = episode.conditions.outlook(&turn, TYPICAL_TOKENS);
        let forecasts = forecasts(&outlook, world.response());
        let possible = forecasts.iter().filter(|forecast| match forecast.action {
            Action::Local => here.device_ready,
            Action::Cloud(_) => turn.network.online,
        });
        let possible: Vec<_> = possible.collect();
        Future {
            arms: possible
                .iter()
                .map(|forecast| Arm::of(world.observation(), forecast))
                .collect(),
            lasting: possible
                .iter()
                .filter(|forecast| forecast.action.uploads().is_empty())
                .map(|forecast| Arm::of(world.observation(), forecast).worst)
                .collect(),
        }
    })
    .collect()
}

/// What is left of money and time.
fn left(observation: &Observation) -> Amount {
    let committed = observation.committed;
    [
        observation
            .budget
            .usd_left(committed)
            .map_or(f32::INFINITY, |left| left.as_usd() as f32),
        observation
            .budget
            .millis_left(committed)
            .map_or(f32::INFINITY, |left| left as f32 / 1e3),
    ]
}

fn minus(left: Amount, cost: Amount) -> Amount {
    [left[0] - cost[0], left[1] - cost[1]]
}
