//! The events of an answer.

use serde::Deserialize;
use serde_json::Value;

use super::usage;
use crate::{
    chat::Finish,
    error::CloudError,
    reading::{End, Event, Reading, garbled},
};

/// Reads an event, or a whole message.
pub(super) fn chunk(
    chunk: Value,
    reading: &mut Reading,
    on_piece: &mut dyn FnMut(&str),
) -> Result<Event, CloudError> {
    match serde_json::from_value(chunk).map_err(garbled)? {
        Chunk::MessageStart { message } => reading.opening = message.usage,
        Chunk::ContentBlockStart {
            content_block: block,
        }
        | Chunk::ContentBlockDelta { delta: block } => {
            reading.hear(block.words(), on_piece);
        }
        Chunk::MessageDelta { delta, usage } => {
            reading.end = delta.stop_reason.map(end).or(reading.end);
            if let Some(report) = usage {
                reading.usage = usage::read(reading.opening.as_ref(), &report);
            }
        }
        Chunk::MessageStop => return Ok(Event::Done),
        Chunk::Message(message) => {
            for block in message.content.iter().flatten() {
                reading.hear(block.words(), on_piece);
            }
            reading.end = message.stop_reason.map(end);
            reading.usage = message.usage.and_then(|report| usage::read(None, &report));
        }
        Chunk::Other => {}
    }
    Ok(Event::Chunk)
}

/// What a stop reason amounts to. Those about tools, which Weir never offers, and new ones are taken
/// for an answer.
fn end(stop_reason: String) -> End {
    match stop_reason.as_str() {
        "max_tokens" | "model_context_window_exceeded" => End::Finished(Finish::Length),
        "refusal" => End::Withheld,
        _ => End::Finished(Finish::Complete),
    }
}

/// An event, or a message that came whole. New kinds of events may appear at any time.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Chunk {
    MessageStart {
        message: Message,
    },
    ContentBlockStart {
        content_block: Block,
    },
    ContentBlockDelta {
        delta: Block,
    },
    MessageDelta {
        delta: Delta,
        usage: Option<Value>,
    },
    MessageStop,
    Message(Message),
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Message {
    content: Option<Vec<Block>>,
    stop_reason: Option<String>,
    usage: Option<Value>,
}

#[derive(Deserialize)]
struct Delta {
    stop_reason: Option<String>,
}

/// A block of a message or a piece of one. Thinking, its signature and citations are no text.
#[derive(Deserialize)]
struct Block {
    r#type: String,
    text: Option<String>,
}

impl Block {
    /// What is meant for the reader.
    fn words(&self) -> &str {
        match self.r#type.as_str() {
            "text" | "text_delta" => self.text.as_deref().unwrap_or_default(),
            _ => "",
        }
    }
}
