//! The tokens that an answer reports, in the spellings that are about.

use serde_json::Value;
use weir_core::TokenUsage;

/// Reads a usage object. `None` where a count is missing, negative or no number: a report that is
/// wrong in one place is not believed in another.
///
/// Some providers count thinking in the total alone, so output is whatever the total holds beyond
/// the prompt where that is more.
pub(super) fn read(usage: &Value) -> Option<TokenUsage> {
    let input = count(usage, &["prompt_tokens", "input_tokens"])?;
    let output = count(usage, &["completion_tokens", "output_tokens"])?;
    let beyond_prompt = count(usage, &["total_tokens"])
        .unwrap_or(0)
        .saturating_sub(input);
    let details = ["prompt_tokens_details", "input_tokens_details"]
        .iter()
        .find_map(|name| usage.get(name));
    let cached_input = details
        .and_then(|details| count(details, &["cached_tokens"]))
        .or_else(|| count(usage, &["prompt_cache_hit_tokens"]))
        .unwrap_or(0);
    Some(TokenUsage {
        input,
        cached_input: cached_input.min(input),
        output: output.max(beyond_prompt),
    })
}

/// The first of `names` that is there, if it is a whole number of tokens.
fn count(object: &Value, names: &[&str]) -> Option<u64> {
    let value = names.iter().find_map(|name| object.get(name))?;
    value.as_u64().or_else(|| {
        let value = value.as_f64()?;
        // Some gateways write counts as 12.0; beyond 2^53 a double is no count any more.
        (value >= 0.0 && value.fract() == 0.0 && value < 9.0e15).then_some(value as u64)
    })
}
