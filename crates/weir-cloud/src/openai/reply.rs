//! The chunks of an answer.

use serde::Deserialize;
use serde_json::Value;

use super::usage;
use crate::{
    chat::Finish,
    error::CloudError,
    provider::Provider,
    reading::{End, Event, Reading, garbled},
    refusal,
};

/// Reads a chunk, or a whole answer.
pub(super) fn chunk(
    provider: &Provider,
    chunk: Value,
    reading: &mut Reading,
    on_piece: &mut dyn FnMut(&str),
) -> Result<Event, CloudError> {
    // Groq reports usage of a stream in an object of its own.
    let report = [chunk.get("usage"), chunk.pointer("/x_groq/usage")];
    if let Some(report) = report.into_iter().flatten().find(|value| !value.is_null()) {
        reading.usage = usage::read(report);
    }
    let chunk: Chunk = serde_json::from_value(chunk).map_err(garbled)?;
    for choice in chunk.choices.unwrap_or_default() {
        if choice.index.unwrap_or(0) == 0 {
            read_choice(provider, choice, reading, on_piece)?;
        }
    }
    Ok(Event::Chunk)
}

fn read_choice(
    provider: &Provider,
    choice: Choice,
    reading: &mut Reading,
    on_piece: &mut dyn FnMut(&str),
) -> Result<(), CloudError> {
    let said = choice.delta.or(choice.message).unwrap_or_default();
    for text in said.texts() {
        reading.hear(&text, on_piece);
    }
    reading.end = match choice.finish_reason.as_deref() {
        None | Some("") => return Ok(()),
        Some("length" | "max_tokens") => Some(End::Finished(Finish::Length)),
        Some("content_filter") => Some(End::Withheld),
        Some("error") => {
            return Err(CloudError::Failed {
                said: refusal::said(provider, &Value::Null),
            });
        }
        Some(_) => Some(End::Finished(Finish::Complete)),
    };
    Ok(())
}

/// A chunk of a stream, or a whole answer: they differ in the name of what is said.
#[derive(Deserialize)]
struct Chunk {
    choices: Option<Vec<Choice>>,
}

#[derive(Deserialize)]
struct Choice {
    index: Option<u64>,
    delta: Option<Saying>,
    message: Option<Saying>,
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Saying {
    content: Option<Content>,
    refusal: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<ContentPart>),
}

/// Parts that are no text, such as a model's thinking, have no `text` or another type.
#[derive(Deserialize)]
struct ContentPart {
    r#type: Option<String>,
    text: Option<String>,
}

impl Saying {
    /// What is meant for the reader: the content, or the model's own refusal in its place.
    fn texts(self) -> impl Iterator<Item = String> {
        let content = match self.content {
            None => Vec::new(),
            Some(Content::Text(text)) => vec![text],
            Some(Content::Parts(parts)) => parts
                .into_iter()
                .filter(|part| part.r#type.as_deref().is_none_or(|kind| kind == "text"))
                .filter_map(|part| part.text)
                .collect(),
        };
        content.into_iter().chain(self.refusal)
    }
}
