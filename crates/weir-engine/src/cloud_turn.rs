//! A turn answered in the cloud: a call, made again where that costs nothing, and its receipt.

use std::{future::Future, pin::Pin, time::Duration};

use futures::future::{Either, select};
use weir_core::{
    ModalitySet, Receipt, Spending, TokenUsage, UserTurn, dialogue::Ending, receipt::Sent,
};

use crate::{
    attempt::{self, Attempt},
    conversation::Message,
    engine::{Carried, Engine, Event, OUTPUT_LIMIT},
    estimates::Call,
    redaction::Redactor,
    refusal::Trouble,
    shared::Change,
    world::{Charged, CloudCall, CloudModel, CloudTerms, Upload, World},
};

/// What the gate let through.
pub(crate) struct Offload {
    pub(crate) terms: CloudTerms,
    /// The dialogue as it is sent.
    pub(crate) messages: Vec<Message>,
    /// What its placeholders stand for.
    pub(crate) redactor: Redactor,
    /// How many there are.
    pub(crate) redacted: u32,
    pub(crate) uploads: ModalitySet,
    pub(crate) worst: Spending,
}

/// Makes the call, and makes it again while it is turned away without a charge, the provider may be
/// asked again soon, and the limits leave room for the wait.
///
/// # Errors
/// When nothing was sent, or nothing came back: there is no reply to keep. The ledger is right
/// either way.
pub(crate) async fn carry_out<W: World, C: Future<Output = ()>>(
    engine: &Engine<W>,
    user: &UserTurn,
    media: &[Vec<u8>],
    offload: Offload,
    cancel: &mut Pin<&mut C>,
    hear: &mut dyn FnMut(Event<'_>),
) -> Result<Carried, (Trouble, String)> {
    let world = &engine.world;
    let terms = &offload.terms;
    let mut call = CloudCall {
        messages: &offload.messages,
        uploads: uploads(user, media, offload.uploads),
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
        let attempt = attempt::make(engine, &offload, &call, worst, cancel, hear).await?;
        charge = charge.plus(attempt.charge);
        let Some(wait) = attempt.again.filter(|wait| fits(engine, worst, *wait)) else {
            break (attempt, begun);
        };
        hear(Event::AskingAgain { wait });
        if !waited(engine, terms, wait, cancel).await {
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
    let TokenUsage { input, output, .. } = usage.unwrap_or_default();
    learn(engine, terms, &last, worst.bytes, output);
    let receipt = Receipt {
        prompt_tokens: input,
        tokens: output,
        first_token_ms: (begun - started + last.first_ms) as u64,
        total_ms: (world.now_ms() - started) as u64,
        usd: charge.usd,
        worst_case: last.charged == Charged::Unknown,
        sent: if charge.bytes > 0 {
            sent(&call, offload.redacted)
        } else {
            Vec::new()
        },
        bytes_sent: charge.bytes,
        repeated: call.attempt - 1,
        ..Receipt::blank(attempt::place(terms))
    };
    Ok(Carried {
        text: last.text,
        ending: last.ending,
        receipt,
        broken: last.broken,
    })
}

/// Remembers how the call ended, and how quick it was. One that the user stopped says neither.
fn learn<W: World>(
    engine: &Engine<W>,
    terms: &CloudTerms,
    last: &Attempt,
    bytes: u64,
    tokens: u64,
) {
    if last.ending == Ending::Stopped {
        return;
    }
    let now = engine.world.moment();
    let trouble = last.broken.as_ref().map(|(trouble, _)| *trouble);
    let lessons = &mut *engine.lessons.borrow_mut();
    lessons.heed(terms, trouble, now);
    if trouble.is_none() {
        let call = Call {
            bytes,
            head_ms: last.head_ms,
            first_ms: last.first_ms as f32,
            total_ms: last.total_ms as f32,
            tokens,
        };
        lessons.called(terms, call, now);
    }
}

/// Whether every limit has room for a wait and one more call behind it.
fn fits<W: World>(engine: &Engine<W>, worst: Spending, wait: Duration) -> bool {
    let limits = engine.preferences.get().limits;
    let room = engine.read_ledger(|ledger| ledger.room(&limits));
    let total = worst.plus(Spending {
        millis: millis(wait.as_secs_f64() * 1e3),
        ..Spending::ZERO
    });
    room.in_the_way(total).is_none()
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
    engine.note(Change::AddWaiting(place, millis, world.moment()));
    is_over
}

/// Whole milliseconds, rounded up.
fn millis(ms: f64) -> u64 {
    ms.ceil() as u64
}

fn uploads<'a>(user: &'a UserTurn, media: &'a [Vec<u8>], chosen: ModalitySet) -> Vec<Upload<'a>> {
    let attached = user.attachments.iter().zip(media).enumerate();
    attached
        .filter(|(slot, _)| chosen.contains(*slot))
        .map(|(_, (attachment, bytes))| Upload {
            modality: attachment.modality,
            mime: &attachment.mime,
            bytes,
            seconds: attachment.seconds,
        })
        .collect()
}

fn sent(call: &CloudCall<'_>, redacted: u32) -> Vec<Sent> {
    let bytes = call
        .messages
        .iter()
        .map(|message| message.text.len() as u64)
        .sum();
    let uploads = call.uploads.iter().map(|upload| Sent::Upload {
        modality: upload.modality,
        bytes: upload.bytes.len() as u64,
    });
    std::iter::once(Sent::Text { bytes, redacted })
        .chain(uploads)
        .collect()
}
