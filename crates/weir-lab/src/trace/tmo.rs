//! A test dialogue of TMO's simulator.

use serde::Serialize;
use weir_core::Task;

use super::TraceError;
use crate::tmo::{
    choice::Choice,
    costs::{Budget, Costs, Device, Network},
    dialogue::Dialogue,
    oracle::Oracle,
    policies::{Greedy, Policy},
    simulator::{Episode, Simulator},
};

/// A dialogue, told.
#[derive(Clone, Debug, Serialize)]
pub struct Trace {
    /// `tmo`.
    pub suite: &'static str,
    /// The network.
    pub network: &'static str,
    /// Seed of the split.
    pub seed: u64,
    /// The dialogue's `id` in the dataset.
    pub id: i64,
    /// Limit on waiting.
    pub budget_seconds: f64,
    /// Limit on money.
    pub budget_usd: f64,
    /// From the first to the last.
    pub turns: Vec<Turn>,
    /// What comes of greedy with the mask, whose actions were taken.
    pub greedy: Summary,
    /// What comes of the oracle within budget.
    pub oracle: Summary,
}

/// A turn.
#[derive(Clone, Debug, Serialize)]
pub struct Turn {
    /// Its task.
    pub task: Task,
    /// Seconds left.
    pub seconds_left: f64,
    /// Dollars left.
    pub usd_left: f64,
    /// What could be done, in the order of [`Choice::ALL`].
    pub actions: Vec<Considered>,
    /// Place of the action that was taken.
    pub taken: usize,
    /// Place of the oracle's action in the dialogue as the oracle plays it.
    pub oracle: usize,
}

/// An action before it is taken.
#[derive(Clone, Debug, Serialize)]
pub struct Considered {
    /// Views that go to the cloud; none if the answer is local.
    pub views: Option<Vec<usize>>,
    /// The response score.
    pub response: f64,
    /// The association, 0 to 1.
    pub association: f64,
    /// Seconds.
    pub seconds: f64,
    /// Dollars.
    pub usd: f64,
    /// The reward.
    pub reward: f64,
    /// Whether the mask allows it.
    pub allowed: bool,
}

/// A dialogue in few numbers.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Summary {
    /// Mean reward of a turn.
    pub reward: f64,
    /// Seconds in all.
    pub seconds: f64,
    /// Dollars in all.
    pub usd: f64,
}

/// Lets one-step greedy with the mask answer the `dialogue`-th test dialogue (from 1), and the oracle
/// within budget beside it.
///
/// # Errors
/// [`TraceError::Dialogue`] if there are fewer.
pub fn play(
    simulator: &Simulator,
    seed: u64,
    network: Network,
    dialogue: usize,
) -> Result<Trace, TraceError> {
    let count = simulator.test.len();
    let episode = dialogue
        .checked_sub(1)
        .and_then(|place| simulator.test.get(place));
    let episode = episode.ok_or(TraceError::Dialogue { seed, count })?;
    let begin = || {
        let costs = Costs::new(Device::JetsonTx2, network);
        Dialogue::new(&simulator.estimator, episode, costs, Budget::TEST)
    };
    let (oracle, planned) = follow(begin(), &mut Oracle::within_budget(), |_| ());
    let mut looked = Vec::new();
    let (greedy, taken) = follow(begin(), &mut Greedy::Masked, |dialogue| {
        let actions = Choice::ALL.map(|choice| Considered::of(dialogue, choice));
        looked.push((dialogue.seconds(), dialogue.usd(), actions.to_vec()));
    });
    let turns = looked
        .into_iter()
        .zip(taken.into_iter().zip(planned))
        .zip(&episode.turns);
    let turns = turns.map(|(((seconds, usd, actions), (taken, oracle)), turn)| Turn {
        task: turn.task,
        seconds_left: Budget::TEST.seconds - seconds,
        usd_left: Budget::TEST.usd - usd,
        actions,
        taken: taken.place(),
        oracle: oracle.place(),
    });
    let Episode { id, .. } = episode;
    Ok(Trace {
        suite: "tmo",
        network: network.name(),
        seed,
        id: *id,
        budget_seconds: Budget::TEST.seconds,
        budget_usd: Budget::TEST.usd,
        turns: turns.collect(),
        greedy,
        oracle,
    })
}

/// Plays a dialogue to its end; `look` sees each turn before it is answered.
fn follow(
    mut dialogue: Dialogue<'_>,
    policy: &mut dyn Policy,
    mut look: impl FnMut(&Dialogue<'_>),
) -> (Summary, Vec<Choice>) {
    policy.begin(&dialogue);
    let mut reward = 0.0;
    loop {
        look(&dialogue);
        let step = dialogue.step(policy.choose(&dialogue));
        reward += step.reward;
        if step.done {
            break;
        }
    }
    let summary = Summary {
        reward: reward / dialogue.taken().len() as f64,
        seconds: dialogue.seconds(),
        usd: dialogue.usd(),
    };
    (summary, dialogue.taken().to_vec())
}

impl Considered {
    fn of(dialogue: &Dialogue<'_>, choice: Choice) -> Self {
        let uploads = choice.uploads().slots().collect();
        Self {
            views: choice.action().is_cloud().then_some(uploads),
            response: dialogue.response(choice),
            association: dialogue.turn().association[choice.place()],
            seconds: dialogue.costs().seconds(choice),
            usd: dialogue.costs().usd(choice),
            reward: dialogue.reward(choice),
            allowed: dialogue.allows(choice),
        }
    }
}
