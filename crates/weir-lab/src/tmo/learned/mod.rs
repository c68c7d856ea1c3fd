//! The policies that TMO trains: A2C, PPO and DQN, each with and without resource constraints (RC).
//!
//! As in the reference (TMO's journal version upon Stable-Baselines3 2.7): what is seen, rewards,
//! budgets of training, networks, losses, rates, how weights begin, 30,000 steps, one policy for
//! each network and seed, trained on the training dialogues and judged by the likeliest or worthiest
//! action. Different, on purpose:
//!
//! - What was done enters the history; in the reference the next state is the logged one.
//! - Several dialogues are played side by side ([`lanes`]): four in A2C and DQN, sixteen in PPO,
//!   where the reference plays one. A step of each counts as one step. PPO still learns after each
//!   2,048 steps and DQN after each four; A2C learns after five steps of each dialogue, so from
//!   twenty at a time and a quarter as often. All learn in whole rounds, so PPO takes 30,720 steps,
//!   as it does in the reference.
//! - Everything is seeded.
//!
//! Nothing keeps these policies from breaking a budget or from ending up with one action for
//! everything, and both happen as they do in the reference. On M4A1, seeds 1–10, RC-A2C does one
//! thing in all test dialogues in 36 of 40 runs, 8 on Wired, 8 on WiFi and all on 5G and 4G. On 4G
//! without RC, DQN ends 40.5 % of the dialogues over budget, PPO 18.5 % and A2C 5 %.
//!
//! The reading order: [`network`], [`optimiser`]; [`lanes`], [`dialogues`]; `actor_critic`, [`a2c`],
//! [`ppo`]; [`dqn`]; `training`.

pub mod a2c;
mod actor_critic;
pub mod dialogues;
pub mod dqn;
pub mod lanes;
pub mod network;
pub mod optimiser;
pub mod ppo;
mod training;

use std::time::Instant;

pub use actor_critic::advantages;
pub use training::Training;

use super::{
    choice::Choice,
    costs::{self, Costs, Device},
    dialogue::Dialogue,
    policies::Policy,
    simulator::Simulator,
};
use crate::draws::Draws;
use dialogues::{Constraint, Dialogues};
use lanes::{Curve, Lanes};
use network::Network;

/// What a reward in the next turn is worth in this one.
const DISCOUNT: f32 = 0.99;
/// Environment steps of a run in the reference.
pub const STEPS: u64 = 30_000;
/// Points of a learning curve.
const POINTS: u64 = 20;

/// How a policy learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// [`a2c`].
    A2c,
    /// [`ppo`].
    Ppo,
    /// [`dqn`].
    Dqn,
}

/// One of TMO's ways to train a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// How it learns.
    pub algorithm: Algorithm,
    /// What it knows of budgets.
    pub constraint: Constraint,
}

/// A policy that was trained for one network.
#[derive(Clone, Debug)]
pub struct Learned {
    network: Network,
    constraint: Constraint,
}

/// The learning of an algorithm: in these worlds, with so many inputs and actions, for so many steps.
type Learn<'a> = fn(&mut Lanes<Dialogues<'a>>, usize, usize, u64, &mut Draws) -> Network;

/// What a run brought.
#[derive(Clone, Debug)]
pub struct Trained {
    /// The policy.
    pub policy: Learned,
    /// Environment steps that were taken.
    pub steps: u64,
    /// Seconds that they took, learning included.
    pub seconds: f64,
    /// Steps so far, and the mean reward of the steps since the point before: as it was learnt
    /// from, with chance in the actions, and with RC under the budgets of training.
    pub curve: Curve,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::of(Algorithm::A2c, Constraint::None),
        Self::of(Algorithm::Ppo, Constraint::None),
        Self::of(Algorithm::Dqn, Constraint::None),
        Self::of(Algorithm::A2c, Constraint::Budgets),
        Self::of(Algorithm::Ppo, Constraint::Budgets),
        Self::of(Algorithm::Dqn, Constraint::Budgets),
    ];

    const fn of(algorithm: Algorithm, constraint: Constraint) -> Self {
        Self {
            algorithm,
            constraint,
        }
    }

    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match (self.algorithm, self.constraint) {
            (Algorithm::A2c, Constraint::None) => "a2c",
            (Algorithm::Ppo, Constraint::None) => "ppo",
            (Algorithm::Dqn, Constraint::None) => "dqn",
            (Algorithm::A2c, Constraint::Budgets) => "rc_a2c",
            (Algorithm::Ppo, Constraint::Budgets) => "rc_ppo",
            (Algorithm::Dqn, Constraint::Budgets) => "rc_dqn",
        }
    }

    /// Trains a policy for one network on the training dialogues of `simulator`, for `steps` steps
    /// or the first whole round after.
    #[must_use]
    pub fn train(
        self,
        simulator: &Simulator,
        network: costs::Network,
        seed: u64,
        steps: u64,
    ) -> Trained {
        let Self {
            algorithm,
            constraint,
        } = self;
        // Runs of one seed on several networks share nothing but the seed.
        let run = seed.wrapping_mul(8).wrapping_add(network as u64);
        let lane = |lane| Dialogues::new(simulator, network, constraint, Draws::of(run, 31 + lane));
        let (count, learn): (usize, Learn<'_>) = match algorithm {
            Algorithm::A2c => (a2c::LANES, a2c::learn),
            Algorithm::Ppo => (ppo::LANES, ppo::learn),
            Algorithm::Dqn => (dqn::LANES, dqn::learn),
        };
        let lanes = (0..count as u64).map(lane).collect();
        let mut lanes = Lanes::new(lanes, (steps / POINTS).max(1));
        let (inputs, actions) = (constraint.inputs(), Choice::ALL.len());
        let began = Instant::now();
        let network = learn(&mut lanes, inputs, actions, steps, &mut Draws::of(run, 30));
        Trained {
            policy: Learned {
                network,
                constraint,
            },
            steps: lanes.steps(),
            seconds: began.elapsed().as_secs_f64(),
            curve: lanes.into_curve(),
        }
    }
}

/// One policy for each network, told apart by what actions cost there.
#[derive(Clone, Debug, Default)]
pub struct OnNetworks(Vec<(Costs, Learned)>);

impl OnNetworks {
    /// Adds the one that was trained for `network`.
    pub fn add(&mut self, network: costs::Network, policy: Learned) {
        self.0
            .push((Costs::new(Device::JetsonTx2, network), policy));
    }
}

impl Policy for OnNetworks {
    /// Local on a network that none was trained for.
    fn choose(&mut self, dialogue: &Dialogue<'_>) -> Choice {
        let here = self
            .0
            .iter_mut()
            .find(|(costs, _)| costs == dialogue.costs());
        here.map_or(Choice::LOCAL, |(_, policy)| policy.choose(dialogue))
    }
}

impl Policy for Learned {
    /// The likeliest or worthiest action.
    fn choose(&mut self, dialogue: &Dialogue<'_>) -> Choice {
        let mut seen = Vec::with_capacity(self.constraint.inputs());
        self.constraint.observe(dialogue, &mut seen);
        Choice::ALL[best(&self.network.forward(seen).outputs)]
    }
}

/// The place of the highest number, the first of equal ones.
fn best(numbers: &[f32]) -> usize {
    let places = 1..numbers.len();
    places.fold(0, |best, place| {
        if numbers[place] > numbers[best] {
            place
        } else {
            best
        }
    })
}
