//! One try of a cloud call: reserve, remember the reservation, send, settle.

use std::{future::Future, pin::Pin, time::Duration};

use futures::future::{Either, select};
use weir_core::{
    Departed, DepartedUpload, NanoUsd, Reservation, Spending, Where, dialogue::Ending,
};

use crate::{
    cloud_turn::Offload,
    engine::{Engine, Event},
    gate,
    refusal::Trouble,
    shared::Change,
    world::{Charged, CloudAnswer, CloudCall, CloudFailure, CloudModel, CloudTerms, Gate, World},
};

/// How a try ended. Its reservation is closed.
pub(crate) struct Attempt {
    pub(crate) text: String,
    pub(crate) ending: Ending,
    /// What is known of its cost.
    pub(crate) charged: Charged,
    /// What the ledger counts for it.
    pub(crate) charge: Spending,
    /// From its start to the first piece, or to its end if there was none.
    pub(crate) first_ms: f64,
    /// From its start to its end.
    pub(crate) total_ms: f64,
    /// From its start to the head of the answer, if that was seen.
    pub(crate) head_ms: Option<f32>,
    /// What broke it off, if something did.
    pub(crate) broken: Option<(Trouble, String)>,
    /// After which wait it may be made again.
    pub(crate) again: Option<Duration>,
}

/// Makes `call` once under a reservation and a permit of its own.
///
/// # Errors
/// When it may not be made: nothing was sent, and nothing is reserved.
pub(crate) async fn make<W: World, C: Future<Output = ()>>(
    engine: &Engine<W>,
    Offload {
        terms, redactor, ..
    }: &Offload,
    call: &CloudCall<'_>,
    worst: Spending,
    cancel: &mut Pin<&mut C>,
    hear: &mut dyn FnMut(Event<'_>),
) -> Result<Attempt, (Trouble, String)> {
    let world = &engine.world;
    let closed = || {
        (
            Trouble::NothingCanAnswer,
            "Not sent, because your settings were changed meanwhile. Ask again.".to_owned(),
        )
    };
    // They can have changed since it was decided, while the user looked or the last try waited.
    if !gate::is_open(engine, terms, call) {
        return Err(closed());
    }
    // Before a byte leaves, the reservation is where a crash cannot lose it and every tab counts it,
    // and the call is in the log.
    let departed = departed(world, terms, call, worst.bytes).await;
    let reservation = engine.reserve(place(terms), worst, departed).await?;
    let Some(permit) = gate::permit(engine, terms, call, worst.bytes) else {
        let _ = engine.note(Change::Release(reservation));
        return Err(closed());
    };
    hear(engine.ledger());

    let started = world.now_ms();
    let mut text = String::new();
    let mut first = None;
    let mut restorer = redactor.restorer();
    let mut add = |piece: &str| {
        text.push_str(piece);
        // What may be half a placeholder waits for the rest of it.
        if !piece.is_empty() {
            hear(Event::Piece {
                text: piece,
                tokens: &[],
            });
        }
    };
    let outcome = {
        let mut on_piece = |piece: &str| {
            first.get_or_insert_with(|| world.now_ms());
            add(&restorer.push(piece));
        };
        let answer = std::pin::pin!(world.cloud().answer(permit, call, &mut on_piece));
        match select(answer, cancel.as_mut()).await {
            Either::Left((outcome, _)) => Some(outcome),
            Either::Right(((), _)) => None,
        }
    };
    add(&restorer.finish());
    let total_ms = world.now_ms() - started;
    let millis = total_ms as u64;
    let head_ms = match &outcome {
        Some(Ok(answer)) => answer.head_ms,
        _ => None,
    };

    let (ending, charged, failure) = judge(outcome);
    let charge = engine.note(match charged {
        Charged::NotSent => Change::Release(reservation),
        Charged::Nothing => Change::Settle(reservation, Some(NanoUsd::ZERO), millis),
        Charged::Reported(usage) => {
            Change::Settle(reservation, Some(terms.price.cost(usage)), millis)
        }
        Charged::Unknown => Change::Settle(reservation, None, millis),
    });
    let is_free = matches!(charged, Charged::NotSent | Charged::Nothing) && text.is_empty();
    let again = failure.as_ref().and_then(|failure| failure.again);
    Ok(Attempt {
        text,
        ending,
        charged,
        // Only a tab that took this one for gone could have closed it, and then it counted in full.
        charge: charge.unwrap_or(worst),
        first_ms: first.map_or(total_ms, |at| at - started),
        total_ms,
        head_ms,
        broken: failure.map(|failure| (failure.trouble, failure.message)),
        again: again.filter(|_| is_free),
    })
}

/// What the egress log is to say of a call, once there is a reservation for it.
async fn departed<W: World>(
    world: &W,
    terms: &CloudTerms,
    call: &CloudCall<'_>,
    bytes: u64,
) -> impl FnOnce(Reservation) -> Departed {
    let mut uploads = Vec::with_capacity(call.uploads.len());
    for upload in &call.uploads {
        let thumbnail = if upload.modality.is_picture() {
            world.gate().thumbnail(upload).await
        } else {
            None
        };
        uploads.push(DepartedUpload {
            modality: upload.modality,
            mime: upload.mime.to_owned(),
            bytes: upload.bytes.len() as u64,
            seconds: upload.seconds,
            thumbnail,
        });
    }
    let messages = call.messages.iter();
    move |reservation| Departed {
        at: world.moment(),
        host: terms.host.clone(),
        model: terms.model.clone(),
        messages: messages
            .map(|message| (message.speaker, message.text.clone()))
            .collect(),
        uploads,
        bytes,
        reservation,
    }
}

/// Who is called, as ledger and receipt name them.
pub(crate) fn place(terms: &CloudTerms) -> Where {
    Where::Cloud {
        model: terms.model.clone(),
        host: terms.host.clone(),
    }
}

fn judge(
    outcome: Option<Result<CloudAnswer, CloudFailure>>,
) -> (Ending, Charged, Option<CloudFailure>) {
    match outcome {
        Some(Ok(answer)) => (
            answer.ending,
            answer.usage.map_or(Charged::Unknown, Charged::Reported),
            None,
        ),
        Some(Err(failure)) => (Ending::CutOff, failure.charged, Some(failure)),
        None => (Ending::Stopped, Charged::Unknown, None),
    }
}
