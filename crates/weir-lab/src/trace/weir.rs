//! A dialogue of the `weir` world.

use std::sync::Arc;

use serde::Serialize;
use weir_core::{
    Budget, CloudEstimate, Constraint, DeviceEstimate, Dial, Forecast, Modality, NetworkEstimate,
    Observation, Price, Spending, Task, decision::Reason,
};
use weir_policy::{TrainedPolicy, features::expected_reward};

use crate::{
    environment::Environment,
    planner::Planner,
    world::{Scenario, World},
};

/// A dialogue, told.
#[derive(Clone, Debug, Serialize)]
pub struct Trace {
    /// `weir`.
    pub suite: &'static str,
    /// What dialogues are like.
    pub scenario: String,
    /// Names the dialogue.
    pub seed: u64,
    /// What the user asks for.
    pub dial: Dial,
    /// The dialogue's limits.
    pub budget: Budget,
    /// The cloud model's price.
    pub price: Price,
    /// How quickly the cloud model answers.
    pub cloud: CloudEstimate,
    /// How quickly the device answers.
    pub device: DeviceEstimate,
    /// From the first to the last.
    pub turns: Vec<Turn>,
    /// What came of it.
    pub summary: Summary,
    /// What comes of it where the planner decides.
    pub planner: Summary,
}

/// A turn with what came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Turn {
    /// What there was to see, and what was done.
    #[serde(flatten)]
    pub seen: Seen,
    /// What came of it.
    pub outcome: Brought,
}

/// A turn as it was decided.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// What kind of turn it is.
    pub task: Task,
    /// What the task probe takes it for.
    pub read_as: Task,
    /// How sure the probe is.
    pub certainty: f32,
    /// Tokens of the prompt, history included.
    pub prompt_tokens: u32,
    /// What is attached, by slot.
    pub attached: Vec<Attached>,
    /// The way to the cloud.
    pub network: NetworkEstimate,
    /// Whether the local model is loaded.
    pub device_ready: bool,
    /// What is left of the limits.
    pub budget_left: Budget,
    /// Turns that follow.
    pub turns_left: u32,
    /// What could be done, in the order of [`weir_core::Action::enumerate`].
    pub actions: Vec<Considered>,
    /// The reward still to come, as the policy estimates it; none if it was not asked.
    pub value: Option<f32>,
    /// Place of the action that was taken.
    pub taken: usize,
    /// How it came about.
    pub reason: Reason,
    /// Place of the action that the planner would have taken.
    pub planner: usize,
}

/// An attached input.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Attached {
    /// What it is.
    pub modality: Modality,
    /// How much it has to do with the prompt, 0 to 1.
    pub relevance: f32,
    /// Its length in bytes.
    pub bytes: u64,
    /// Length of a clip in seconds; 0 for a picture.
    pub seconds: f32,
}

/// An action before it is taken.
#[derive(Clone, Debug, Serialize)]
pub struct Considered {
    /// Whether it is answered in the cloud.
    pub cloud: bool,
    /// Slots that are uploaded.
    pub uploads: Vec<usize>,
    /// Expected response score.
    pub quality: f32,
    /// One standard deviation of that.
    pub quality_deviation: f32,
    /// How much the uploads have to do with the prompt, 0 to 1.
    pub association: f32,
    /// Expected seconds.
    pub seconds: f32,
    /// Expected dollars.
    pub usd: f32,
    /// The most that it may cost.
    pub worst: Spending,
    /// Expected reward of this turn.
    pub reward: f32,
    /// The policy's probability; 0 where it is forbidden.
    pub probability: f32,
    /// What forbids it.
    pub forbidden_by: Option<Constraint>,
}

/// What a turn brought.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Brought {
    /// The reward.
    pub reward: f32,
    /// The response score.
    pub score: f32,
    /// What it took of every resource.
    pub spent: Spending,
    /// Whether the dialogue is over its budget.
    pub over_budget: bool,
}

/// A dialogue in few numbers.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Summary {
    /// How many turns it has.
    pub turns: u32,
    /// Mean reward of a turn.
    pub reward: f32,
    /// Mean response score.
    pub score: f32,
    /// What it took in all.
    pub spent: Spending,
    /// Turns answered in the cloud.
    pub cloud: u32,
    /// Uploads in all.
    pub uploads: u32,
    /// Turns in which the planner would have done the same; all, for the planner itself.
    pub as_planned: u32,
    /// Whether it ended over its budget.
    pub over_budget: bool,
}

/// Lets `policy` answer the dialogue that `seed` names, and the planner after it.
#[must_use]
pub fn play(scenario: &Arc<Scenario>, policy: &TrainedPolicy, seed: u64) -> Trace {
    let mut world = World::new(scenario.clone(), seed);
    let planner = Planner::new(&world, seed);
    let mut seen = Vec::new();
    let (summary, outcomes) = follow(&mut world, &planner, |world, planned| {
        let turn = Seen::look(world, policy, planned);
        let taken = turn.taken;
        seen.push(turn);
        taken
    });
    let turns = seen.into_iter().zip(outcomes);
    world.begin(seed);
    let (planned, _) = follow(&mut world, &planner, |_, planned| planned);
    let conditions = &world.episode().conditions;
    Trace {
        suite: "weir",
        scenario: scenario.pack.name().into(),
        seed,
        dial: conditions.dial,
        budget: conditions.budget,
        price: conditions.price,
        cloud: conditions.cloud,
        device: conditions.device,
        turns: turns
            .map(|(seen, outcome)| Turn { seen, outcome })
            .collect(),
        summary,
        planner: planned,
    }
}

/// Plays a dialogue to its end by `choose`, which is told what the planner would do: its sums, and
/// what each turn brought.
fn follow(
    world: &mut World,
    planner: &Planner,
    mut choose: impl FnMut(&World, usize) -> usize,
) -> (Summary, Vec<Brought>) {
    let mut summary = Summary::default();
    let mut brought = Vec::new();
    loop {
        let planned = planner.choose(world);
        let taken = choose(world, planned);
        let before = world.observation().committed;
        let action = world.observation().forecasts[taken].action;
        summary.as_planned += u32::from(taken == planned);
        summary.cloud += u32::from(action.is_cloud());
        summary.uploads += action.uploads().len() as u32;
        let outcome = world.step(taken);
        summary.turns += 1;
        summary.reward += outcome.reward;
        summary.score += outcome.score;
        summary.spent = world.observation().committed;
        summary.over_budget = outcome.over_budget;
        brought.push(Brought {
            reward: outcome.reward,
            score: outcome.score,
            spent: difference(summary.spent, before),
            over_budget: outcome.over_budget,
        });
        if outcome.done {
            break;
        }
    }
    summary.reward /= summary.turns as f32;
    summary.score /= summary.turns as f32;
    (summary, brought)
}

const fn difference(after: Spending, before: Spending) -> Spending {
    Spending {
        usd: after.usd.saturating_sub(before.usd),
        millis: after.millis.saturating_sub(before.millis),
        bytes: after.bytes.saturating_sub(before.bytes),
        images: after.images.saturating_sub(before.images),
    }
}

impl Seen {
    /// The turn that `world` is at, with the action that `policy` takes.
    fn look(world: &World, policy: &TrainedPolicy, planner: usize) -> Self {
        let (observation, mask) = (world.observation(), world.mask());
        let choice = policy.decide(observation, mask).ok();
        let taken = choice.as_ref().map_or(0, |choice| choice.index);
        let place = observation.turns_done as usize;
        let plan = &world.episode().turns[place];
        let probability = |index: usize| {
            let choice = choice.as_ref()?;
            choice.probabilities.get(index).copied()
        };
        let actions = observation
            .forecasts
            .iter()
            .zip(mask.verdicts())
            .enumerate();
        let actions = actions.map(|(index, (forecast, (_, forbidden_by)))| {
            let probability = probability(index).unwrap_or(0.0);
            Considered::of(observation, forecast, probability, *forbidden_by)
        });
        let attached = plan.inputs.iter().map(|input| Attached {
            modality: input.modality,
            relevance: input.relevance,
            bytes: input.bytes,
            seconds: input.seconds,
        });
        let (read_as, certainty) = observation.task.likeliest();
        Self {
            task: plan.task,
            read_as,
            certainty,
            prompt_tokens: observation.prompt_tokens,
            attached: attached.collect(),
            network: observation.network,
            device_ready: observation.device.ready,
            budget_left: observation.budget.after(observation.committed),
            turns_left: observation.turns_left as u32,
            actions: actions.collect(),
            value: choice.as_ref().map(|choice| choice.value),
            taken,
            reason: match (choice, mask.all_feasible().count()) {
                (None, _) => Reason::LastResort,
                (Some(_), 1) => Reason::OnlyFeasible,
                (Some(_), _) => Reason::Policy,
            },
            planner,
        }
    }
}

impl Considered {
    fn of(
        observation: &Observation,
        forecast: &Forecast,
        probability: f32,
        forbidden_by: Option<Constraint>,
    ) -> Self {
        Self {
            cloud: forecast.action.is_cloud(),
            uploads: forecast.action.uploads().slots().collect(),
            quality: forecast.quality,
            quality_deviation: forecast.quality_deviation,
            association: forecast.association,
            seconds: forecast.seconds,
            usd: forecast.usd,
            worst: forecast.worst,
            reward: expected_reward(observation, forecast),
            probability,
            forbidden_by,
        }
    }
}
