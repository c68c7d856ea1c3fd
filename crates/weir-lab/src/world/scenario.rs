//! What dialogues are like.

use weir_core::Task;
use weir_policy::ResponseModel;

use super::{Sense, TurnPlan};
use crate::{
    checks::LocalQuality,
    draws::Draws,
    scenario::{
        Pack,
        response::{Responses, responses},
    },
};

/// Whether the world surprises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noise {
    /// Replies have their expected length, networks keep their rates and never switch.
    None,
    /// Reply lengths vary, round trips jitter, networks switch between turns.
    Full,
}

/// A pack brought to life.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// What dialogues are like.
    pub pack: Pack,
    /// The policy's prior.
    pub response: ResponseModel,
    /// What replies are worth, by the pack's tasks.
    truth: Vec<ResponseModel>,
    /// Whether it surprises.
    pub noise: Noise,
    /// What policies are kept from seeing.
    pub hidden: Option<Sense>,
}

impl Scenario {
    /// Dialogues of `pack` on a local model of which `local` was measured.
    #[must_use]
    pub fn new(pack: Pack, local: &LocalQuality, noise: Noise) -> Self {
        let Responses { prior, truth } = responses(&pack, local);
        Self {
            pack,
            response: prior,
            truth,
            noise,
            hidden: None,
        }
    }

    /// The same dialogues for policies that do not see something.
    #[must_use]
    pub fn without(&self, sense: Sense) -> Self {
        Self {
            hidden: Some(sense),
            ..self.clone()
        }
    }

    /// The same dialogues with another measure of surprise.
    #[must_use]
    pub fn with_noise(&self, noise: Noise) -> Self {
        Self {
            noise,
            ..self.clone()
        }
    }

    /// What replies to this turn are worth, its task being certain.
    pub(super) fn truth(&self, turn: &TurnPlan) -> &ResponseModel {
        self.truth.get(turn.entry).unwrap_or(&self.response)
    }

    /// The kind of the task at a place of the pack.
    pub(super) fn kind(&self, entry: usize) -> Task {
        let task = self.pack.tasks.get(entry);
        task.map_or(Task::Other, |task| task.kind)
    }

    /// How many turns a dialogue has.
    #[must_use]
    pub fn length(&self, draws: &mut Draws) -> usize {
        let turns = &self.pack.turns;
        if let Some(longer) = turns.longer
            && !draws.chance(turns.listed_share)
        {
            let (least, most) = (longer.least as f32, longer.most as f32 + 1.0);
            return (draws.uniform(least, most) as usize).min(longer.most as usize);
        }
        let weights: Vec<f32> = turns.listed.iter().map(|length| length.weight).collect();
        let length = turns.listed.get(draws.pick(&weights));
        length.map_or(1, |length| length.turns.max(1) as usize)
    }

    /// The places of the tasks of a dialogue of `turns` turns.
    #[must_use]
    pub fn tasks(&self, turns: usize, draws: &mut Draws) -> Vec<usize> {
        let transitions = self.pack.transitions.as_ref();
        let following = transitions.filter(|transitions| draws.chance(transitions.share));
        let shares: Vec<f32> = self.pack.tasks.iter().map(|task| task.share).collect();
        let mut last: Option<usize> = None;
        (0..turns)
            .map(|_| {
                let place = draws.pick(match following {
                    None => &shares,
                    Some(following) => last
                        .and_then(|last| following.next.get(last)?.as_ref())
                        .unwrap_or(&following.first),
                });
                last = Some(place);
                place
            })
            .collect()
    }

    /// How much each subject has to do with a prompt of the task at a place of the pack.
    #[must_use]
    pub fn relevance(&self, entry: usize, draws: &mut Draws) -> Vec<f32> {
        let association = &self.pack.association;
        let relevant = self.pack.tasks.get(entry).map(|task| &task.relevant);
        relevant
            .into_iter()
            .flatten()
            .map(|share| {
                let [low, high] = if draws.chance(*share) {
                    association.relevant
                } else {
                    association.irrelevant
                };
                draws.uniform(low, high)
            })
            .collect()
    }
}
