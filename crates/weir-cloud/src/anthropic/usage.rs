//! The tokens that an answer reports.

use serde_json::Value;
use weir_core::TokenUsage;

use crate::count;

/// Reads the usage at the end of an answer, completed by that at its beginning: a stream need not
/// repeat the prompt's counts. Output is the total, thinking included. `None` where a count is
/// missing, negative or no number.
///
/// Input counts leave out what was read from a cache and what was written into one. Writing costs up to
/// twice the price of input (platform.claude.com, “Pricing”), so it is counted twice; Weir never asks
/// for it, but a gateway may.
pub(super) fn read(opening: Option<&Value>, closing: &Value) -> Option<TokenUsage> {
    let said_in = |name: &str| {
        let is_said = |report: &&Value| report.get(name).is_some_and(|count| !count.is_null());
        [Some(closing), opening].into_iter().flatten().find(is_said)
    };
    let required = |name| count::required(said_in(name)?, &[name]);
    let optional = |name| count::optional(said_in(name).unwrap_or(closing), name);
    let cached_input = optional("cache_read_input_tokens")?;
    let written = optional("cache_creation_input_tokens")?;
    Some(TokenUsage {
        input: required("input_tokens")?
            .saturating_add(cached_input)
            .saturating_add(written.saturating_mul(2)),
        cached_input,
        audio_input: 0,
        output: required("output_tokens")?,
    })
}
