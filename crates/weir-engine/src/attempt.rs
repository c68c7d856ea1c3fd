//! One try of a cloud call: reserve, remember the reservation, send, settle.

use std::{future::Future, pin::Pin, time::Duration};

use futures::future::{Either, select};
use weir_core::{NanoUsd, Spending, Where, dialogue::Ending};

use crate::{
    engine::{Engine, Event},
    permit::Permit,
    refusal::Trouble,
    world::{Charged, CloudAnswer, CloudCall, CloudFailure, CloudModel, CloudTerms, World},
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
    terms: &CloudTerms,
    call: &CloudCall<'_>,
    worst: Spending,
    cancel: &mut Pin<&mut C>,
    hear: &mut dyn FnMut(Event<'_>),
) -> Result<Attempt, (Trouble, String)> {
    let world = &engine.world;
    let preferences = engine.preferences.get();
    // Both can have changed since it was decided, while the last try waited.
    if preferences.private || world.cloud().terms().as_ref() != Some(terms) {
        return Err((
            Trouble::NothingCanAnswer,
            "Not sent, because the settings of the cloud were changed meanwhile. Ask again."
                .to_owned(),
        ));
    }
    let place = place(terms);
    let now = world.moment();
    let reservation = engine
        .with_ledger(|ledger| ledger.reserve(&preferences.limits, place, worst, now))
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
        let permit = Permit::new(terms.host.clone(), worst.bytes);
        let answer = std::pin::pin!(world.cloud().answer(permit, call, &mut on_piece));
        match select(answer, cancel.as_mut()).await {
            Either::Left((outcome, _)) => Some(outcome),
            Either::Right(((), _)) => None,
        }
    };
    let total_ms = world.now_ms() - started;
    let millis = total_ms as u64;

    let (ending, charged, failure) = judge(outcome);
    let charge = engine.with_ledger(|ledger| match charged {
        Charged::NotSent => ledger.release(reservation).map(|()| Spending::ZERO),
        Charged::Nothing => ledger.settle(reservation, Some(NanoUsd::ZERO), millis),
        Charged::Reported(usage) => {
            ledger.settle(reservation, Some(terms.price.cost(usage)), millis)
        }
        Charged::Unknown => ledger.settle(reservation, None, millis),
    });
    let is_free = matches!(charged, Charged::NotSent | Charged::Nothing) && text.is_empty();
    let again = failure.as_ref().and_then(|failure| failure.again);
    Ok(Attempt {
        text,
        ending,
        charged,
        // The reservation was opened above and is closed nowhere else.
        charge: charge.unwrap_or(worst),
        first_ms: first.map_or(total_ms, |at| at - started),
        total_ms,
        broken: failure.map(|failure| (failure.trouble, failure.message)),
        again: again.filter(|_| is_free),
    })
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
