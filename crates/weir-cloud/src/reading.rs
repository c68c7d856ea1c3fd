//! What has been read of an answer, whatever its format.

use serde_json::Value;
use weir_core::TokenUsage;

use crate::{chat::Finish, error::CloudError, provider::Provider, refusal};

/// What has been read of an answer so far.
#[derive(Default)]
pub(crate) struct Reading {
    /// How it ended, once it did.
    pub(crate) end: Option<End>,
    /// What it reported last, if that was a report. Before the end it may be a running count.
    pub(crate) usage: Option<TokenUsage>,
    /// What was reported when the answer began, where a format splits its report.
    pub(crate) opening: Option<Value>,
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
#[derive(Clone, Copy, PartialEq, Eq)]
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
        match data.trim() {
            "" => Ok(Event::Chunk),
            "[DONE]" => Ok(Event::Done),
            data => {
                let chunk = serde_json::from_str(data).map_err(garbled)?;
                self.chunk(provider, chunk, on_piece)
            }
        }
    }

    /// Reads an answer that came in one piece although a stream was asked for: one object, or a list
    /// of the chunks.
    pub(crate) fn whole(
        &mut self,
        provider: &Provider,
        body: &[u8],
        on_piece: &mut dyn FnMut(&str),
    ) -> Result<(), CloudError> {
        let chunks = match serde_json::from_slice(body).map_err(garbled)? {
            Value::Array(chunks) => chunks,
            chunk => vec![chunk],
        };
        for chunk in chunks {
            self.chunk(provider, chunk, on_piece)?;
        }
        if self.end.is_none() && !self.received_any {
            return Err(CloudError::Garbled {
                detail: "there is no answer in it".to_owned(),
            });
        }
        self.end = self.end.or(Some(End::Finished(Finish::Complete)));
        Ok(())
    }

    /// Hands on a piece of the answer.
    pub(crate) fn hear(&mut self, text: &str, on_piece: &mut dyn FnMut(&str)) {
        if !text.is_empty() {
            self.received_any = true;
            on_piece(text);
        }
    }

    fn chunk(
        &mut self,
        provider: &Provider,
        chunk: Value,
        on_piece: &mut dyn FnMut(&str),
    ) -> Result<Event, CloudError> {
        let is_error = chunk.get("error").is_some_and(|error| !error.is_null())
            || chunk.get("object") == Some(&"error".into());
        if is_error {
            return Err(CloudError::Failed {
                said: refusal::said(provider, &chunk),
            });
        }
        let wire = provider.dialect().wire();
        wire.chunk(provider, chunk, self, on_piece)
    }
}

/// Says nothing of what stood there: it may be the key.
pub(crate) fn garbled(error: serde_json::Error) -> CloudError {
    let detail = if error.is_data() {
        "a part of it is not what it should be"
    } else {
        "it is not JSON"
    };
    CloudError::Garbled {
        detail: detail.to_owned(),
    }
}
