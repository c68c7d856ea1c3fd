//! The tokens that an answer reports, in the spellings that are about.

use serde_json::Value;
use weir_core::TokenUsage;

use crate::count::required;

/// Reads a usage object. `None` where a count is missing, negative or no number: a report that is
/// wrong in one place is not believed in another.
///
/// Some providers count thinking in the total alone, so output is whatever the total holds beyond
/// the prompt where that is more.
pub(super) fn read(usage: &Value) -> Option<TokenUsage> {
    let input = required(usage, &["prompt_tokens", "input_tokens"])?;
    let output = required(usage, &["completion_tokens", "output_tokens"])?;
    let beyond_prompt = required(usage, &["total_tokens"])
        .unwrap_or(0)
        .saturating_sub(input);
    let details = ["prompt_tokens_details", "input_tokens_details"]
        .iter()
        .find_map(|name| usage.get(name));
    let cached_input = details
        .and_then(|details| required(details, &["cached_tokens"]))
        .or_else(|| required(usage, &["prompt_cache_hit_tokens"]))
        .unwrap_or(0);
    let audio_input = details.and_then(|details| required(details, &["audio_tokens"]));
    Some(TokenUsage {
        input,
        cached_input: cached_input.min(input),
        audio_input: audio_input.unwrap_or(0).min(input),
        output: output.max(beyond_prompt),
    })
}
