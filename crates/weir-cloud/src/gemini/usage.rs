//! The tokens that an answer reports.

use serde_json::Value;
use weir_core::TokenUsage;

use crate::count;

/// Reads a `usageMetadata` object. `None` where a count is missing, negative or no number.
///
/// Thoughts are charged as output but counted apart from the candidates, which are left out where
/// there are none. The prompt's count has the cached tokens in it, but not what tools brought in.
pub(super) fn read(usage: &Value) -> Option<TokenUsage> {
    let optional = |name| count::optional(usage, name);
    let input = count::required(usage, &["promptTokenCount"])?
        .saturating_add(optional("toolUsePromptTokenCount")?);
    let output = optional("candidatesTokenCount")?.saturating_add(optional("thoughtsTokenCount")?);
    let beyond_prompt = optional("totalTokenCount")?.saturating_sub(input);
    let by_modality = usage.get("promptTokensDetails").and_then(Value::as_array);
    let audio_input = by_modality
        .into_iter()
        .flatten()
        .filter(|detail| detail.get("modality") == Some(&"AUDIO".into()))
        .map(|detail| count::optional(detail, "tokenCount"))
        .sum::<Option<u64>>()?;
    Some(TokenUsage {
        input,
        cached_input: optional("cachedContentTokenCount")?.min(input),
        audio_input: audio_input.min(input),
        output: output.max(beyond_prompt),
    })
}
