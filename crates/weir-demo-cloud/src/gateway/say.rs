//! A model that says what it is told to: `/say/<text>/v1` is a base URL, whose text is base64 for
//! addresses.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::Body,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use super::refusal;

/// Letters of one piece.
const PIECE: usize = 12;

/// Between two pieces, so that a reader sees the answer grow.
const PAUSE: Duration = Duration::from_millis(1);

/// The text, in small pieces, without a word about its cost.
pub(super) async fn chat(Path(text): Path<String>) -> Response {
    let text = URL_SAFE_NO_PAD.decode(text).ok();
    let Some(text) = text.and_then(|bytes| String::from_utf8(bytes).ok()) else {
        return refusal(
            StatusCode::BAD_REQUEST,
            "the text to say is not UTF-8 in base64",
        );
    };
    let letters: Vec<char> = text.chars().collect();
    let mut events: Vec<String> = letters
        .chunks(PIECE)
        .map(|piece| chunk(&json!({"content": String::from_iter(piece)}), None))
        .collect();
    events.push(chunk(&json!({}), Some("stop")));
    events.push("data: [DONE]\n\n".to_owned());
    let paced = stream::iter(events).then(async |event| {
        tokio::time::sleep(PAUSE).await;
        Ok::<_, Infallible>(event)
    });
    let kind = [(header::CONTENT_TYPE, "text/event-stream")];
    (kind, Body::from_stream(paced)).into_response()
}

fn chunk(delta: &Value, finish: Option<&str>) -> String {
    let choice = json!({"index": 0, "delta": delta, "finish_reason": finish});
    let chunk = json!({"object": "chat.completion.chunk", "choices": [choice]});
    format!("data: {chunk}\n\n")
}
