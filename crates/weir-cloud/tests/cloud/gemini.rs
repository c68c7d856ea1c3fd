//! Shapes after the documentation of the Gemini API, v1beta.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use weir_cloud::{
    AudioFormat, ChatCall, ChatReply, CloudError, CloudFailure, Dialect, Finish, Part, Retry,
    RetryAfter, Role, body,
};
use weir_core::TokenUsage;

use crate::tape::{ANSWER, Tape, USAGE, dialogue, question, speaking};

/// A thought before the answer, and a running count in every chunk.
pub(crate) const STREAM: &str = concat!(
    r#"data: {"candidates": [{"content": {"parts": [{"text": "Weirs…","thought": true}],"role": "model"},"index": 0}],"usageMetadata": {"promptTokenCount": 12,"totalTokenCount": 15,"cachedContentTokenCount": 4,"promptTokensDetails": [{"modality": "TEXT","tokenCount": 12}],"thoughtsTokenCount": 3},"modelVersion": "small","responseId": "r1"}"#,
    "\r\n\r\n",
    r#"data: {"candidates": [{"content": {"parts": [{"text": "A low "}],"role": "model"},"index": 0}],"usageMetadata": {"promptTokenCount": 12,"candidatesTokenCount": 2,"totalTokenCount": 17,"cachedContentTokenCount": 4,"thoughtsTokenCount": 3},"modelVersion": "small","responseId": "r1"}"#,
    "\r\n\r\n",
    r#"data: {"candidates": [{"content": {"parts": [{"text": "dam – 堰."}],"role": "model"},"finishReason": "STOP","index": 0}],"usageMetadata": {"promptTokenCount": 12,"candidatesTokenCount": 4,"totalTokenCount": 19,"cachedContentTokenCount": 4,"thoughtsTokenCount": 3},"modelVersion": "small","responseId": "r1"}"#,
    "\r\n\r\n",
);

fn play(stream: &str) -> (Result<ChatReply, CloudFailure>, String) {
    Tape::new(200, stream.as_bytes()).play(&speaking(Dialect::Gemini), &question())
}

/// A stream of one piece, a given end and a given report.
pub(crate) fn stream(finish_reason: &str, usage: &str) -> String {
    format!(
        "data: {{\"candidates\":[{{\"content\":{{\"parts\":[{{\"text\":\"Hi\"}}]}}}}]}}\n\n\
         data: {{\"candidates\":[{{\"finishReason\":{finish_reason}}}],\"usageMetadata\":{usage}}}\n\n"
    )
}

fn usage(report: &str) -> Option<TokenUsage> {
    let (outcome, _) = play(&stream(r#""STOP""#, report));
    outcome.expect("an answer").usage
}

fn refused(status: u16, body: &str) -> CloudError {
    let tape = Tape::new(status, body.as_bytes());
    let (outcome, _) = tape.play(&speaking(Dialect::Gemini), &question());
    outcome.expect_err("refused").error
}

#[test]
fn a_dialogue_is_written_as_contents() {
    let call = ChatCall {
        messages: dialogue(vec![
            Part::Text(String::new()),
            Part::Text("What is this?".into()),
            Part::Image {
                mime: "image/png".into(),
                bytes: vec![1, 2, 3],
            },
            Part::Audio {
                format: AudioFormat::Mp3,
                bytes: vec![0xFF],
                length: Duration::from_millis(10),
            },
        ]),
        max_output_tokens: 9,
        temperature: Some(0.5),
        seed: Some((1 << 40) + 7),
    };
    let written = body(&speaking(Dialect::Gemini), &call);
    assert_eq!(
        serde_json::from_slice::<Value>(&written).expect("JSON"),
        json!({
            "systemInstruction": {"parts": [{"text": "Be brief."}]},
            "contents": [
                {"role": "user", "parts": [{"text": "Hi"}]},
                {"role": "model", "parts": [{"text": "Hello"}]},
                {"role": "user", "parts": [
                    {"text": "What is this?"},
                    {"inlineData": {"mimeType": "image/png", "data": "AQID"}},
                    {"inlineData": {"mimeType": "audio/mp3", "data": "/w=="}},
                ]},
            ],
            "generationConfig": {"maxOutputTokens": 9, "temperature": 0.5, "seed": 7},
        })
    );
}

#[test]
fn strange_pictures_are_refused_by_name() {
    let picture = |mime: &str| Part::Image {
        mime: mime.to_owned(),
        bytes: Vec::new(),
    };
    let not_taken = |role, part| Dialect::Gemini.not_taken(role, &part);
    assert_eq!(not_taken(Role::User, picture("image/heic")), None);
    assert!(not_taken(Role::User, picture("image/gif")).is_some());
    assert!(not_taken(Role::System, picture("image/png")).is_some());
}

#[test]
fn finish_reasons_are_told_apart() {
    let finish = |reason: &str| play(&stream(&format!("\"{reason}\""), "null"));
    assert_eq!(
        finish("STOP").0.expect("an answer").finish,
        Finish::Complete
    );
    assert_eq!(
        finish("MAX_TOKENS").0.expect("an answer").finish,
        Finish::Length
    );
    for reason in ["SAFETY", "RECITATION", "PROHIBITED_CONTENT", "SPII"] {
        let failure = finish(reason).0.expect_err(reason);
        assert_eq!(failure.error, CloudError::Withheld, "{reason}");
    }
    for reason in ["OTHER", "UNEXPECTED_TOOL_CALL", "INVENTED_TOMORROW"] {
        let failure = finish(reason).0.expect_err(reason);
        assert!(
            matches!(failure.error, CloudError::Failed { .. }),
            "{reason}"
        );
        assert!(failure.to_string().contains(reason), "{failure}");
        assert!(failure.received_any);
    }
    let unsaid = finish("FINISH_REASON_UNSPECIFIED").0.expect_err("no end");
    assert_eq!(unsaid.error, CloudError::CutOff);
}

#[test]
fn a_prompt_that_is_blocked_is_withheld_and_its_cost_kept() {
    let (outcome, text) = play(
        "data: {\"promptFeedback\":{\"blockReason\":\"PROHIBITED_CONTENT\"},\"usageMetadata\":{\"promptTokenCount\":12,\"totalTokenCount\":12}}\n\n",
    );
    let failure = outcome.expect_err("blocked");
    let usage = TokenUsage {
        input: 12,
        cached_input: 0,
        audio_input: 0,
        output: 0,
    };
    assert_eq!(
        (failure.error, failure.usage, text.as_str()),
        (CloudError::Withheld, Some(usage), "")
    );
}

#[test]
fn a_list_of_chunks_is_read_like_a_stream_of_them() {
    let list = STREAM
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .collect::<Vec<_>>()
        .join(",\r\n");
    let (outcome, text) = play(&format!("[{list}]"));
    assert_eq!(
        (outcome.expect("an answer").usage, text.as_str()),
        (Some(USAGE), ANSWER)
    );
}

#[test]
fn sound_is_counted_where_it_is_reported_and_at_its_most_where_it_is_not() {
    let sound = |report: &str, parts| {
        let call = ChatCall {
            messages: dialogue(parts),
            ..question()
        };
        let stream = stream(r#""STOP""#, report);
        let tape = Tape::new(200, stream.as_bytes());
        let (outcome, _) = tape.play(&speaking(Dialect::Gemini), &call);
        outcome
            .expect("an answer")
            .usage
            .expect("a report")
            .audio_input
    };
    // At 50 tokens a second, as the provider's price has it.
    let clip = || Part::Audio {
        format: AudioFormat::Wav,
        bytes: vec![1],
        length: Duration::from_millis(1_500),
    };
    let told = r#"{"promptTokenCount":200,"candidatesTokenCount":7,"promptTokensDetails":[{"modality":"TEXT","tokenCount":136},{"modality":"AUDIO","tokenCount":64}]}"#;
    let untold = r#"{"promptTokenCount":200,"candidatesTokenCount":7}"#;
    let short = r#"{"promptTokenCount":80,"candidatesTokenCount":7}"#;
    assert_eq!(sound(told, vec![clip()]), 64);
    assert_eq!(sound(untold, vec![clip()]), 100);
    assert_eq!(sound(short, vec![clip()]), 80);
    assert_eq!(sound(untold, vec![Part::Text("Hi".into())]), 0);
}

#[test]
fn thoughts_count_as_output_however_they_are_reported() {
    for (report, output) in [
        (r#"{"promptTokenCount":12,"candidatesTokenCount":7}"#, 7),
        (
            r#"{"promptTokenCount":12,"candidatesTokenCount":7,"thoughtsTokenCount":20,"totalTokenCount":39}"#,
            27,
        ),
        (
            r#"{"promptTokenCount":12,"thoughtsTokenCount":9,"totalTokenCount":21}"#,
            9,
        ),
        (
            r#"{"promptTokenCount":12,"candidatesTokenCount":7,"totalTokenCount":39}"#,
            27,
        ),
        (
            r#"{"promptTokenCount":10,"toolUsePromptTokenCount":2,"candidatesTokenCount":7,"totalTokenCount":19}"#,
            7,
        ),
    ] {
        let expected = TokenUsage {
            input: 12,
            cached_input: 0,
            audio_input: 0,
            output,
        };
        assert_eq!(usage(report), Some(expected), "{report}");
    }
}

#[test]
fn a_report_that_cannot_be_true_is_not_believed() {
    for report in [
        "null",
        "{}",
        "7",
        r#"{"promptTokenCount":12}"#,
        r#"{"candidatesTokenCount":7}"#,
        r#"{"promptTokenCount":-12,"candidatesTokenCount":7}"#,
        r#"{"promptTokenCount":12,"candidatesTokenCount":-7}"#,
        r#"{"promptTokenCount":12,"candidatesTokenCount":7,"thoughtsTokenCount":-1}"#,
        r#"{"promptTokenCount":12,"candidatesTokenCount":7,"cachedContentTokenCount":"4"}"#,
        r#"{"promptTokenCount":0,"candidatesTokenCount":7}"#,
        r#"{"promptTokenCount":12,"candidatesTokenCount":65}"#,
        r#"{"promptTokenCount":12,"candidatesTokenCount":60,"thoughtsTokenCount":5}"#,
        r#"{"promptTokenCount":1000000000000,"candidatesTokenCount":7}"#,
        r#"{"promptTokenCount":18446744073709551615,"toolUsePromptTokenCount":1,"candidatesTokenCount":7}"#,
    ] {
        assert_eq!(usage(report), None, "{report}");
    }
}

#[test]
fn a_chunk_without_a_report_takes_the_running_count_back() {
    let running = r#"data: {"candidates":[{"content":{"parts":[{"text":"Hi"}]}}],"usageMetadata":{"promptTokenCount":12,"candidatesTokenCount":1}}"#;
    let last = r#"data: {"candidates":[{"finishReason":"STOP"}]}"#;
    let (outcome, _) = play(&format!("{running}\n\n{last}\n\n"));
    assert_eq!(outcome.expect("an answer").usage, None);
}

#[test]
fn a_wrong_key_is_named_although_its_status_is_400() {
    let error = refused(
        400,
        r#"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"}]}}"#,
    );
    assert!(matches!(error, CloudError::KeyRefused { .. }), "{error}");
}

#[test]
fn the_words_of_an_error_tell_what_its_status_does_not() {
    let body = |message: &str, status: &str| {
        json!({"error": {"code": 400, "message": message, "status": status}}).to_string()
    };
    let too_long = refused(
        400,
        &body(
            "The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).",
            "INVALID_ARGUMENT",
        ),
    );
    assert!(matches!(too_long, CloudError::TooLarge { .. }));
    let unpaid = refused(
        400,
        &body(
            "Gemini API free tier is not available in your country. Please enable billing on your project in Google AI Studio.",
            "FAILED_PRECONDITION",
        ),
    );
    assert!(matches!(unpaid, CloudError::Payment { .. }));
    let malformed = refused(400, &body("Unknown name.", "INVALID_ARGUMENT"));
    assert!(matches!(malformed, CloudError::NotAccepted { .. }));
}

#[test]
fn when_to_try_again_is_read_from_the_body_also_in_a_list() {
    let body = r#"{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"36.5s"}]}}"#;
    for body in [body.to_owned(), format!("[{body}]")] {
        let error = refused(429, &body);
        assert!(matches!(error, CloudError::RateLimited { .. }), "{error}");
        let wait = RetryAfter::Wait(Duration::from_millis(36_500));
        assert_eq!(error.retry(), Retry::Later(Some(wait)));
    }
    let nonsense = body.replace("36.5s", "-1s");
    assert_eq!(refused(429, &nonsense).retry(), Retry::Later(None));
}

proptest! {
    /// The published count: tiles whose side is the shorter one's two thirds, at 258 tokens each.
    #[test]
    fn no_picture_up_to_twenty_to_one_exceeds_its_bound(
        short in 30_u32..4_096, stretch in 1.0_f64..20.0,
    ) {
        let long = (f64::from(short) * stretch) as u32;
        let tile = (f64::from(short) / 1.5).floor() as u32;
        let tokens = short.div_ceil(tile) * long.div_ceil(tile) * 258;
        prop_assert!(tokens <= Dialect::Gemini.media_bound().image_tokens, "{}", tokens);
    }
}
