//! Shapes after the documentation of the Messages API, version 2023-06-01.

use serde_json::{Value, json};
use weir_cloud::{
    AudioFormat, Charged, ChatCall, ChatReply, CloudError, CloudFailure, Dialect, Finish, Part,
    Role, body,
};
use weir_core::TokenUsage;

use crate::tape::{ANSWER, Tape, USAGE, dialogue, question, speaking};

/// Thinking before the answer, a ping, and a prompt that was cached in part.
pub(crate) const STREAM: &str = concat!(
    "event: message_start\n",
    r#"data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"small","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":8,"cache_creation_input_tokens":0,"cache_read_input_tokens":4,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":1,"service_tier":"standard"}}}"#,
    "\n\nevent: content_block_start\n",
    r#"data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
    "\n\nevent: ping\n",
    r#"data: {"type": "ping"}"#,
    "\n\nevent: content_block_delta\n",
    r#"data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Weirs…"}}"#,
    "\n\nevent: content_block_delta\n",
    r#"data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EqQB"}}"#,
    "\n\nevent: content_block_stop\n",
    r#"data: {"type":"content_block_stop","index":0}"#,
    "\n\nevent: content_block_start\n",
    r#"data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
    "\n\nevent: content_block_delta\n",
    r#"data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"A low "}}"#,
    "\n\nevent: content_block_delta\n",
    r#"data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"dam – 堰."}}"#,
    "\n\nevent: content_block_stop\n",
    r#"data: {"type":"content_block_stop","index":1}"#,
    "\n\nevent: message_delta\n",
    r#"data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":7}}"#,
    "\n\nevent: message_stop\n",
    r#"data: {"type":"message_stop"}"#,
    "\n\n",
);

fn play(stream: &str) -> (Result<ChatReply, CloudFailure>, String) {
    Tape::new(200, stream.as_bytes()).play(&speaking(Dialect::Anthropic), &question())
}

/// A stream of one piece with a given report at its beginning, stop reason, and report at its end.
pub(crate) fn stream(opening: &str, stop_reason: &str, closing: &str) -> String {
    format!(
        "data: {{\"type\":\"message_start\",\"message\":{{\"content\":[],\"usage\":{opening}}}}}\n\n\
         data: {{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{{\"type\":\"text_delta\",\"text\":\"Hi\"}}}}\n\n\
         data: {{\"type\":\"message_delta\",\"delta\":{{\"stop_reason\":{stop_reason}}},\"usage\":{closing}}}\n\n\
         data: {{\"type\":\"message_stop\"}}\n\n"
    )
}

fn usage(opening: &str, closing: &str) -> Option<TokenUsage> {
    let (outcome, _) = play(&stream(opening, r#""end_turn""#, closing));
    outcome.expect("an answer").usage
}

#[test]
fn a_dialogue_is_written_as_blocks() {
    let call = ChatCall {
        messages: dialogue(vec![
            Part::Text(" \n".into()),
            Part::Text("What is this?".into()),
            Part::Image {
                mime: "image/jpeg".into(),
                bytes: vec![1, 2, 3],
            },
        ]),
        max_output_tokens: 9,
        temperature: Some(1.5),
        seed: Some(7),
    };
    let written = body(&speaking(Dialect::Anthropic), &call);
    assert_eq!(
        serde_json::from_slice::<Value>(&written).expect("JSON"),
        json!({
            "model": "small",
            "max_tokens": 9,
            "system": [{"type": "text", "text": "Be brief."}],
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
                {"role": "assistant", "content": [{"type": "text", "text": "Hello"}]},
                {"role": "user", "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image", "source": {
                        "type": "base64", "media_type": "image/jpeg", "data": "AQID",
                    }},
                ]},
            ],
            "stream": true,
            "temperature": 1.0,
        })
    );
}

#[test]
fn sound_and_strange_pictures_are_refused_by_name() {
    let clip = Part::Audio {
        format: AudioFormat::Wav,
        bytes: Vec::new(),
        length: std::time::Duration::ZERO,
    };
    let picture = |mime: &str| Part::Image {
        mime: mime.to_owned(),
        bytes: Vec::new(),
    };
    let not_taken = |role, part| Dialect::Anthropic.not_taken(role, &part);
    assert_eq!(not_taken(Role::User, clip).as_deref(), Some("sound"));
    assert_eq!(not_taken(Role::User, picture("image/webp")), None);
    assert_eq!(
        not_taken(Role::User, picture("image/bmp")).as_deref(),
        Some("pictures of the kind image/bmp")
    );
    assert!(not_taken(Role::Assistant, picture("image/webp")).is_some());
}

#[test]
fn a_message_that_comes_whole_is_read() {
    let (outcome, text) = play(
        r#"{"id":"msg_1","type":"message","role":"assistant","content":[{"type":"thinking","thinking":"Hm."},{"type":"text","text":"A low dam – 堰."}],"stop_reason":"end_turn","usage":{"input_tokens":8,"cache_read_input_tokens":4,"cache_creation_input_tokens":0,"output_tokens":7}}"#,
    );
    let reply = outcome.expect("an answer");
    assert_eq!((reply.usage, text.as_str()), (Some(USAGE), ANSWER));
}

#[test]
fn stop_reasons_are_told_apart() {
    for (reason, finish) in [
        ("end_turn", Finish::Complete),
        ("stop_sequence", Finish::Complete),
        ("pause_turn", Finish::Complete),
        ("max_tokens", Finish::Length),
        ("model_context_window_exceeded", Finish::Length),
    ] {
        let (outcome, _) = play(&stream("{}", &format!("\"{reason}\""), "{}"));
        assert_eq!(outcome.expect(reason).finish, finish, "{reason}");
    }
    let (outcome, text) = play(&stream(
        r#"{"input_tokens":8,"cache_read_input_tokens":4}"#,
        r#""refusal""#,
        r#"{"output_tokens":7}"#,
    ));
    let failure = outcome.expect_err("refused");
    assert_eq!(
        (failure.error, failure.usage, text.as_str()),
        (CloudError::Withheld, Some(USAGE), "Hi")
    );
}

#[test]
fn a_report_is_read_from_both_ends_of_the_stream() {
    let opening = r#"{"input_tokens":8,"cache_read_input_tokens":4,"output_tokens":1}"#;
    for closing in [
        r#"{"output_tokens":7}"#,
        r#"{"input_tokens":null,"cache_read_input_tokens":null,"output_tokens":7}"#,
        r#"{"input_tokens":8,"cache_creation_input_tokens":0,"cache_read_input_tokens":4,"output_tokens":7}"#,
    ] {
        assert_eq!(usage(opening, closing), Some(USAGE), "{closing}");
    }
    assert_eq!(
        usage("null", r#"{"input_tokens":12,"output_tokens":7}"#),
        Some(TokenUsage {
            cached_input: 0,
            ..USAGE
        })
    );
}

#[test]
fn what_is_written_into_a_cache_counts_twice() {
    let opening =
        r#"{"input_tokens":2,"cache_read_input_tokens":4,"cache_creation_input_tokens":3}"#;
    assert_eq!(usage(opening, r#"{"output_tokens":7}"#), Some(USAGE));
}

#[test]
fn a_report_that_cannot_be_true_is_not_believed() {
    let good = r#"{"input_tokens":12}"#;
    for (opening, closing) in [
        ("null", "null"),
        (good, "null"),
        (good, "{}"),
        (good, r#"{"output_tokens":-7}"#),
        (good, r#"{"output_tokens":"7"}"#),
        (good, r#"{"output_tokens":65}"#),
        (good, r#"{"output_tokens":0}"#),
        ("null", r#"{"output_tokens":7}"#),
        (r#"{"input_tokens":0}"#, r#"{"output_tokens":7}"#),
        (r#"{"input_tokens":1e300}"#, r#"{"output_tokens":7}"#),
        (
            r#"{"input_tokens":18446744073709551615,"cache_read_input_tokens":18446744073709551615}"#,
            r#"{"output_tokens":7}"#,
        ),
        (
            r#"{"input_tokens":12,"cache_read_input_tokens":-1}"#,
            r#"{"output_tokens":7}"#,
        ),
        (
            r#"{"input_tokens":12,"cache_creation_input_tokens":1.5}"#,
            r#"{"output_tokens":7}"#,
        ),
    ] {
        assert_eq!(usage(opening, closing), None, "{opening} {closing}");
    }
}

#[test]
fn an_error_in_the_stream_is_told_and_the_count_so_far_is_not_believed() {
    let begun = STREAM.find("dam").expect("the text");
    let begun = STREAM[..begun].rfind("event: ").expect("an event");
    let (outcome, text) = play(&format!(
        "{}event: error\ndata: {}\n\n",
        &STREAM[..begun],
        r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#
    ));
    let failure = outcome.expect_err("an error");
    assert!(failure.to_string().contains("Overloaded"));
    assert_eq!(failure.error.charged(), Charged::Unknown);
    assert_eq!((failure.usage, text.as_str()), (None, "A low "));
}
