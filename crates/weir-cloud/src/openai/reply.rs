//! The chunks of an answer.

use serde::Deserialize;
use serde_json::Value;
use weir_core::TokenUsage;

use super::{refusal, usage};
use crate::{chat::Finish, error::CloudError, provider::Provider};

/// What has been read of an answer so far.
#[derive(Default)]
pub(crate) struct Reading {
    /// How it ended, once it did.
    pub(crate) end: Option<End>,
    /// What it reported last, if that was a report.
    pub(crate) usage: Option<TokenUsage>,
    /// Whether any text arrived.
    pub(crate) received_any: bool,
}

/// What a finish reason amounts to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// An answer.
    Finished(Finish),
    /// The provider's filter stopped it.
    Withheld,
}

/// What the data of one event was.
pub(crate) enum Event {
    /// A chunk; there may be more.
    Chunk,
    /// The mark after the last chunk.
    Done,
}

impl Reading {
    /// Reads the data of one event, hands its text to `on_piece` and keeps the rest.
    pub(crate) fn event(
        &mut self,
        provider: &Provider,
        data: &str,
        on_piece: &mut dyn FnMut(&str),
    ) -> Result<Event, CloudError> {
        let data = data.trim();
        if data == "[DONE]" {
            return Ok(Event::Done);
        }
        if !data.is_empty() {
            let chunk = serde_json::from_str(data).map_err(garbled)?;
            self.chunk(provider, chunk, on_piece)?;
        }
        Ok(Event::Chunk)
    }

    /// Reads an answer that came in one piece although a stream was asked for.
    pub(crate) fn whole(
        &mut self,
        provider: &Provider,
        body: &[u8],
        on_piece: &mut dyn FnMut(&str),
    ) -> Result<(), CloudError> {
        let body = serde_json::from_slice(body).map_err(garbled)?;
        self.chunk(provider, body, on_piece)?;
        if self.end.is_none() && !self.received_any {
            return Err(CloudError::Garbled {
                detail: "there is no answer in it".to_owned(),
            });
        }
        self.end = self.end.or(Some(End::Finished(Finish::Complete)));
        Ok(())
    }

    fn chunk(
        &mut self,
        provider: &Provider,
        chunk: Value,
        on_piece: &mut dyn FnMut(&str),
    ) -> Result<(), CloudError> {
        let is_error = |value: &Value| !value.is_null();
        if chunk.get("error").is_some_and(is_error) || chunk.get("object") == Some(&"error".into())
        {
            return Err(CloudError::Failed {
                said: refusal::said(provider, &chunk),
            });
        }
        // Groq reports usage of a stream in an object of its own.
        let report = [chunk.get("usage"), chunk.pointer("/x_groq/usage")];
        if let Some(report) = report.into_iter().flatten().find(|value| !value.is_null()) {
            self.usage = usage::read(report);
        }
        let chunk: Chunk = serde_json::from_value(chunk).map_err(garbled)?;
        for choice in chunk.choices.unwrap_or_default() {
            if choice.index.unwrap_or(0) == 0 {
                self.choice(provider, choice, on_piece)?;
            }
        }
        Ok(())
    }

    fn choice(
        &mut self,
        provider: &Provider,
        choice: Choice,
        on_piece: &mut dyn FnMut(&str),
    ) -> Result<(), CloudError> {
        let said = choice.delta.or(choice.message).unwrap_or_default();
        for text in said.texts() {
            if !text.is_empty() {
                self.received_any = true;
                on_piece(&text);
            }
        }
        self.end = match choice.finish_reason.as_deref() {
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

fn garbled(error: serde_json::Error) -> CloudError {
    CloudError::Garbled {
        detail: error.to_string(),
    }
}
