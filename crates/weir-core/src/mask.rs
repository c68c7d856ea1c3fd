//! Feasibility: which actions may be taken at all. The same mask is applied in training and in use.

use serde::{Deserialize, Serialize};

use crate::{
    action::Action,
    budget::{Budget, Limits, Spending},
    decision::Constraint,
    modality::ModalitySet,
    observation::{Forecast, Observation},
    span::Span,
};

/// An action that a [`Mask`] let through. There is no other way to make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feasible<A>(A);

impl<A: Copy> Feasible<A> {
    /// The action itself.
    #[must_use]
    pub const fn get(self) -> A {
        self.0
    }
}

/// What is allowed before any budget is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Private mode: nothing leaves the device.
    pub private: bool,
    /// Whether a cloud model is set up, with a price.
    pub cloud_available: bool,
    /// Whether the user's rules let text leave the device; where they do not, nothing does.
    pub text: bool,
    /// Slots whose upload the user's rules allow.
    pub uploads: ModalitySet,
    /// Slots that the cloud model's provider has a place for.
    pub taken: ModalitySet,
    /// Where the user wants this turn answered, if they said so.
    pub wish: Option<Wish>,
    /// What keeps this device from answering this turn, beside what can be observed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_shut: Option<Constraint>,
    /// What keeps the cloud from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_shut: Option<Constraint>,
}

/// The user's own choice for a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// On this device.
    Local,
    /// In the cloud, with whatever uploads the policy picks.
    Cloud,
}

impl Rules {
    /// Everything allowed.
    pub const OPEN: Self = Self {
        private: false,
        cloud_available: true,
        text: true,
        uploads: ModalitySet::first(ModalitySet::MAX_SLOTS),
        taken: ModalitySet::first(ModalitySet::MAX_SLOTS),
        wish: None,
        local_shut: None,
        cloud_shut: None,
    };
}

/// For each action of an observation: feasible, or the constraint that forbids it.
#[derive(Clone, Debug, PartialEq)]
pub struct Mask {
    verdicts: Vec<(Action, Option<Constraint>)>,
}

impl Mask {
    /// An action is feasible if the rules allow it and, after its worst case, the turns still
    /// expected can all be finished within the budget on some one arm that is itself allowed.
    #[must_use]
    pub fn new(observation: &Observation, rules: &Rules) -> Self {
        Self::within(observation, rules, &Limits::UNLIMITED)
    }

    /// [`Mask::new`] where the worst case must also fit into `room`: what each limit, also those
    /// of a turn, a day and a month, leaves for more ([`crate::Ledger::room`]). Pacing over turns
    /// to come is for the dialogue's budget; the others forbid only what does not fit now.
    #[must_use]
    pub fn within(observation: &Observation, rules: &Rules, room: &Limits) -> Self {
        let forecasts = &observation.forecasts;
        let turns_left = observation.turns_left.max(0.0).ceil() as u32;
        let lasting: Vec<&Forecast> = forecasts
            .iter()
            .filter(|arm| forbidden(observation, rules, arm.action, false).is_none())
            .collect();
        let verdicts = forecasts
            .iter()
            .map(|forecast| {
                let verdict = forbidden(observation, rules, forecast.action, true)
                    .or_else(|| over_budget(observation, room, forecast, &lasting, turns_left));
                (forecast.action, verdict)
            })
            .collect();
        Self { verdicts }
    }

    /// Each action with the constraint that forbids it, in the order of the observation.
    #[must_use]
    pub fn verdicts(&self) -> &[(Action, Option<Constraint>)] {
        &self.verdicts
    }

    /// Whether the action at `index` may be taken.
    #[must_use]
    pub fn allows(&self, index: usize) -> bool {
        self.verdicts
            .get(index)
            .is_some_and(|(_, constraint)| constraint.is_none())
    }

    /// The action at `index`, if it may be taken.
    #[must_use]
    pub fn feasible(&self, index: usize) -> Option<Feasible<Action>> {
        self.verdicts
            .get(index)
            .filter(|(_, constraint)| constraint.is_none())
            .map(|(action, _)| Feasible(*action))
    }

    /// All feasible actions with their places.
    pub fn all_feasible(&self) -> impl Iterator<Item = (usize, Feasible<Action>)> {
        (0..self.verdicts.len()).filter_map(|index| Some((index, self.feasible(index)?)))
    }

    /// When nothing is feasible the answer is local, whatever it costs in waiting; `None` if there
    /// is no local model either, or the prompt is too long for it.
    #[must_use]
    pub fn last_resort(&self, observation: &Observation) -> Option<Feasible<Action>> {
        observation
            .answerable_here()
            .then_some(Feasible(Action::Local))
    }
}

/// The first rule, other than a budget, that forbids `action`. The wish, the uploads and what is shut
/// are about this turn alone, so they do not count when `this_turn` is false.
fn forbidden(
    observation: &Observation,
    rules: &Rules,
    action: Action,
    this_turn: bool,
) -> Option<Constraint> {
    match action {
        Action::Local => {
            if !observation.device.ready {
                Some(Constraint::NoLocalModel)
            } else if observation.prompt_tokens > observation.longest_local_prompt {
                Some(Constraint::TooLong)
            } else if this_turn && rules.wish == Some(Wish::Cloud) {
                Some(Constraint::Wish)
            } else {
                rules.local_shut.filter(|_| this_turn)
            }
        }
        Action::Cloud(uploads) => {
            if rules.private {
                Some(Constraint::Private)
            } else if !rules.cloud_available {
                Some(Constraint::NoCloud)
            } else if !observation.network.online {
                Some(Constraint::Offline)
            } else if this_turn && rules.wish == Some(Wish::Local) {
                Some(Constraint::Wish)
            } else if !rules.text || (this_turn && !uploads.is_subset_of(rules.uploads)) {
                Some(Constraint::Rule)
            } else if !uploads.is_subset_of(rules.taken) {
                Some(Constraint::NotTaken)
            } else {
                rules.cloud_shut.filter(|_| this_turn)
            }
        }
    }
}

fn over_budget(
    observation: &Observation,
    room: &Limits,
    forecast: &Forecast,
    lasting: &[&Forecast],
    turns_left: u32,
) -> Option<Constraint> {
    let budget = &observation.budget;
    let after = observation.committed.plus(forecast.worst);
    if !budget.allows(after) {
        return Some(binding(budget, after));
    }
    if let Some(span) = room.in_the_way(forecast.worst) {
        return Some(match span {
            Span::Dialogue => binding(room.of(span), forecast.worst),
            _ => Constraint::Limit(span),
        });
    }
    let finishes = |arm: &&&Forecast| budget.allows(after.plus(arm.worst.times(turns_left)));
    if turns_left == 0 || lasting.iter().any(|arm| finishes(&arm)) {
        return None;
    }
    let cheapest = lasting
        .iter()
        .min_by_key(|arm| (arm.worst.usd, arm.worst.millis));
    Some(cheapest.map_or(Constraint::Usage, |arm| {
        binding(budget, after.plus(arm.worst.times(turns_left)))
    }))
}

/// The first limit that `total` goes over.
fn binding(budget: &Budget, total: Spending) -> Constraint {
    if budget.usd.is_some_and(|limit| total.usd > limit) {
        Constraint::Usage
    } else if budget.millis.is_some_and(|limit| total.millis > limit) {
        Constraint::Latency
    } else {
        Constraint::Data
    }
}
