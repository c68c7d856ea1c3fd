//! Ways in which a provider fails, on demand: `/fault/<kind>/v1` is a base URL like any other.

use std::{
    future::{Future, pending},
    io,
    time::{Duration, SystemTime},
};

use axum::{
    body::Body,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use super::refusal;

/// Addresses that answer without CORS headers.
pub(super) const NO_CORS: &str = "/fault/no-cors/";

/// Events of the real answer that come before it goes wrong: the opening and two pieces of text.
const BEFORE: usize = 3;

/// How long `slow-headers` says nothing: longer than a page waits.
const SLOW: Duration = Duration::from_secs(120);

/// A way to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// An error status in place of an answer.
    Status(u16, &'static str),
    /// 429 with a `Retry-After`.
    RateLimited(RetryAfter),
    /// The same for every other call.
    RateLimitedOnce,
    /// A redirect to where the real answer is: whoever follows it does not notice the fault.
    Redirect,
    /// A web page with status 200.
    Html,
    /// One line of ten megabytes.
    LongLine,
    /// The real answer, after two minutes of silence.
    SlowHeaders,
    /// Headers, and nothing behind them.
    Silent,
    /// The real answer, as it is; the router leaves the CORS headers out.
    NoCors,
    /// The caller's key, whole and in part, where a careless provider repeats it.
    EchoedKey(Echo),
    /// The real answer, spoiled on its way.
    Spoiled(Spoiling),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Echo {
    /// In the words of a 401.
    Refusal,
    /// In the words of an error within the stream.
    Event,
    /// In a field where a list belongs.
    Field,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RetryAfter {
    OneSecond,
    Date,
}

/// How a real stream is spoiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spoiling {
    /// The connection breaks.
    Cut,
    /// The connection breaks between the two bytes of a letter.
    CutInsideLetter,
    /// Something that is no JSON comes.
    Garbage,
    /// Nothing comes any more.
    Stall,
    /// No usage is reported.
    NoUsage,
    /// These prompt and completion tokens are reported.
    Usage(i64, i64),
}

const FAULTS: [(&str, Fault); 31] = [
    (
        "unauthorized",
        Fault::Status(401, "Incorrect API key provided."),
    ),
    ("payment", Fault::Status(402, "Insufficient credits.")),
    (
        "forbidden",
        Fault::Status(403, "This key may not use this model."),
    ),
    (
        "marked-up",
        Fault::Status(400, "<img src=x onerror=\"window.alarm=1\"> & more"),
    ),
    ("not-found", Fault::Status(404, "The model does not exist.")),
    (
        "timeout",
        Fault::Status(408, "The model took too long to answer."),
    ),
    ("too-large", Fault::Status(413, "The request is too large.")),
    ("rate-limited", Fault::RateLimited(RetryAfter::OneSecond)),
    ("rate-limited-date", Fault::RateLimited(RetryAfter::Date)),
    ("rate-limited-once", Fault::RateLimitedOnce),
    (
        "server-error",
        Fault::Status(500, "The server had an error."),
    ),
    ("bad-gateway", Fault::Status(502, "Bad gateway.")),
    ("unavailable", Fault::Status(503, "The model is loading.")),
    ("overloaded", Fault::Status(529, "Overloaded.")),
    ("redirect", Fault::Redirect),
    ("html", Fault::Html),
    ("long-line", Fault::LongLine),
    ("slow-headers", Fault::SlowHeaders),
    ("silent", Fault::Silent),
    ("no-cors", Fault::NoCors),
    ("echoed-key", Fault::EchoedKey(Echo::Refusal)),
    ("echoed-key-event", Fault::EchoedKey(Echo::Event)),
    ("echoed-key-field", Fault::EchoedKey(Echo::Field)),
    ("cut", Fault::Spoiled(Spoiling::Cut)),
    ("cut-utf8", Fault::Spoiled(Spoiling::CutInsideLetter)),
    ("garbage", Fault::Spoiled(Spoiling::Garbage)),
    ("stall", Fault::Spoiled(Spoiling::Stall)),
    ("no-usage", Fault::Spoiled(Spoiling::NoUsage)),
    ("wrong-usage-low", Fault::Spoiled(Spoiling::Usage(1, 1))),
    (
        "wrong-usage-negative",
        Fault::Spoiled(Spoiling::Usage(-7, -5)),
    ),
    (
        "wrong-usage-absurd",
        Fault::Spoiled(Spoiling::Usage(1_000_000_000_000, 1_000_000_000_000)),
    ),
];

impl Fault {
    /// The fault that an address names.
    pub(super) fn named(kind: &str) -> Option<Self> {
        FAULTS
            .iter()
            .find(|(name, _)| *name == kind)
            .map(|(_, fault)| *fault)
    }

    /// What becomes of the real answer to a call with `key`, or to the `nth` call, counted from 0.
    /// It is only asked for where a part of it is shown.
    pub(super) async fn befall(
        self,
        nth: u64,
        key: &str,
        answer: impl Future<Output = Response>,
    ) -> Response {
        match self {
            Self::Status(status, message) => {
                let status = StatusCode::from_u16(status);
                refusal(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), message)
            }
            Self::RateLimited(retry_after) => {
                let when = match retry_after {
                    RetryAfter::OneSecond => "1".to_owned(),
                    RetryAfter::Date => {
                        httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(2))
                    }
                };
                let refusal = refusal(StatusCode::TOO_MANY_REQUESTS, "Too many requests.");
                ([(header::RETRY_AFTER, when)], refusal).into_response()
            }
            Self::RateLimitedOnce if nth.is_multiple_of(2) => {
                let seconds = [(header::RETRY_AFTER, "1")];
                let refusal = refusal(StatusCode::TOO_MANY_REQUESTS, "Too many requests.");
                (seconds, refusal).into_response()
            }
            Self::Redirect => {
                let target = [(header::LOCATION, "/v1/chat/completions")];
                (StatusCode::TEMPORARY_REDIRECT, target).into_response()
            }
            Self::Html => {
                let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
                (kind, "<!DOCTYPE html><title>Log in to this network</title>").into_response()
            }
            Self::LongLine => {
                let line = stream::iter(std::iter::repeat_n("x".repeat(100_000), 100));
                let body = stream::iter(["data: ".to_owned()]).chain(line);
                events(Body::from_stream(body.map(Ok::<_, io::Error>)))
            }
            Self::SlowHeaders => {
                tokio::time::sleep(SLOW).await;
                answer.await
            }
            Self::Silent => events(Body::from_stream(stream::once(pending::<
                io::Result<Vec<u8>>,
            >()))),
            Self::RateLimitedOnce | Self::NoCors => answer.await,
            Self::EchoedKey(echo) => echo.of(key),
            Self::Spoiled(spoiling) => {
                let (parts, body) = answer.await.into_parts();
                if !parts.status.is_success() {
                    return Response::from_parts(parts, body);
                }
                events(spoiling.spoil(split(body)))
            }
        }
    }
}

impl Echo {
    fn of(self, key: &str) -> Response {
        let (begin, end) = key.split_at(key.len() / 2);
        let words = format!("Incorrect API key provided: {key}, that is {begin} and then {end}.");
        let event = match self {
            Self::Refusal => return refusal(StatusCode::UNAUTHORIZED, &words),
            Self::Event => json!({"error": {"message": words}}),
            Self::Field => json!({"choices": words}),
        };
        events(Body::from(format!("data: {event}\n\n")))
    }
}

impl Spoiling {
    fn spoil(self, events: impl Stream<Item = io::Result<Vec<u8>>> + Send + 'static) -> Body {
        let begin = |events| StreamExt::take(events, BEFORE);
        match self {
            Self::Cut => Body::from_stream(begin(events).chain(broken())),
            Self::CutInsideLetter => {
                let half = b"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"caf\xC3";
                Body::from_stream(begin(events).chain(once(half)).chain(broken()))
            }
            Self::Garbage => {
                let garbage = once(b"data: {\"choices\":[}}\n\n");
                Body::from_stream(begin(events).chain(garbage))
            }
            Self::Stall => Body::from_stream(begin(events).chain(stream::once(pending()))),
            Self::NoUsage => Body::from_stream(events.map_ok(|event| report(event, None))),
            Self::Usage(prompt, completion) => {
                let usage = json!({
                    "prompt_tokens": prompt,
                    "completion_tokens": completion,
                    "total_tokens": prompt + completion,
                });
                Body::from_stream(events.map_ok(move |event| report(event, Some(&usage))))
            }
        }
    }
}

fn events(body: Body) -> Response {
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

fn once(bytes: &'static [u8]) -> impl Stream<Item = io::Result<Vec<u8>>> + Send {
    stream::iter([Ok(bytes.to_vec())])
}

/// The end of a connection. The moment before it lets what was written go out first.
fn broken() -> impl Stream<Item = io::Result<Vec<u8>>> + Send {
    stream::once(async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(io::ErrorKind::ConnectionAborted.into())
    })
}

/// One item per event of a stream whose events end in a blank line, as llama.cpp's do.
fn split(body: Body) -> impl Stream<Item = io::Result<Vec<u8>>> + Send {
    let start = (body.into_data_stream(), Vec::new());
    stream::try_unfold(start, |(mut body, mut pending)| async move {
        loop {
            if let Some(end) = pending.windows(2).position(|pair| pair == b"\n\n") {
                let rest = pending.split_off(end + 2);
                return Ok(Some((pending, (body, rest))));
            }
            match body.try_next().await.map_err(io::Error::other)? {
                Some(bytes) => pending.extend_from_slice(&bytes),
                None if pending.is_empty() => return Ok(None),
                None => return Ok(Some((pending, (body, Vec::new())))),
            }
        }
    })
}

/// `event` with another report of its usage, or none, where it has one.
fn report(event: Vec<u8>, usage: Option<&Value>) -> Vec<u8> {
    let chunk = event
        .strip_prefix(b"data: ")
        .and_then(|data| serde_json::from_slice::<Value>(data).ok());
    let Some(Value::Object(mut chunk)) = chunk else {
        return event;
    };
    if chunk.remove("usage").is_none() {
        return event;
    }
    if let Some(usage) = usage {
        chunk.insert("usage".to_owned(), usage.clone());
    }
    format!("data: {}\n\n", Value::Object(chunk)).into_bytes()
}
