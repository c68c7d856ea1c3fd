//! An answer that is an error: a status, headers and a body, sorted into what a person understands.

use std::time::Duration;

use serde_json::Value;
use weir_core::legible;

use crate::{
    error::{CloudError, RetryAfter, Said},
    provider::Provider,
};

/// More of an error's body is not read.
pub(crate) const MAX_BODY_BYTES: usize = 1 << 16;

const MAX_WORDS: usize = 300;

/// Where providers say in words alone what an error is about.
const TOO_LONG: [&str; 5] = [
    "context length",
    "context size",
    "context limit",
    "prompt is too long",
    "maximum number of tokens",
];
const UNPAID: [&str; 2] = ["credit balance is too low", "enable billing"];
const FORBIDDEN: &str = "content filtering policy";

/// Names the error behind a status other than 2xx.
pub(crate) fn refusal(
    provider: &Provider,
    status: u16,
    retry_after: Option<RetryAfter>,
    body: &[u8],
) -> CloudError {
    let host = provider.host().to_owned();
    let body = match serde_json::from_slice(body).unwrap_or(Value::Null) {
        // Gemini wraps errors so where it would have sent a list of chunks.
        Value::Array(mut items) if !items.is_empty() => items.swap_remove(0),
        body => body,
    };
    let said = said(provider, &body);
    let kind = kind(&body);
    let is_about = |words: &[&str]| words.iter().any(|word| kind.contains(word));
    let mentions = |phrases: &[&str]| phrases.iter().any(|words| said.mentions(words));
    let retry_after = retry_after.or_else(|| retry_delay(&body));
    match status {
        0 | 300..=399 => CloudError::Redirected { host },
        500.. => CloudError::Overloaded {
            host,
            status,
            retry_after,
            said,
        },
        402 => CloudError::Payment { host, said },
        _ if is_about(&["quota", "billing", "insufficient_balance"]) || mentions(&UNPAID) => {
            CloudError::Payment { host, said }
        }
        _ if is_about(&["content_policy", "content_filter", "moderation"])
            || said.mentions(FORBIDDEN) =>
        {
            CloudError::Declined { host, said }
        }
        401 | 403 => CloudError::KeyRefused { host, said },
        _ if is_about(&["api_key_invalid"]) => CloudError::KeyRefused { host, said },
        404 => CloudError::NotFound { host, said },
        408 => CloudError::TimedOut { host, said },
        413 => CloudError::TooLarge { said },
        _ if is_about(&["context_length", "exceed_context"]) || mentions(&TOO_LONG) => {
            CloudError::TooLarge { said }
        }
        429 => CloudError::RateLimited {
            host,
            retry_after,
            said,
        },
        _ => CloudError::NotAccepted { host, status, said },
    }
}

/// What an error object says, wherever it keeps its words.
pub(crate) fn said(provider: &Provider, body: &Value) -> Said {
    let error = body.get("error").unwrap_or(body);
    let words = [
        Some(error),
        error.get("message"),
        body.get("message"),
        body.get("detail"),
    ]
    .into_iter()
    .flatten()
    .find_map(Value::as_str)
    .map(|words| {
        let words = legible(words);
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let words = match provider.key() {
            None => words,
            Some(key) => key.remove_from(&words),
        };
        words.chars().take(MAX_WORDS).collect::<String>()
    });
    Said(words.filter(|words| !words.is_empty()))
}

/// The machine-readable names of an error, in one string of lower case.
fn kind(body: &Value) -> String {
    let error = body.get("error").unwrap_or(body);
    let reasons = details(body).filter_map(|detail| detail.get("reason"));
    ["code", "type", "status"]
        .iter()
        .filter_map(|name| error.get(name))
        .chain(reasons)
        .filter_map(Value::as_str)
        .map(str::to_ascii_lowercase)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The wait that Gemini asks for in the body, as `google.rpc.RetryInfo`, which a page can read where it
/// cannot read the header.
fn retry_delay(body: &Value) -> Option<RetryAfter> {
    let delay = details(body).find_map(|detail| detail.get("retryDelay")?.as_str())?;
    let seconds = delay.strip_suffix('s')?.parse().ok()?;
    Duration::try_from_secs_f64(seconds)
        .ok()
        .map(RetryAfter::Wait)
}

fn details(body: &Value) -> impl Iterator<Item = &Value> {
    let details = body.pointer("/error/details").and_then(Value::as_array);
    details.into_iter().flatten()
}
