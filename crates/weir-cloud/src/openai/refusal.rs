//! An answer that is an error: a status, headers and a body, sorted into what a person understands.

use serde_json::Value;

use crate::{
    error::{CloudError, RetryAfter, Said},
    provider::Provider,
};

/// More of an error's body is not read.
pub(crate) const MAX_BODY_BYTES: usize = 1 << 16;

const MAX_WORDS: usize = 300;

/// Names the error behind a status other than 2xx.
pub(crate) fn refusal(
    provider: &Provider,
    status: u16,
    retry_after: Option<RetryAfter>,
    body: &[u8],
) -> CloudError {
    let host = provider.host().to_owned();
    let body = serde_json::from_slice(body).unwrap_or(Value::Null);
    let said = said(provider, &body);
    let kind = kind(&body);
    let is_about = |words: &[&str]| words.iter().any(|word| kind.contains(word));
    let is_too_long = is_about(&["context_length", "exceed_context"])
        || said.mentions("context length")
        || said.mentions("context size");
    match status {
        0 | 300..=399 => CloudError::Redirected { host },
        500.. => CloudError::Overloaded {
            host,
            status,
            retry_after,
            said,
        },
        402 => CloudError::Payment { host, said },
        _ if is_about(&["quota", "billing", "insufficient_balance"]) => {
            CloudError::Payment { host, said }
        }
        _ if is_about(&["content_policy", "content_filter", "moderation"]) => {
            CloudError::Declined { host, said }
        }
        401 | 403 => CloudError::KeyRefused { host, said },
        404 => CloudError::NotFound { host, said },
        413 => CloudError::TooLarge { said },
        _ if is_too_long => CloudError::TooLarge { said },
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
        let words = provider
            .key()
            .map_or_else(|| words.to_owned(), |key| key.remove_from(words));
        words
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .chars()
            .take(MAX_WORDS)
            .collect::<String>()
    });
    Said(words.filter(|words| !words.is_empty()))
}

/// The machine-readable names of an error, in one string.
fn kind(body: &Value) -> String {
    let error = body.get("error").unwrap_or(body);
    ["code", "type"]
        .iter()
        .filter_map(|name| error.get(name)?.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}
