use std::time::{Duration, SystemTime};

use weir_cloud::{Charged, CloudError, Retry, RetryAfter};

use crate::tape::{Tape, provider, question};

fn refused(tape: Tape) -> CloudError {
    tape.play(&provider(), &question())
        .0
        .expect_err("refused")
        .error
}

fn kind(status: u16, body: &str) -> (&'static str, Charged) {
    let error = refused(Tape::new(status, body.as_bytes()));
    let name = match error {
        CloudError::KeyRefused { .. } => "key",
        CloudError::Payment { .. } => "payment",
        CloudError::NotFound { .. } => "not found",
        CloudError::TimedOut { .. } => "timed out",
        CloudError::TooLarge { .. } => "too large",
        CloudError::RateLimited { .. } => "rate",
        CloudError::Declined { .. } => "declined",
        CloudError::NotAccepted { .. } => "not accepted",
        CloudError::Overloaded { .. } => "overloaded",
        CloudError::Redirected { .. } => "redirected",
        _ => "other",
    };
    (name, error.charged())
}

#[test]
fn every_status_is_named_and_a_4xx_is_free() {
    for (status, name) in [
        (400, "not accepted"),
        (401, "key"),
        (402, "payment"),
        (403, "key"),
        (404, "not found"),
        (413, "too large"),
        (422, "not accepted"),
        (429, "rate"),
    ] {
        assert_eq!(kind(status, "{}"), (name, Charged::No), "{status}");
    }
    // A gateway says so of a provider that had begun.
    assert_eq!(kind(408, "{}"), ("timed out", Charged::Unknown));
    for status in [500, 502, 503, 529] {
        assert_eq!(
            kind(status, "<html>Bad gateway"),
            ("overloaded", Charged::Unknown)
        );
    }
    for status in [0, 301, 302, 303, 307, 308] {
        assert_eq!(
            kind(status, ""),
            ("redirected", Charged::Unknown),
            "{status}"
        );
    }
}

#[test]
fn the_providers_own_code_says_more_than_the_status() {
    for (status, body, name) in [
        (
            429,
            r#"{"error":{"message":"m","type":"insufficient_quota","code":"insufficient_quota"}}"#,
            "payment",
        ),
        (
            400,
            r#"{"error":{"message":"m","type":"image_content_policy_violation"}}"#,
            "declined",
        ),
        (
            400,
            r#"{"error":{"message":"m","code":"content_filter"}}"#,
            "declined",
        ),
        (
            400,
            r#"{"error":{"message":"m","type":"invalid_request_error","code":"context_length_exceeded"}}"#,
            "too large",
        ),
        (
            400,
            r#"{"error":{"code":400,"message":"m","type":"exceed_context_size_error","n_ctx":2048}}"#,
            "too large",
        ),
        (
            400,
            r#"{"error":{"message":"This model's maximum context length is 4096 tokens.","type":"BadRequestError","code":400}}"#,
            "too large",
        ),
    ] {
        assert_eq!(kind(status, body), (name, Charged::No), "{body}");
    }
}

#[test]
fn the_providers_words_are_passed_on_wherever_they_stand() {
    for body in [
        r#"{"error":{"message":"no such\n  model"}}"#,
        r#"{"error":"no such model"}"#,
        r#"{"object":"error","message":"no such model"}"#,
        r#"{"detail":"no such model"}"#,
        r#""no such model""#,
    ] {
        let message = refused(Tape::new(404, body.as_bytes())).to_string();
        assert!(message.contains("“no such model”"), "{message}");
    }
    let endless = format!("{{\"error\":\"{}\"}}", "é".repeat(10_000));
    assert!(
        refused(Tape::new(404, endless.as_bytes()))
            .to_string()
            .len()
            < 1_000
    );
}

#[test]
fn a_key_that_the_provider_repeats_is_taken_out() {
    let error = refused(Tape::new(
        401,
        br#"{"error":{"message":"Incorrect API key: sk-sesame."}}"#,
    ));
    assert!(error.to_string().contains("Incorrect API key: …."));
    assert!(!format!("{error:?}").contains("sesame"));
}

#[test]
fn pieces_of_the_key_are_taken_out_too() {
    for (said, shown) in [
        ("key sk-sesa*** is wrong", "key …*** is wrong"),
        ("key ***sesame is wrong", "key ***… is wrong"),
        ("sk-sesame-sk-sesame", "…-…"),
        ("“é” sk-\u{202e}ses\nsesame", "“é” … …"),
    ] {
        let body = serde_json::json!({"error": {"message": said}}).to_string();
        let error = refused(Tape::new(401, body.as_bytes())).to_string();
        assert!(error.contains(&format!(": “{shown}”")), "{error}");
    }
}

#[test]
fn the_providers_words_cannot_turn_others_around() {
    let body = serde_json::json!({"error": {"message": "a\u{202e}b\u{7}c"}}).to_string();
    let error = refused(Tape::new(500, body.as_bytes())).to_string();
    assert!(error.contains("“abc”"), "{error:?}");
}

#[test]
fn when_to_try_again_is_read_as_seconds_and_as_a_date() {
    let retry = |value: &str| refused(Tape::new(429, b"").header("Retry-After", value)).retry();
    let seconds = RetryAfter::Wait(Duration::from_secs(7));
    assert_eq!(retry("7"), Retry::Later(Some(seconds)));
    let instant = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    assert_eq!(
        retry("Sun, 06 Nov 1994 08:49:37 GMT"),
        Retry::Later(Some(RetryAfter::At(instant)))
    );
    assert_eq!(retry("soon"), Retry::Later(None));
    assert_eq!(retry("-1"), Retry::Later(None));
}

#[test]
fn what_will_not_change_by_itself_is_not_tried_again() {
    for status in [400, 401, 402, 403, 404, 413] {
        assert_eq!(
            refused(Tape::new(status, b"")).retry(),
            Retry::Never,
            "{status}"
        );
    }
}

#[test]
fn a_refusal_whose_body_never_ends_is_still_named() {
    let mut tape = Tape::new(401, br#"{"error":"no"}"#);
    tape.hangs = true;
    assert!(matches!(refused(tape), CloudError::KeyRefused { .. }));
}
