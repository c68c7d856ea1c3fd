//! A turn answered in the cloud: a call, made again where that costs nothing, and its receipt.

use std::{future::Future, pin::Pin, time::Duration};

use futures::future::{Either, select};
use weir_core::{
    ModalitySet, Receipt, Spending, TokenUsage, Turn, UserTurn, dialogue::Ending, receipt::Sent,
};

use crate::{
    attempt::{self, Attempt},
    conversation::conversation,
    engine::{Carried, Engine, Event, OUTPUT_LIMIT},
    refusal::Trouble,
    world::{Charged, CloudCall, CloudModel, CloudTerms, Upload, World},
};

/// What was decided.
pub(crate) struct Offload<'a> {
    pub(crate) uploads: ModalitySet,
    pub(crate) worst: Spending,
    pub(crate) media: &'a [Vec<u8>],
}

/// Makes the call, and makes it again while it is turned away without a charge, the provider may be
/// asked again soon, and the limits leave room for the wait.
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
    let mut call = CloudCall {
        messages: &messages,
        uploads: uploads(user, &offload),
        output_limit: OUTPUT_LIMIT,
        attempt: 1,
    };
    // The forecast's bytes were an estimate; what is reserved is the exact body.
    let worst = Spending {
        bytes: world.cloud().body_bytes(&call),
        ..offload.worst
    };

    let started = world.now_ms();
    let mut charge = Spending::ZERO;
    let (mut last, begun) = loop {
        let begun = world.now_ms();
        let attempt = attempt::make(engine, &terms, &call, worst, cancel, hear).await?;
        charge = charge.plus(attempt.charge);
        let Some(wait) = attempt.again.filter(|wait| fits(engine, worst, *wait)) else {
            break (attempt, begun);
        };
        hear(Event::AskingAgain { wait });
        if !waited(engine, &terms, wait, cancel).await {
            let stopped = Attempt {
                ending: Ending::Stopped,
                broken: None,
                ..attempt
            };
            break (stopped, begun);
        }
        hear(Event::AskingAgain {
            wait: Duration::ZERO,
        });
        call.attempt += 1;
    };
    if let Some((_, message)) = last.broken.as_mut().filter(|_| call.attempt > 1) {
        message.push_str(&format!(" It was tried {} times.", call.attempt));
    }

    let usage = match last.charged {
        Charged::Reported(usage) => Some(usage),
        Charged::NotSent | Charged::Nothing | Charged::Unknown => None,
    };
    if let (Some(usage), None) = (usage, &last.broken) {
        let mut estimates = engine.estimates.get();
        estimates.learn(worst.bytes, last.first_ms, last.total_ms, usage.output);
        engine.estimates.set(estimates);
    }
    let TokenUsage { input, output, .. } = usage.unwrap_or_default();
    let receipt = Receipt {
        place: attempt::place(&terms),
        prompt_tokens: input,
        tokens: output,
        first_token_ms: (begun - started + last.first_ms) as u64,
        total_ms: (world.now_ms() - started) as u64,
        usd: charge.usd,
        worst_case: last.charged == Charged::Unknown,
        sent: if charge.bytes > 0 {
            sent(&call)
        } else {
            Vec::new()
        },
        bytes_sent: charge.bytes,
        forgotten: 0,
        repeated: call.attempt - 1,
    };
    Ok(Carried {
        text: last.text,
        ending: last.ending,
        receipt,
        broken: last.broken,
    })
}

/// Whether every limit has room for a wait and one more call behind it.
fn fits<W: World>(engine: &Engine<W>, worst: Spending, wait: Duration) -> bool {
    let limits = engine.preferences.get().limits;
    let room = engine.read_ledger(|ledger| ledger.room(&limits));
    room.allows(worst.plus(Spending {
        millis: millis(wait.as_secs_f64() * 1e3),
        ..Spending::ZERO
    }))
}

/// Waits, and counts the time; `false` if the user stopped it.
async fn waited<W: World, C: Future<Output = ()>>(
    engine: &Engine<W>,
    terms: &CloudTerms,
    wait: Duration,
    cancel: &mut Pin<&mut C>,
) -> bool {
    let world = &engine.world;
    // A crash while it waits must not find the last try open. The next one insists on storage.
    let _ = engine.save().await;
    let started = world.now_ms();
    let rung = std::pin::pin!(world.wait(wait));
    let is_over = matches!(select(rung, cancel.as_mut()).await, Either::Left(_));
    let millis = millis(world.now_ms() - started);
    let place = attempt::place(terms);
    engine.with_ledger(|ledger| ledger.add_waiting(place, millis, world.moment()));
    is_over
}

/// Whole milliseconds, rounded up.
fn millis(ms: f64) -> u64 {
    ms.ceil() as u64
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
