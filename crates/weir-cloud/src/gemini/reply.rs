//! The chunks of an answer. Each has the shape of a whole one, and no mark follows the last.

use serde::Deserialize;
use serde_json::{Value, json};

use super::usage;
use crate::{
    chat::Finish,
    error::CloudError,
    provider::Provider,
    reading::{End, Event, Reading, garbled},
    refusal,
};

/// Reads a chunk, or a whole answer. Only the last chunk's report counts: those before it are
/// running counts.
pub(super) fn chunk(
    provider: &Provider,
    chunk: Value,
    reading: &mut Reading,
    on_piece: &mut dyn FnMut(&str),
) -> Result<Event, CloudError> {
    let chunk: Chunk = serde_json::from_value(chunk).map_err(garbled)?;
    reading.usage = chunk.usage_metadata.as_ref().and_then(usage::read);
    if chunk
        .prompt_feedback
        .is_some_and(|feedback| feedback.block_reason.is_some())
    {
        reading.end = Some(End::Withheld);
    }
    let candidates = chunk.candidates.unwrap_or_default();
    let first = |candidate: &Candidate| candidate.index.unwrap_or(0) == 0;
    for candidate in candidates.into_iter().filter(first) {
        let parts = candidate.content.and_then(|content| content.parts);
        for part in parts.into_iter().flatten() {
            if part.thought != Some(true) {
                reading.hear(part.text.as_deref().unwrap_or_default(), on_piece);
            }
        }
        match candidate.finish_reason.as_deref() {
            None | Some("" | "FINISH_REASON_UNSPECIFIED") => {}
            Some(reason) => {
                let end = end(reason).ok_or_else(|| CloudError::Failed {
                    said: refusal::said(
                        provider,
                        &json!(candidate.finish_message.as_deref().unwrap_or(reason)),
                    ),
                })?;
                reading.end = Some(end);
            }
        }
    }
    Ok(Event::Chunk)
}

/// What a finish reason amounts to; `None` if the model failed: `OTHER`, a call of a tool that nobody
/// offered, or one that is not known yet.
fn end(finish_reason: &str) -> Option<End> {
    match finish_reason {
        "STOP" => Some(End::Finished(Finish::Complete)),
        "MAX_TOKENS" => Some(End::Finished(Finish::Length)),
        "SAFETY" | "RECITATION" | "LANGUAGE" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII"
        | "IMAGE_SAFETY" | "MODEL_ARMOR" => Some(End::Withheld),
        _ => None,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Chunk {
    candidates: Option<Vec<Candidate>>,
    prompt_feedback: Option<PromptFeedback>,
    usage_metadata: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PromptFeedback {
    block_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    index: Option<u64>,
    content: Option<Content>,
    finish_reason: Option<String>,
    finish_message: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    parts: Option<Vec<Part>>,
}

#[derive(Deserialize)]
struct Part {
    text: Option<String>,
    thought: Option<bool>,
}
