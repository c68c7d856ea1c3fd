//! A turn answered on this device.

use std::{future::Future, pin::Pin};

use futures::future::{Either, select};
use weir_core::{Interrupted, Receipt, Turn, UserTurn, Where, dialogue::Ending};

use crate::{
    conversation::local_conversation,
    engine::{Carried, Engine, Event, OUTPUT_LIMIT},
    refusal::Trouble,
    shared::Change,
    world::{Heard, LocalCall, LocalModel, World},
};

/// Answers `user` behind the turns `earlier`, or goes on with the answer that broke off `before`.
pub(crate) async fn carry_out<W: World, C: Future<Output = ()>>(
    engine: &Engine<W>,
    earlier: &[Turn],
    user: &UserTurn,
    before: Option<Interrupted>,
    cancel: &mut Pin<&mut C>,
    hear: &mut dyn FnMut(Event<'_>),
) -> Carried {
    let world = &engine.world;
    let messages = local_conversation(earlier, user);
    let started = world.now_ms();
    let (mut text, said, waited_ms) = match &before {
        Some(before) => (before.text.clone(), &before.tokens[..], before.total_ms),
        None => (String::new(), &[][..], 0),
    };
    let mut tokens = said.len() as u64;
    let mut forgotten = 0;
    let mut first_token_ms = before.as_ref().and_then(|before| before.first_token_ms);
    let waited = || waited_ms + (world.now_ms() - started) as u64;
    let outcome = {
        let mut on_heard = |heard: Heard<'_>| match heard {
            Heard::Read(done, total) => hear(Event::Reading { done, total }),
            Heard::Forgotten(turns) => {
                forgotten = turns;
                hear(Event::Forgotten { turns });
            }
            Heard::Piece(piece, new) => {
                first_token_ms.get_or_insert_with(waited);
                tokens += new.len() as u64;
                text.push_str(piece);
                hear(Event::Piece {
                    text: piece,
                    tokens: new,
                });
            }
        };
        let call = LocalCall {
            messages: &messages,
            options: &user.options,
            output_limit: OUTPUT_LIMIT,
            said,
        };
        let answer = std::pin::pin!(world.local().answer(call, &mut on_heard));
        // Whoever stopped it does not care what else became of it.
        match select(cancel.as_mut(), answer).await {
            Either::Left(((), _)) => None,
            Either::Right((outcome, _)) => Some(outcome),
        }
    };
    let total_ms = waited();
    let first_token_ms = first_token_ms.unwrap_or(total_ms);
    let model = world.local().name().unwrap_or_default();
    if let Some(Ok(answer)) = &outcome {
        let measured = world.local().estimate();
        let lessons = &mut *engine.lessons.borrow_mut();
        lessons.answered(&model, answer, &measured, world.moment());
    }
    let place = Where::Local { model };
    engine.note(Change::AddWaiting(place.clone(), total_ms, world.moment()));

    let (ending, prompt_tokens, tokens, broken) = match outcome {
        Some(Ok(answer)) => (
            answer.ending,
            u64::from(answer.prompt_tokens),
            u64::from(answer.tokens),
            None,
        ),
        None => (Ending::Stopped, 0, tokens, None),
        Some(Err(failure)) => (
            Ending::CutOff,
            0,
            tokens,
            Some((Trouble::from(&failure), failure.to_string())),
        ),
    };
    let receipt = Receipt {
        prompt_tokens,
        tokens,
        first_token_ms,
        total_ms,
        forgotten,
        ..Receipt::blank(place)
    };
    Carried {
        text,
        ending,
        receipt,
        broken,
    }
}
