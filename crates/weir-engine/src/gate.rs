//! The gate between deciding and sending: what the user wants to look at first, and what may leave
//! at all.
//!
//! What [`pass`] lets through is what was shown, to the byte: the messages are written once, with
//! placeholders where details are left out, and the same ones are shown and sent. [`permit`] asks the
//! settings once more at the last moment, because they can change while the user looks, or while a
//! call waits to be made again.

use std::{future::Future, pin::Pin};

use futures::future::{Either, select};
use weir_core::{
    Action, Approval, Attachment, Decision, Departure, ModalitySet, Passage, Redaction, Revision,
    Rule, Spending, Turn, UserTurn, decision::Reason, price::CallBound, receipt::Sent,
};

use crate::{
    cloud_turn::Offload,
    conversation::{Message, conversation},
    engine::{Engine, Event, Preferences},
    observe::Seen,
    permit::Permit,
    redaction::Redactor,
    refusal::Trouble,
    world::{CloudCall, CloudModel, CloudTerms, Gate, World},
};

/// Which way a turn takes.
pub(crate) enum Way {
    /// It is answered on this device.
    Here,
    /// By a cloud model.
    Out(Box<Offload>),
}

/// Lets a turn through as it was decided. One that goes to the cloud is looked at first, if the
/// user's rules say so; what they change about it is changed in `user` and `decision`.
///
/// # Errors
/// When it is not to be sent, or nobody is set up to receive it.
pub(crate) async fn pass<W: World, C: Future<Output = ()>>(
    engine: &Engine<W>,
    seen: &Seen,
    earlier: &[Turn],
    user: &mut UserTurn,
    decision: &mut Decision,
    cancel: &mut Pin<&mut C>,
    hear: &mut dyn FnMut(Event<'_>),
) -> Result<Way, (Trouble, String)> {
    let Action::Cloud(decided) = decision.action else {
        return Ok(Way::Here);
    };
    let cloud = engine.world.cloud();
    let terms = cloud.terms().ok_or_else(|| {
        (
            Trouble::NothingCanAnswer,
            "No cloud model is set up: see the settings.".to_owned(),
        )
    })?;
    let preferences = engine.preferences.get();
    let asks = asks(&preferences, &user.attachments, decided);
    let mut revision = Revision {
        text: user.text.clone(),
        redact: match preferences.redaction {
            Redaction::Never => false,
            Redaction::WhenAsked => asks || earlier.iter().any(was_redacted),
            Redaction::Always => true,
        },
        uploads: decided,
    };
    let bound = cloud.prompt_tokens_bound(&conversation(earlier, &user.text));
    loop {
        let mut redactor = Redactor::default();
        let (messages, passages) = written(earlier, &revision, &mut redactor);
        let worst = dearer(
            seen.worst_of(Action::Cloud(revision.uploads)),
            &terms,
            bound,
            cloud.prompt_tokens_bound(&messages),
        );
        let offload = Offload {
            terms: terms.clone(),
            uploads: revision.uploads,
            redacted: placeholders(&passages),
            messages,
            redactor,
            worst,
        };
        if !asks {
            return Ok(Way::Out(Box::new(offload)));
        }
        let departure = Departure {
            host: terms.host.clone(),
            first: !preferences.consented,
            messages: passages,
            most: worst.usd,
            answerable_here: seen.answerable_here(),
            revision,
        };
        hear(Event::Departing(&departure));
        let asked = std::pin::pin!(engine.world.gate().approve(&departure));
        let approval = match select(asked, cancel.as_mut()).await {
            Either::Left((approval, _)) => approval,
            Either::Right(((), _)) => Approval::Withhold,
        };
        revision = match approval {
            Approval::Send(shown) if shown == departure.revision => {
                user.text = shown.text;
                overrule(decision, Action::Cloud(shown.uploads), hear);
                return Ok(Way::Out(Box::new(offload)));
            }
            Approval::Send(other) | Approval::Look(other) => Revision {
                uploads: other.uploads.and(decided),
                ..other
            },
            Approval::Here if departure.answerable_here => {
                overrule(decision, Action::Local, hear);
                return Ok(Way::Here);
            }
            Approval::Here | Approval::Withhold => {
                return Err((
                    Trouble::Withheld,
                    "Nothing was sent. Change the question, or have it answered on this device."
                        .to_owned(),
                ));
            }
        };
    }
}

fn overrule(decision: &mut Decision, action: Action, hear: &mut dyn FnMut(Event<'_>)) {
    if decision.action != action {
        decision.action = action;
        decision.reason = Reason::Approval;
        hear(Event::Decided(decision));
    }
}

/// Whether the settings still let `call` leave.
pub(crate) fn is_open<W: World>(
    engine: &Engine<W>,
    terms: &CloudTerms,
    call: &CloudCall<'_>,
) -> bool {
    let Preferences { private, rules, .. } = engine.preferences.get();
    let mut uploads = call.uploads.iter();
    !private
        && rules.text != Rule::Never
        && uploads.all(|upload| rules.of(upload.modality) != Rule::Never)
        && engine.world.cloud().terms().as_ref() == Some(terms)
}

/// Leave for `call` and a body of so many bytes. This is the one place where a permit is made.
pub(crate) fn permit<W: World>(
    engine: &Engine<W>,
    terms: &CloudTerms,
    call: &CloudCall<'_>,
    bytes: u64,
) -> Option<Permit> {
    is_open(engine, terms, call).then(|| Permit::new(terms.host.clone(), bytes))
}

fn asks(preferences: &Preferences, attachments: &[Attachment], uploads: ModalitySet) -> bool {
    let rules = &preferences.rules;
    let mut attached = uploads.slots().filter_map(|slot| attachments.get(slot));
    !preferences.consented
        || rules.text == Rule::Ask
        || attached.any(|attachment| rules.of(attachment.modality) == Rule::Ask)
}

/// What was left out of one call would be told by the next, which sends the dialogue again.
fn was_redacted(turn: &Turn) -> bool {
    let sent = turn.reply.iter().flat_map(|reply| &reply.receipt.sent);
    sent.into_iter()
        .any(|sent| matches!(sent, Sent::Text { redacted: 1.., .. }))
}

/// The messages as they are sent, and their passages as they are shown. Placeholders are numbered
/// from the first message on, so that each call of a dialogue has the same ones.
fn written(
    earlier: &[Turn],
    revision: &Revision,
    redactor: &mut Redactor,
) -> (Vec<Message>, Vec<Vec<Passage>>) {
    let messages = conversation(earlier, &revision.text).into_iter();
    messages
        .map(|Message { speaker, text }| {
            let passages = if revision.redact {
                redactor.passages(&text)
            } else {
                let placeholder = None;
                vec![Passage { text, placeholder }]
            };
            let text = passages.iter().map(Passage::sent).collect();
            (Message { speaker, text }, passages)
        })
        .unzip()
}

fn placeholders(messages: &[Vec<Passage>]) -> u32 {
    let passages = messages.iter().flatten();
    passages.filter(|it| it.placeholder.is_some()).count() as u32
}

/// `worst`, which is for a prompt of at most `bound` tokens, for one of at most `now`.
fn dearer(worst: Spending, terms: &CloudTerms, bound: u64, now: u64) -> Spending {
    let prompt = CallBound {
        prompt_tokens: now.saturating_sub(bound),
        images: 0,
        audio_seconds: 0,
        output_tokens: 0,
    };
    worst.plus(Spending {
        usd: terms.price.worst_case(prompt),
        ..Spending::ZERO
    })
}
