//! From a turn to the policy's observation, and from there to a decision.

use weir_core::{
    Action, ActionScore, Constraint, Decision, Mask, ModalitySet, Observation, PastTurn, Span,
    Spending, Turn, UserTurn,
    decision::Reason,
    mask::{Rules, Wish},
};

use crate::{
    conversation::{conversation, local_conversation},
    engine::{Engine, Event, OUTPUT_LIMIT},
    world::{Circumstances, CloudModel, LocalFailure, LocalModel, Policy, World},
};

/// Turns that a dialogue is expected to have at least: the history the policy sees.
const EXPECTED_TURNS: usize = Observation::HISTORY;

/// An observation, whether a cloud model is set up at all, and what of the attachments it takes.
pub(crate) struct Seen {
    observation: Observation,
    cloud_available: bool,
    taken: ModalitySet,
}

impl Seen {
    /// The worst case of an action.
    pub(crate) fn worst_of(&self, action: Action) -> Spending {
        let forecasts = &self.observation.forecasts;
        forecasts
            .iter()
            .find(|forecast| forecast.action == action)
            .map_or(Spending::ZERO, |it| it.worst)
    }
}

/// Reads the prompt and gathers everything the policy decides from.
pub(crate) async fn observe<W: World>(
    engine: &Engine<W>,
    earlier: &[Turn],
    user: &UserTurn,
    hear: &mut dyn FnMut(Event<'_>),
) -> Result<Seen, LocalFailure> {
    let world = &engine.world;
    let understanding = world
        .local()
        .understand(
            &local_conversation(earlier, user),
            &user.text,
            &mut |done, total| {
                hear(Event::Reading { done, total });
            },
        )
        .await?;

    let preferences = engine.preferences.get();
    let estimates = engine.estimates.get();
    let network = weir_core::NetworkEstimate {
        online: world.online(),
        ..estimates.network
    };
    let device = world.local().estimate();
    let terms = world.cloud().terms();
    let messages = conversation(earlier, user);
    let attached: Vec<_> = user
        .attachments
        .iter()
        .map(|attachment| attachment.modality)
        .collect();
    let attachments = user.attachments.iter().enumerate();
    let taken = attachments
        .filter(|(_, it)| world.cloud().takes(it.modality, &it.mime))
        .map(|(slot, _)| slot)
        .collect();
    let relevance: Vec<_> = attached
        .iter()
        .map(|modality| understanding.relevance(*modality))
        .collect();
    let forecasts = world.policy().forecasts(&Circumstances {
        task: understanding.task,
        attachments: &user.attachments,
        relevance: &relevance,
        prompt_tokens: understanding.prompt_tokens,
        prompt_tokens_bound: world.cloud().prompt_tokens_bound(&messages),
        prompt_bytes: messages
            .iter()
            .map(|message| message.text.len() as u64)
            .sum(),
        output_limit: OUTPUT_LIMIT,
        network,
        cloud: estimates.cloud,
        device,
        price: terms.as_ref().map(|terms| terms.price),
    });
    let observation = Observation {
        history: history(earlier),
        task: understanding.task,
        attached,
        relevance,
        prompt_tokens: understanding.prompt_tokens,
        longest_local_prompt: world.local().longest_prompt(),
        turns_done: earlier.len() as u32,
        turns_left: EXPECTED_TURNS.saturating_sub(earlier.len() + 1).max(1) as f32,
        budget: preferences.limits.dialogue,
        committed: engine.with_ledger(|ledger| ledger.committed(Span::Dialogue)),
        network,
        cloud: estimates.cloud,
        device,
        forecasts,
        dial: preferences.dial,
    };
    Ok(Seen {
        observation,
        cloud_available: terms.is_some(),
        taken,
    })
}

/// Masks and decides.
///
/// # Errors
/// The constraints that stand in the way, if nothing can be done at all.
pub(crate) fn decide<W: World>(
    engine: &Engine<W>,
    seen: &Seen,
    wish: Option<Wish>,
) -> Result<Decision, Vec<Constraint>> {
    let observation = &seen.observation;
    let preferences = engine.preferences.get();
    let rules = Rules {
        private: preferences.private,
        cloud_available: seen.cloud_available,
        taken: seen.taken,
        wish,
        ..Rules::OPEN
    };
    let room = engine.read_ledger(|ledger| ledger.room(&preferences.limits));
    let mask = Mask::within(observation, &rules, &room);
    let constraints = || {
        mask.verdicts()
            .iter()
            .filter_map(|(_, constraint)| *constraint)
            .collect::<Vec<_>>()
    };

    let choice = engine.world.policy().choose(observation, &mask);
    let chosen = choice
        .as_ref()
        .and_then(|choice| mask.feasible(choice.index));
    let feasible = mask.all_feasible().count();
    let (action, reason) = match chosen {
        Some(action) if feasible == 1 => (action.get(), Reason::OnlyFeasible),
        Some(action) => (action.get(), Reason::Policy),
        // A wish for the cloud is not answered behind the user's back.
        None if wish == Some(Wish::Cloud) => return Err(constraints()),
        None => (
            mask.last_resort(observation).ok_or_else(constraints)?.get(),
            Reason::LastResort,
        ),
    };
    let probability = |index: usize| {
        choice
            .as_ref()
            .and_then(|it| it.probabilities.get(index))
            .copied()
            .unwrap_or(0.0)
    };
    let scores = observation
        .forecasts
        .iter()
        .zip(mask.verdicts())
        .enumerate()
        .map(|(index, (forecast, (_, forbidden_by)))| ActionScore {
            forecast: *forecast,
            probability: probability(index),
            forbidden_by: *forbidden_by,
        })
        .collect();
    let value = choice.as_ref().map_or(0.0, |choice| choice.value);
    Ok(Decision {
        action,
        reason,
        task: observation.task,
        scores,
        value,
    })
}

fn history(earlier: &[Turn]) -> Vec<PastTurn> {
    let first = earlier.len().saturating_sub(Observation::HISTORY);
    let replies = earlier[first..]
        .iter()
        .filter_map(|turn| turn.reply.as_ref());
    replies
        .map(|reply| PastTurn {
            action: reply.decision.action,
            task: reply.decision.task,
        })
        .collect()
}
