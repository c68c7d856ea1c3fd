//! From a turn to the policy's observation, and from there to a decision.

use weir_core::{
    Action, ActionScore, Constraint, Decision, Forecast, Mask, ModalitySet, Observation, PastTurn,
    Rule, Span, Spending, Turn, UserTurn,
    decision::Reason,
    mask::{Rules, Wish},
};

use crate::{
    breaker::Circuit,
    conversation::{conversation, local_conversation},
    engine::{Engine, Event, OUTPUT_LIMIT},
    failover::Failed,
    world::{
        Circumstances, CloudModel, CloudTerms, LocalFailure, LocalModel, Policy, Understanding,
        World,
    },
};

/// Turns that a dialogue is expected to have at least: the history the policy sees.
const EXPECTED_TURNS: usize = Observation::HISTORY;

/// An observation, which cloud model is set up, which attachments it takes and the user's rules allow, and
/// whether the local model failed already.
pub(crate) struct Seen {
    observation: Observation,
    terms: Option<CloudTerms>,
    taken: ModalitySet,
    pub(crate) failed: Option<Failed>,
    /// What opinions changed about each forecast's quality.
    learned: Vec<f32>,
    allowed: ModalitySet,
}

impl Seen {
    /// Whether it could be answered on this device.
    pub(crate) fn answerable_here(&self) -> bool {
        self.observation.answerable_here()
    }

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
    let messages = local_conversation(earlier, user);
    let understood = world
        .local()
        .understand(&messages, &user.text, &mut |done, total| {
            hear(Event::Reading { done, total });
        })
        .await;
    let model = world.local().name().unwrap_or_default();
    let (understanding, failed) = match understood {
        Ok(understanding) => (understanding, None),
        // The cloud may be able to.
        Err(LocalFailure::Device(message)) => (
            Understanding::unread(&messages),
            Some(Failed::reading(model.clone(), message)),
        ),
        Err(failure) => return Err(failure),
    };

    let preferences = engine.preferences.get();
    let terms = world.cloud().terms();
    let now = world.moment();
    let (estimates, device) = {
        let lessons = engine.lessons.borrow();
        (
            lessons.estimates(terms.as_ref(), now),
            lessons.device(&model, world.local().estimate(), now),
        )
    };
    let network = weir_core::NetworkEstimate {
        online: world.online(),
        ..estimates.network
    };
    let messages = conversation(earlier, &user.text);
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
    let mut forecasts = world.policy().forecasts(&Circumstances {
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
    let learned = {
        let feedback = &engine.lessons.borrow().feedback;
        let correct = |forecast: &mut Forecast| {
            let correction = feedback.correction(forecast, &understanding.task);
            forecast.quality += correction;
            correction
        };
        forecasts.iter_mut().map(correct).collect()
    };
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
        committed: engine.read_ledger(|ledger| ledger.committed(Span::Dialogue)),
        network,
        cloud: estimates.cloud,
        device,
        forecasts,
        dial: preferences.dial,
    };
    Ok(Seen {
        observation,
        terms,
        taken,
        failed,
        learned,
        allowed: preferences.rules.uploads(&user.attachments),
    })
}

/// Masks and decides.
///
/// # Errors
/// The constraints that stand in the way, if nothing can be done at all.
pub(crate) fn decide<W: World>(
    engine: &Engine<W>,
    seen: &mut Seen,
    wish: Option<Wish>,
    failed: Option<&Failed>,
) -> Result<Decision, Vec<Constraint>> {
    // What failed may have been charged.
    seen.observation.committed = engine.read_ledger(|ledger| ledger.committed(Span::Dialogue));
    let observation = &seen.observation;
    let preferences = engine.preferences.get();
    let shut = |cloud| {
        let failed = failed.filter(|failed| failed.is_cloud() == cloud);
        failed.map(|_| Constraint::Failed)
    };
    let rules = Rules {
        private: preferences.private,
        cloud_available: seen.terms.is_some(),
        text: preferences.rules.text != Rule::Never,
        uploads: seen.allowed,
        taken: seen.taken,
        wish,
        local_shut: shut(false),
        cloud_shut: shut(true).or_else(|| resting(engine, seen, wish)),
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
        None if wish == Some(Wish::Cloud) || rules.local_shut.is_some() => {
            return Err(constraints());
        }
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
            learned: seen.learned.get(index).copied().unwrap_or(0.0),
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

/// Whether the provider is left alone for now. The user may have it tried all the same.
fn resting<W: World>(engine: &Engine<W>, seen: &Seen, wish: Option<Wish>) -> Option<Constraint> {
    let terms = seen.terms.as_ref().filter(|_| wish != Some(Wish::Cloud))?;
    let circuit = engine
        .lessons
        .borrow()
        .circuit(terms, engine.world.moment());
    (circuit == Circuit::Open).then_some(Constraint::Resting)
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
