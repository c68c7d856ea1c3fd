//! What holds for every wire format.

use futures::FutureExt;
use proptest::prelude::*;
use serde_json::Value;
use weir_cloud::{
    AudioFormat, Charged, ChatCall, Client, CloudError, Dialect, Finish, Part, Patience, body,
};

use crate::{
    anthropic, chat, gemini,
    tape::{ANSWER, Clock, Tape, USAGE, question, speaking},
};

/// One recorded answer in each format; they say and cost the same.
const RECORDINGS: [(Dialect, &str); 3] = [
    (Dialect::OpenAi, chat::SHAPES[0]),
    (Dialect::Anthropic, anthropic::STREAM),
    (Dialect::Gemini, gemini::STREAM),
];

fn recordings() -> impl Strategy<Value = (Dialect, &'static str)> {
    prop::sample::select(RECORDINGS.to_vec())
}

fn in_pieces<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Tape {
    let mut tape = Tape::new(200, b"");
    tape.arrivals = pieces.into_iter().map(|piece| Ok(piece.to_vec())).collect();
    tape
}

#[test]
fn a_stream_may_be_cut_between_any_two_bytes() {
    for (dialect, stream) in RECORDINGS {
        let provider = speaking(dialect);
        for cut in 0..=stream.len() {
            let (before, after) = stream.as_bytes().split_at(cut);
            let (outcome, text) = in_pieces([before, after]).play(&provider, &question());
            let reply = outcome.expect("an answer");
            assert_eq!(reply.finish, Finish::Complete, "{dialect:?} {cut}");
            assert_eq!(
                (reply.usage, text.as_str()),
                (Some(USAGE), ANSWER),
                "{dialect:?} {cut}"
            );
        }
    }
}

#[test]
fn a_stream_that_ends_after_any_byte_is_cut_off_or_whole() {
    for (dialect, stream) in RECORDINGS {
        let provider = speaking(dialect);
        let mut was_whole = false;
        for length in 0..=stream.len() {
            let tape = Tape::new(200, &stream.as_bytes()[..length]);
            let (outcome, text) = tape.play(&provider, &question());
            match outcome {
                Ok(reply) => {
                    was_whole = true;
                    assert_eq!(text, ANSWER, "{dialect:?} {length}");
                    assert!(reply.usage.is_none_or(|usage| usage == USAGE));
                }
                Err(failure) => {
                    assert!(!was_whole, "{dialect:?} {length}");
                    assert_eq!(failure.error, CloudError::CutOff, "{dialect:?} {length}");
                    assert_eq!(failure.usage, None, "{dialect:?} {length}");
                    assert_eq!(failure.received_any, !text.is_empty());
                    assert!(ANSWER.starts_with(&text), "{dialect:?} {length}");
                }
            }
        }
        assert!(was_whole, "{dialect:?}");
    }
}

#[test]
fn a_line_of_ten_megabytes_is_refused() {
    let line = vec![b'x'; 10_000_000];
    for (dialect, stream) in RECORDINGS {
        let end = stream.find("data: ").expect("an event");
        let begun = [&stream.as_bytes()[..end], b"data: ".as_slice()].concat();
        let pieces = std::iter::once(begun.as_slice()).chain(line.chunks(1 << 16));
        let (outcome, text) = in_pieces(pieces).play(&speaking(dialect), &question());
        let failure = outcome.expect_err("too long");
        assert!(
            matches!(failure.error, CloudError::Garbled { .. }),
            "{dialect:?}"
        );
        assert_eq!(failure.error.charged(), Charged::Unknown);
        assert!(text.is_empty());
    }
}

#[test]
fn what_is_no_answer_of_the_format_is_named() {
    for dialect in Dialect::ALL {
        for body in [
            "data: {not json\n\n",
            "data: 5\n\n",
            "hello",
            "[1]",
            "{}",
            "{",
        ] {
            let tape = Tape::new(200, body.as_bytes());
            let failure = tape
                .play(&speaking(dialect), &question())
                .0
                .expect_err(body);
            assert!(
                matches!(failure.error, CloudError::Garbled { .. }),
                "{dialect:?} {body}: {failure:?}"
            );
        }
        let page = Tape::new(200, b"<!DOCTYPE html><p>Log in");
        let failure = page
            .play(&speaking(dialect), &question())
            .0
            .expect_err("a page");
        assert!(matches!(failure.error, CloudError::WebPage { .. }));
    }
}

#[test]
fn every_status_means_the_same_in_every_format() {
    for dialect in Dialect::ALL {
        for (status, name, charged) in [
            (400, "NotAccepted", Charged::No),
            (401, "KeyRefused", Charged::No),
            (402, "Payment", Charged::No),
            (403, "KeyRefused", Charged::No),
            (404, "NotFound", Charged::No),
            (413, "TooLarge", Charged::No),
            (429, "RateLimited", Charged::No),
            (500, "Overloaded", Charged::Unknown),
            (529, "Overloaded", Charged::Unknown),
        ] {
            let tape = Tape::new(
                status,
                br#"{"type":"error","error":{"type":"some_error","message":"No, says sk-sesame."}}"#,
            );
            let error = tape
                .play(&speaking(dialect), &question())
                .0
                .expect_err(name)
                .error;
            assert!(
                format!("{error:?}").starts_with(name),
                "{dialect:?} {error:?}"
            );
            assert_eq!(error.charged(), charged, "{dialect:?} {status}");
            assert!(error.to_string().contains("No, says …."), "{error}");
        }
    }
}

#[test]
fn words_of_anthropic_are_sorted_by_what_they_are_about() {
    for (message, name) in [
        (
            "prompt is too long: 208310 tokens > 200000 maximum",
            "TooLarge",
        ),
        (
            "Your credit balance is too low to access the Anthropic API.",
            "Payment",
        ),
        ("Output blocked by content filtering policy", "Declined"),
        (
            "messages: text content blocks must be non-empty",
            "NotAccepted",
        ),
    ] {
        let body = format!(
            r#"{{"type":"error","error":{{"type":"invalid_request_error","message":"{message}"}}}}"#
        );
        let tape = Tape::new(400, body.as_bytes());
        let (outcome, _) = tape.play(&speaking(Dialect::Anthropic), &question());
        let error = outcome.expect_err(message).error;
        assert!(format!("{error:?}").starts_with(name), "{error:?}");
    }
}

/// The names of the headers that go along, and where the key is among them.
fn headers(dialect: Dialect, has_key: bool) -> Vec<(&'static str, String)> {
    let provider = if has_key {
        speaking(dialect)
    } else {
        let base_url = "https://proxy.example.com/v1";
        weir_cloud::Provider::speaking(dialect, base_url, "small", None, crate::tape::PRICE)
            .expect("a provider")
    };
    let client = Client {
        transport: Tape::new(200, b""),
        timer: Clock::Stands,
        patience: Patience::default(),
    };
    let outcome = client
        .chat(&provider, &question(), &mut |_| {})
        .now_or_never()
        .expect("nothing is waited for");
    assert!(outcome.is_err());
    let requests = client.transport.requests.borrow_mut().pop();
    let request = requests.expect("a request");
    assert_eq!(request.url, provider.chat_url());
    assert_eq!(request.body, body(&provider, &question()));
    assert!(!request.url.contains("sesame"));
    assert!(!format!("{request:?}").contains("sesame"));
    request.headers
}

#[test]
fn only_the_needed_headers_go_along() {
    let json = ("Content-Type", "application/json".to_owned());
    let version = ("anthropic-version", "2023-06-01".to_owned());
    let consent = (
        "anthropic-dangerous-direct-browser-access",
        "true".to_owned(),
    );
    let key = "sk-sesame".to_owned();
    assert_eq!(
        headers(Dialect::Anthropic, true),
        [
            json.clone(),
            version.clone(),
            ("x-api-key", key.clone()),
            consent
        ]
    );
    assert_eq!(headers(Dialect::Anthropic, false), [json.clone(), version]);
    assert_eq!(
        headers(Dialect::Gemini, true),
        [json.clone(), ("x-goog-api-key", key)]
    );
    assert_eq!(headers(Dialect::Gemini, false), [json]);
}

#[test]
fn what_a_format_has_no_place_for_is_refused_before_anything_is_sent() {
    let mut call = question();
    call.messages[0].parts.push(Part::Audio {
        format: AudioFormat::Wav,
        bytes: vec![0; 100],
        length: std::time::Duration::from_secs(1),
    });
    let client = Client {
        transport: Tape::new(200, anthropic::STREAM.as_bytes()),
        timer: Clock::Stands,
        patience: Patience::default(),
    };
    let failure = client
        .chat(&speaking(Dialect::Anthropic), &call, &mut |_| {})
        .now_or_never()
        .expect("nothing is waited for")
        .expect_err("sound");
    assert_eq!(failure.error.charged(), Charged::No);
    assert_eq!(
        failure.to_string(),
        "api.example.com does not take sound; leave it out, or answer on this device"
    );
    assert!(client.transport.requests.borrow().is_empty());
    for dialect in [Dialect::OpenAi, Dialect::Gemini] {
        assert_eq!(
            dialect.not_taken(weir_cloud::Role::User, &call.messages[0].parts[1]),
            None
        );
    }
}

#[test]
fn a_setting_names_a_format_in_one_word() {
    for (dialect, word) in Dialect::ALL
        .into_iter()
        .zip(["openai", "anthropic", "gemini"])
    {
        assert_eq!(
            serde_json::to_value(dialect).expect("JSON"),
            Value::from(word)
        );
        assert_eq!(
            serde_json::from_value::<Dialect>(Value::from(word)).expect(word),
            dialect
        );
    }
    assert_eq!(Dialect::default(), Dialect::OpenAi);
}

proptest! {
    #[test]
    fn the_output_limit_always_goes_along(limit in 1_u64..1 << 40) {
        let call = ChatCall { max_output_tokens: limit, ..question() };
        for (dialect, place) in [
            (Dialect::OpenAi, "/max_tokens"),
            (Dialect::Anthropic, "/max_tokens"),
            (Dialect::Gemini, "/generationConfig/maxOutputTokens"),
        ] {
            let written: Value = serde_json::from_slice(&body(&speaking(dialect), &call))?;
            prop_assert_eq!(written.pointer(place), Some(&Value::from(limit)));
        }
    }

    #[test]
    fn a_stream_may_come_in_pieces_of_any_size(
        (dialect, stream) in recordings(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..24),
    ) {
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        cuts.extend([0, stream.len()]);
        cuts.sort_unstable();
        let pieces = cuts.windows(2).map(|pair| &stream.as_bytes()[pair[0]..pair[1]]);
        let (outcome, text) = in_pieces(pieces).play(&speaking(dialect), &question());
        prop_assert_eq!(outcome.map(|reply| reply.usage), Ok(Some(USAGE)));
        prop_assert_eq!(text, ANSWER);
    }

    #[test]
    fn damaged_streams_never_panic_and_never_cost_more_than_the_worst_case(
        (dialect, stream) in recordings(),
        place in any::<prop::sample::Index>(),
        damage in prop::collection::vec(any::<u8>(), 0..8),
    ) {
        let mut bytes = stream.as_bytes().to_vec();
        let place = place.index(bytes.len());
        let end = (place + damage.len()).min(bytes.len());
        bytes.splice(place..end, damage);
        let provider = speaking(dialect);
        let (outcome, _) = Tape::new(200, &bytes).play(&provider, &question());
        let usage = outcome.map_or_else(|failure| failure.usage, |reply| reply.usage);
        let worst = provider.price().worst_case(weir_cloud::bound(&question()));
        prop_assert!(usage.is_none_or(|usage| provider.price().cost(usage) <= worst));
    }
}
