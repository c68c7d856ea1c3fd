//! Fetching what is missing of a file.

use futures::{
    StreamExt,
    future::{Either, select},
};
use wasm_bindgen::JsValue;
use web_sys::{Headers, ReferrerPolicy, RequestCache, RequestCredentials, RequestInit};

use super::{
    ObtainError, ObtainProgress,
    head::{Head, Meaning},
    rate::Rate,
    shelf::Shelf,
    sink::Sink,
};
use crate::{
    fetch::{self, Answer},
    messages::ModelFile,
    timers,
};

/// Progress is told no more often than this.
const TELL_EVERY_MS: f64 = 100.0;
/// And no less often than this, even when nothing comes.
const TICK_MS: f64 = 1_000.0;
/// When nothing came for so long, nothing will.
const STALLED_SECONDS: u32 = 30;

/// Fetches `model` into `sink`, from where that ends.
pub(super) async fn fill(
    model: &ModelFile,
    shelf: Option<&Shelf>,
    sink: &mut Sink,
    on: &mut dyn FnMut(ObtainProgress),
) -> Result<(), ObtainError> {
    if model.bytes.is_some_and(|bytes| sink.len() > bytes) {
        sink.clear();
    }
    if sink.len() > 0 && model.bytes == Some(sink.len()) {
        return Ok(());
    }
    let Some((answer, from, announced)) = ask(model, sink.len()).await? else {
        return Ok(());
    };
    if from == 0 {
        sink.clear();
    }
    let total = model.bytes.or(announced);

    let mut chunks = answer.chunks();
    let mut rate = Rate::default();
    let (mut told_at, mut came_at) = (f64::MIN, timers::now_ms());
    loop {
        let now = timers::now_ms();
        if now - told_at >= TELL_EVERY_MS {
            told_at = now;
            rate.record(now, sink.len());
            on(ObtainProgress::Downloading {
                bytes: sink.len(),
                total,
                rate: rate.per_second(now),
            });
        }
        let chunk = match select(chunks.next(), timers::after(TICK_MS)).await {
            Either::Left((Some(Ok(chunk)), _)) => chunk,
            Either::Left((Some(Err(_)), _)) => return Err(cut(sink)),
            Either::Left((None, _)) => break,
            Either::Right(_) if now - came_at > f64::from(STALLED_SECONDS) * 1_000.0 => {
                let seconds = STALLED_SECONDS;
                return Err(ObtainError::Stalled { seconds });
            }
            Either::Right(_) => continue,
        };
        came_at = timers::now_ms();
        if sink.len() == 0 && chunk.length() > 0 && chunk.get_index(0) == b'<' {
            let url = model.url.clone();
            return Err(ObtainError::WebPage { url });
        }
        if let Some(warning) = sink.write(&chunk, shelf).await? {
            on(ObtainProgress::NotKept(warning));
        }
        if let Some(expected) = model.bytes.filter(|bytes| sink.len() > *bytes) {
            let found = sink.len();
            return Err(ObtainError::WrongSize { expected, found });
        }
    }
    if total.is_some_and(|total| sink.len() < total) {
        return Err(cut(sink));
    }
    Ok(())
}

/// Asks for the file from byte `from` on, or, where the server cannot do that, for all of it. Gives
/// the answer, where it begins, and the length that was announced; `None` if nothing is missing.
async fn ask(
    model: &ModelFile,
    from: u64,
) -> Result<Option<(Answer, u64, Option<u64>)>, ObtainError> {
    let answer = match request(&model.url, from).await {
        Ok(answer) => answer,
        // Some servers let other origins ask for all of a file, but not for a part.
        Err(_) if from > 0 && fetch::online() => return Box::pin(ask(model, 0)).await,
        Err(_) if !fetch::online() => return Err(ObtainError::Offline),
        Err(_) => {
            let url = model.url.clone();
            return Err(ObtainError::Unreachable { url });
        }
    };
    let head = Head {
        status: answer.status(),
        content_type: answer.header("content-type"),
        content_range: answer.header("content-range"),
        content_length: answer.header("content-length"),
    };
    match head.meaning(&model.url, from)? {
        Meaning::Complete => Ok(None),
        Meaning::AskForAll if from > 0 => Box::pin(ask(model, 0)).await,
        Meaning::AskForAll => Err(ObtainError::Refused {
            status: head.status,
        }),
        Meaning::Bytes { from, total } => Ok(Some((answer, from, total))),
    }
}

async fn request(url: &str, from: u64) -> Result<Answer, JsValue> {
    let init = RequestInit::new();
    if from > 0 {
        let headers = Headers::new()?;
        headers.set("range", &format!("bytes={from}-"))?;
        init.set_headers(&headers);
    }
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    // The file is kept once, and some browsers fail downloads of this size in their own cache.
    init.set_cache(RequestCache::NoStore);
    fetch::fetch(url, &init).await
}

fn cut(sink: &Sink) -> ObtainError {
    ObtainError::Cut { got: sink.len() }
}
