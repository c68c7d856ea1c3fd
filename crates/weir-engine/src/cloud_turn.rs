//! A turn answered in the cloud: reserve, remember the reservation, send, settle.

use std::{future::Future, pin::Pin};

use futures::future::{Either, select};
use weir_core::{
    ModalitySet, Receipt, Spending, TokenUsage, Turn, UserTurn, Where, dialogue::Ending,
    receipt::Sent,
};

use crate::{
    conversation::conversation,
    engine::{Carried, Engine, Event, OUTPUT_LIMIT},
    permit::Permit,
    refusal::Trouble,
    world::{Charged, CloudCall, CloudFailure, CloudModel, Upload, World},
};

/// What was decided.
pub(crate) struct Offload<'a> {
    pub(crate) uploads: ModalitySet,
    pub(crate) worst: Spending,
    pub(crate) media: &'a [Vec<u8>],
}

/// Makes the call.
///
/// # Errors
/// When nothing was sent, or nothing came back: there is no reply to keep. The ledger is right
/// either way.
pub(crate) async fn carry_out<W: World, C: Future<Output = ()>>(
    engine: &Engine<W>,
    earlier: &[Turn],
    user: &UserTurn,
    offload: Offload<'_>,
    cancel: &mut Pin<&mut C>,
    hear: &mut dyn FnMut(Event<'_>),
) -> Result<Carried, (Trouble, String)> {
    let world = &engine.world;
    let terms = world.cloud().terms().ok_or_else(|| {
        (
            Trouble::NothingCanAnswer,
            "No cloud model is set up: see the settings.".to_owned(),
        )
    })?;
    let messages = conversation(earlier, user);
    let call = CloudCall {
        messages: &messages,
        uploads: uploads(user, &offload),
        output_limit: OUTPUT_LIMIT,
    };
    let bytes = world.cloud().body_bytes(&call);

    // The forecast's bytes were an estimate; what is reserved is the exact body.
    let worst = Spending {
        bytes,
        ..offload.worst
    };
    let place = Where::Cloud {
        model: terms.model,
        host: terms.host.clone(),
    };
    let limits = engine.preferences.get().limits;
    let now = world.moment();
    let reservation = engine
        .with_ledger(|ledger| ledger.reserve(&limits, place.clone(), worst, now))
        .map_err(|error| {
            (
                Trouble::OverBudget,
                format!("Not sent: {error}. Raise the budget, or answer locally."),
            )
        })?;
    // Before a byte leaves, the reservation is where a crash cannot lose it.
    if let Err(error) = engine.save().await {
        let _ = engine.with_ledger(|ledger| ledger.release(reservation));
        return Err((
            Trouble::Storage,
            format!("Not sent, because no charge could be remembered: {error}"),
        ));
    }
    hear(engine.ledger());

    let started = world.now_ms();
    let mut text = String::new();
    let mut first = None;
    let outcome = {
        let mut on_piece = |piece: &str| {
            first.get_or_insert_with(|| world.now_ms());
            text.push_str(piece);
            hear(Event::Piece {
                text: piece,
                tokens: &[],
            });
        };
        let permit = Permit::new(terms.host, bytes);
        let answer = std::pin::pin!(world.cloud().answer(permit, &call, &mut on_piece));
        match select(answer, cancel.as_mut()).await {
            Either::Left((outcome, _)) => Some(outcome),
            Either::Right(((), _)) => None,
        }
    };
    let total_ms = world.now_ms() - started;
    let millis = total_ms as u64;
    let first_ms = first.map_or(total_ms, |at| at - started);

    let (ending, charged, broken) = judge(outcome);
    let usage = match charged {
        Charged::Reported(usage) => Some(usage),
        Charged::Nothing => None,
        Charged::Unknown => None,
    };
    let charge = engine.with_ledger(|ledger| match charged {
        Charged::Nothing => ledger.release(reservation).map(|()| Spending::ZERO),
        Charged::Reported(usage) => {
            ledger.settle(reservation, Some(terms.price.cost(usage)), millis)
        }
        Charged::Unknown => ledger.settle(reservation, None, millis),
    });
    // The reservation was opened above and is closed nowhere else.
    let charge = charge.unwrap_or(worst);
    if let (Some(usage), None) = (usage, &broken) {
        let mut estimates = engine.estimates.get();
        estimates.learn(bytes, first_ms, total_ms, usage.output);
        engine.estimates.set(estimates);
    }

    let TokenUsage { input, output, .. } = usage.unwrap_or_default();
    let receipt = Receipt {
        place,
        prompt_tokens: input,
        tokens: output,
        first_token_ms: first_ms as u64,
        total_ms: millis,
        usd: charge.usd,
        worst_case: charged == Charged::Unknown,
        sent: sent(&call),
        bytes_sent: bytes,
        forgotten: 0,
    };
    Ok(Carried {
        text,
        ending,
        receipt,
        broken,
    })
}

fn judge(
    outcome: Option<Result<crate::world::CloudAnswer, CloudFailure>>,
) -> (Ending, Charged, Option<(Trouble, String)>) {
    match outcome {
        Some(Ok(answer)) => (
            answer.ending,
            answer.usage.map_or(Charged::Unknown, Charged::Reported),
            None,
        ),
        Some(Err(failure)) => (
            Ending::CutOff,
            failure.charged,
            Some((failure.trouble, failure.message)),
        ),
        None => (Ending::Stopped, Charged::Unknown, None),
    }
}

fn uploads<'a>(user: &'a UserTurn, offload: &Offload<'a>) -> Vec<Upload<'a>> {
    let attached = user.attachments.iter().zip(offload.media).enumerate();
    attached
        .filter(|(slot, _)| offload.uploads.contains(*slot))
        .map(|(_, (attachment, bytes))| Upload {
            modality: attachment.modality,
            mime: &attachment.mime,
            bytes,
            seconds: attachment.seconds,
        })
        .collect()
}

fn sent(call: &CloudCall<'_>) -> Vec<Sent> {
    let text = call
        .messages
        .iter()
        .map(|message| message.text.len() as u64)
        .sum();
    let uploads = call.uploads.iter().map(|upload| Sent::Upload {
        modality: upload.modality,
        bytes: upload.bytes.len() as u64,
    });
    std::iter::once(Sent::Text { bytes: text })
        .chain(uploads)
        .collect()
}
