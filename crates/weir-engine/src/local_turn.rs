//! A turn answered on this device.

use std::{future::Future, pin::Pin};

use futures::future::{Either, select};
use weir_core::{NanoUsd, Receipt, Turn, UserTurn, Where, dialogue::Ending};

use crate::{
    conversation::local_conversation,
    engine::{Carried, Engine, Event, OUTPUT_LIMIT},
    refusal::Trouble,
    world::{Heard, LocalModel, World},
};

pub(crate) async fn carry_out<W: World, C: Future<Output = ()>>(
    engine: &Engine<W>,
    earlier: &[Turn],
    user: &UserTurn,
    cancel: &mut Pin<&mut C>,
    hear: &mut dyn FnMut(Event<'_>),
) -> Carried {
    let world = &engine.world;
    let messages = local_conversation(earlier, user);
    let started = world.now_ms();
    let mut text = String::new();
    let mut pieces = 0_u64;
    let mut first = None;
    let outcome = {
        let mut on_heard = |heard: Heard<'_>| match heard {
            Heard::Read(done, total) => hear(Event::Reading { done, total }),
            Heard::Piece(piece) => {
                first.get_or_insert_with(|| world.now_ms());
                pieces += 1;
                text.push_str(piece);
                hear(Event::Piece(piece));
            }
        };
        let answer = std::pin::pin!(world.local().answer(&messages, OUTPUT_LIMIT, &mut on_heard));
        match select(answer, cancel.as_mut()).await {
            Either::Left((outcome, _)) => Some(outcome),
            Either::Right(((), _)) => None,
        }
    };
    let total_ms = (world.now_ms() - started) as u64;
    let first_token_ms = first.map_or(total_ms, |at| (at - started) as u64);
    let place = Where::Local {
        model: world.local().name().unwrap_or_default(),
    };
    engine.with_ledger(|ledger| ledger.add_waiting(place.clone(), total_ms, world.moment()));

    let (ending, prompt_tokens, tokens, broken) = match outcome {
        Some(Ok(answer)) => (
            answer.ending,
            u64::from(answer.prompt_tokens),
            u64::from(answer.tokens),
            None,
        ),
        // Nobody counted the tokens of an answer that was stopped; each piece held at least one.
        None => (Ending::Stopped, 0, pieces, None),
        Some(Err(failure)) => (
            Ending::CutOff,
            0,
            pieces,
            Some((Trouble::Device, failure.message)),
        ),
    };
    let receipt = Receipt {
        place,
        prompt_tokens,
        tokens,
        first_token_ms,
        total_ms,
        usd: NanoUsd::ZERO,
        worst_case: false,
        sent: Vec::new(),
        bytes_sent: 0,
    };
    Carried {
        text,
        ending,
        receipt,
        broken,
    }
}
