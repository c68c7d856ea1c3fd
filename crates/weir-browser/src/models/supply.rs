//! Where a file's bytes come from: the network, or a file that the user picked.

use wasm_bindgen::JsValue;
use web_sys::{File, Headers, ReferrerPolicy, RequestCache, RequestCredentials, RequestInit};

use super::{
    ObtainError,
    head::{Head, Meaning},
};
use crate::{
    fetch::{self, Answer, Chunks},
    messages::Shard,
};

/// Bytes on their way.
#[derive(Debug)]
pub(super) struct Supply {
    /// The bytes.
    pub(super) chunks: Chunks,
    /// Where in the file they begin.
    pub(super) from: u64,
    /// Length of the whole file, if it was announced.
    pub(super) total: Option<u64>,
}

/// Asks for `shard` from byte `from` on, or, where the server cannot do that, for all of it. `None`
/// if nothing is missing.
pub(super) async fn open(
    shard: &Shard,
    picked: Option<&File>,
    from: u64,
) -> Result<Option<Supply>, ObtainError> {
    match picked {
        Some(file) => Ok(Some(of_file(file, from)?)),
        None if shard.is_on_device() => Err(ObtainError::Gone),
        None => of_network(&shard.url, from).await,
    }
}

fn of_file(file: &File, from: u64) -> Result<Supply, ObtainError> {
    let size = file.size();
    let rest = file
        .slice_with_f64_and_f64(from as f64, size)
        .map_err(|_| ObtainError::Gone)?;
    Ok(Supply {
        chunks: Chunks::of(&rest),
        from,
        total: Some(size as u64),
    })
}

async fn of_network(url: &str, from: u64) -> Result<Option<Supply>, ObtainError> {
    let answer = match request(url, from).await {
        Ok(answer) => answer,
        // Some servers let other origins ask for all of a file, but not for a part.
        Err(_) if from > 0 && fetch::online() => return Box::pin(of_network(url, 0)).await,
        Err(_) if !fetch::online() => return Err(ObtainError::Offline),
        Err(_) => return Err(ObtainError::Unreachable { url: url.into() }),
    };
    let head = Head {
        status: answer.status(),
        content_type: answer.header("content-type"),
        content_range: answer.header("content-range"),
        content_length: answer.header("content-length"),
    };
    match head.meaning(url, from)? {
        Meaning::Complete => Ok(None),
        Meaning::AskForAll if from > 0 => Box::pin(of_network(url, 0)).await,
        Meaning::AskForAll => Err(ObtainError::Refused {
            status: head.status,
        }),
        Meaning::Bytes { from, total } => Ok(Some(Supply {
            chunks: answer.chunks(),
            from,
            total,
        })),
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
