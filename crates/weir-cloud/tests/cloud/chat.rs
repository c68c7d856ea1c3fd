use std::time::Duration;

use futures::FutureExt;
use proptest::prelude::*;
use weir_cloud::{
    Charged, ChatReply, Client, CloudError, CloudFailure, Finish, Patience, TransportError,
};
use weir_core::{NanoUsd, TokenUsage};

use crate::tape::{ANSWER, Clock, Dead, Deaf, PRICE, Tape, USAGE, provider, question};

/// The ways in which servers stream the same answer.
const OPENAI: &str = concat!(
    r#"data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"small","service_tier":"default","system_fingerprint":"f","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"x"}"#,
    "\n\n",
    r#"data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"small","choices":[{"index":0,"delta":{"content":"A low "},"logprobs":null,"finish_reason":null}],"usage":null}"#,
    "\n\n",
    r#"data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"small","choices":[{"index":0,"delta":{"content":"dam – 堰."},"logprobs":null,"finish_reason":null}],"usage":null}"#,
    "\n\n",
    r#"data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"small","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}"#,
    "\n\n",
    r#"data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"small","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":7,"total_tokens":19,"prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}}"#,
    "\n\n",
    "data: [DONE]\n\n",
);
const OPENROUTER: &str = concat!(
    ": OPENROUTER PROCESSING\n\n",
    ": OPENROUTER PROCESSING\n\n",
    r#"data: {"id":"gen-1","provider":"P","model":"small","object":"chat.completion.chunk","created":1,"choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":"Weirs…"},"finish_reason":null,"native_finish_reason":null}]}"#,
    "\n\n",
    r#"data: {"id":"gen-1","provider":"P","model":"small","object":"chat.completion.chunk","created":1,"choices":[{"index":0,"delta":{"role":"assistant","content":"A low dam – 堰."},"finish_reason":null,"native_finish_reason":null}]}"#,
    "\n\n",
    r#"data: {"id":"gen-1","provider":"P","model":"small","object":"chat.completion.chunk","created":1,"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"stop","native_finish_reason":"STOP"}]}"#,
    "\n\n",
    r#"data: {"id":"gen-1","provider":"P","model":"small","object":"chat.completion.chunk","created":1,"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null,"native_finish_reason":null}],"usage":{"prompt_tokens":12,"completion_tokens":7,"total_tokens":19,"cost":0.0000069,"prompt_tokens_details":{"cached_tokens":4}}}"#,
    "\n\n",
    "data: [DONE]\n\n",
);
const LLAMA_CPP: &str = concat!(
    r#"data: {"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}],"created":1,"id":"chatcmpl-1","model":"m.gguf","system_fingerprint":"b1","object":"chat.completion.chunk"}"#,
    "\n\n",
    r#"data: {"choices":[{"finish_reason":null,"index":0,"delta":{"content":"A low dam – 堰."}}],"created":1,"id":"chatcmpl-1","model":"m.gguf","system_fingerprint":"b1","object":"chat.completion.chunk"}"#,
    "\n\n",
    r#"data: {"choices":[{"finish_reason":"stop","index":0,"delta":{}}],"created":1,"id":"chatcmpl-1","model":"m.gguf","system_fingerprint":"b1","object":"chat.completion.chunk"}"#,
    "\n\n",
    r#"data: {"choices":[],"created":1,"id":"chatcmpl-1","model":"m.gguf","system_fingerprint":"b1","object":"chat.completion.chunk","usage":{"completion_tokens":7,"prompt_tokens":12,"total_tokens":19,"prompt_tokens_details":{"cached_tokens":4}},"timings":{"cache_n":4,"predicted_per_second":84.2}}"#,
    "\n\n",
    "data: [DONE]\n\n",
);
/// CRLF, no space after the colon, usage in every chunk, and no closing blank line.
const VLLM: &str = concat!(
    r#"data:{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"small","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"usage":{"prompt_tokens":12,"total_tokens":12,"completion_tokens":0}}"#,
    "\r\n\r\n",
    r#"data:{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"small","choices":[{"index":0,"delta":{"content":"A low dam – 堰.","reasoning_content":null},"logprobs":null,"finish_reason":null}],"usage":{"prompt_tokens":12,"total_tokens":18,"completion_tokens":6}}"#,
    "\r\n\r\n",
    r#"data:{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"small","choices":[{"index":0,"delta":{"content":""},"logprobs":null,"finish_reason":"stop","stop_reason":null}],"usage":null}"#,
    "\r\n\r\n",
    r#"data:{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"small","choices":[],"usage":{"prompt_tokens":12,"total_tokens":19,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":4}}}"#,
    "\r\n\r\n",
    "data:[DONE]",
);
/// Mistral's parts; DeepSeek's name of cached tokens.
const IN_PARTS: &str = concat!(
    r#"data: {"id":"1","object":"chat.completion.chunk","model":"small","choices":[{"index":0,"delta":{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm."}]},{"type":"text","text":"A low dam – 堰."}]},"finish_reason":null}]}"#,
    "\n\n",
    r#"data: {"id":"1","object":"chat.completion.chunk","model":"small","choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":7,"total_tokens":19,"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":8}}"#,
    "\n\n",
    "data: [DONE]\n\n",
);
const GROQ: &str = concat!(
    r#"data: {"id":"1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"A low dam – 堰."},"finish_reason":null}]}"#,
    "\n\n",
    r#"data: {"id":"1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x_groq":{"id":"r","usage":{"prompt_tokens":12,"completion_tokens":7,"total_tokens":19,"prompt_time":0.1,"prompt_tokens_details":{"cached_tokens":4}}}}"#,
    "\n\n",
    "data: [DONE]\n\n",
);
const UNSTREAMED: &str = r#"
{"id":"c1","object":"chat.completion","created":1,"model":"small","choices":[{"index":0,"message":{"role":"assistant","content":"A low dam – 堰."},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":7,"total_tokens":19,"prompt_tokens_details":{"cached_tokens":4}}}"#;

pub(crate) const SHAPES: [&str; 7] = [
    OPENAI, OPENROUTER, LLAMA_CPP, VLLM, IN_PARTS, GROQ, UNSTREAMED,
];

fn answered(stream: &str) -> (ChatReply, String) {
    let (outcome, text) = Tape::new(200, stream.as_bytes()).play(&provider(), &question());
    (outcome.expect(stream), text)
}

fn failed(stream: &str) -> (CloudFailure, String) {
    let (outcome, text) = Tape::new(200, stream.as_bytes()).play(&provider(), &question());
    (outcome.expect_err(stream), text)
}

/// A stream of one piece, a given end and a given usage.
fn stream(finish: &str, usage: &str) -> String {
    format!(
        "data: {{\"choices\":[{{\"delta\":{{\"content\":\"Hi\"}}}}]}}\n\n\
         data: {{\"choices\":[{{\"delta\":{{}},\"finish_reason\":{finish}}}],\"usage\":{usage}}}\n\n\
         data: [DONE]\n\n"
    )
}

#[test]
fn every_servers_shape_gives_the_same_answer_and_cost() {
    for shape in SHAPES {
        let (reply, text) = answered(shape);
        assert_eq!(text, ANSWER, "{shape}");
        assert_eq!(reply.finish, Finish::Complete, "{shape}");
        assert_eq!(reply.usage, Some(USAGE), "{shape}");
    }
    let cost = 8 * 150 + 4 * 75 + 7 * 600;
    assert_eq!(PRICE.cost(USAGE), NanoUsd::new(cost));
}

#[test]
fn an_answer_at_its_limit_says_so() {
    assert_eq!(
        answered(&stream(r#""length""#, "null")).0.finish,
        Finish::Length
    );
}

#[test]
fn a_models_own_refusal_is_its_answer() {
    let (_, text) = answered(
        "data: {\"choices\":[{\"delta\":{\"refusal\":\"I cannot.\"},\"finish_reason\":\"stop\"}]}\n\n",
    );
    assert_eq!(text, "I cannot.");
}

#[test]
fn only_the_first_choice_is_read() {
    let (_, text) = answered(
        "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"b\"}},{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n",
    );
    assert_eq!(text, "a");
}

#[test]
fn a_report_that_cannot_be_true_is_not_believed() {
    for usage in [
        "null",
        "{}",
        "7",
        r#"{"prompt_tokens":12}"#,
        r#"{"prompt_tokens":-12,"completion_tokens":7}"#,
        r#"{"prompt_tokens":12,"completion_tokens":-7}"#,
        r#"{"prompt_tokens":"12","completion_tokens":7}"#,
        r#"{"prompt_tokens":1.5,"completion_tokens":7}"#,
        r#"{"prompt_tokens":0,"completion_tokens":7}"#,
        r#"{"prompt_tokens":12,"completion_tokens":0}"#,
        r#"{"prompt_tokens":12,"completion_tokens":65}"#,
        r#"{"prompt_tokens":1000000000000,"completion_tokens":7}"#,
        r#"{"prompt_tokens":1e300,"completion_tokens":7}"#,
    ] {
        assert_eq!(
            answered(&stream(r#""stop""#, usage)).0.usage,
            None,
            "{usage}"
        );
    }
}

#[test]
fn usage_is_read_in_every_spelling() {
    for (usage, output) in [
        (
            r#"{"input_tokens":12,"output_tokens":7,"input_tokens_details":{"cached_tokens":4}}"#,
            7,
        ),
        (
            r#"{"prompt_tokens":12.0,"completion_tokens":7.0,"prompt_tokens_details":{"cached_tokens":4}}"#,
            7,
        ),
        (
            r#"{"prompt_tokens":12,"completion_tokens":7,"total_tokens":39,"prompt_tokens_details":{"cached_tokens":4}}"#,
            27,
        ),
    ] {
        let expected = TokenUsage { output, ..USAGE };
        assert_eq!(
            answered(&stream(r#""stop""#, usage)).0.usage,
            Some(expected),
            "{usage}"
        );
    }
    let (reply, _) = answered(&stream(
        r#""stop""#,
        r#"{"prompt_tokens":12,"completion_tokens":7,"prompt_tokens_details":null}"#,
    ));
    assert_eq!(reply.usage.map(|usage| usage.cached_input), Some(0));
}

#[test]
fn an_answer_that_ended_is_kept_whatever_comes_after_it() {
    let ended =
        "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\n";
    for rest in ["", "data: {not json\n\n", "data: {\"choi"] {
        let (reply, text) = answered(&format!("{ended}{rest}"));
        assert_eq!(
            (reply.finish, reply.usage, text.as_str()),
            (Finish::Complete, None, "Hi")
        );
    }
    let mut tape = Tape::new(200, ended.as_bytes());
    tape.arrivals
        .push(Err(TransportError::Broken("reset".into())));
    assert!(tape.play(&provider(), &question()).0.is_ok());
}

#[test]
fn a_stream_that_ends_too_soon_is_cut_off() {
    let whole = stream(r#""stop""#, "null");
    let end_of_first = whole.find("\n\n").expect("an event") + 2;
    for length in [0, 1, end_of_first - 5, end_of_first, end_of_first + 9] {
        let (failure, text) = failed(&whole[..length]);
        assert_eq!(failure.error, CloudError::CutOff, "{length}");
        assert_eq!(failure.error.charged(), Charged::Unknown);
        assert_eq!(failure.received_any, !text.is_empty());
    }
}

#[test]
fn a_stream_cut_inside_a_letter_keeps_what_came_before() {
    let bytes = OPENAI.as_bytes();
    let middle_of_letter = OPENAI.find('堰').expect("the letter") + 1;
    let (outcome, text) = Tape::new(200, &bytes[..middle_of_letter]).play(&provider(), &question());
    let failure = outcome.expect_err("cut");
    assert_eq!(
        (failure.error, text.as_str()),
        (CloudError::CutOff, "A low ")
    );
    assert!(failure.received_any);
}

#[test]
fn a_broken_connection_cuts_the_answer_off() {
    let mut tape = Tape::new(200, &OPENAI.as_bytes()[..600]);
    tape.arrivals
        .push(Err(TransportError::Broken("reset".into())));
    let failure = tape.play(&provider(), &question()).0.expect_err("cut");
    assert_eq!(
        (failure.error, failure.received_any),
        (CloudError::CutOff, true)
    );
}

#[test]
fn each_kind_of_silence_is_waited_out_and_told_apart() {
    let patience = Patience {
        headers: Duration::from_secs(1),
        first_byte: Duration::from_secs(2),
        idle: Duration::from_secs(3),
    };
    let client = Client {
        transport: Deaf,
        timer: Clock::Rings,
        patience,
    };
    let outcome = client
        .chat(&provider(), &question(), &mut |_| {})
        .now_or_never();
    let failure = outcome.expect("it rings").expect_err("slow");
    let (host, waited) = ("api.example.com".to_owned(), patience.headers);
    assert_eq!(failure.error, CloudError::Slow { host, waited });
    assert_eq!(failure.error.charged(), Charged::Unknown);

    let mut silent = Tape::new(200, b"");
    silent.arrivals.clear();
    silent.hangs = true;
    let failure = silent
        .play(&provider(), &question())
        .0
        .expect_err("stalled");
    let (host, waited) = ("api.example.com".to_owned(), Patience::default().first_byte);
    assert_eq!(failure.error, CloudError::Silent { host, waited });

    let mut stalling = Tape::new(200, &OPENAI.as_bytes()[..600]);
    stalling.hangs = true;
    let failure = stalling
        .play(&provider(), &question())
        .0
        .expect_err("stalled");
    let waited = Patience::default().idle;
    assert_eq!(failure.error, CloudError::Stalled { waited });
    assert_eq!(failure.error.charged(), Charged::Unknown);
    assert!(failure.received_any);
}

#[test]
fn an_error_in_the_stream_is_told_in_the_providers_words() {
    for event in [
        r#"{"error":{"message":"out of memory","code":502}}"#,
        r#"{"error":"out of memory"}"#,
        r#"{"object":"error","message":"out of memory","code":500}"#,
        r#"{"choices":[{"delta":{"content":""},"finish_reason":"error"}],"error":{"code":502,"message":"out of memory"}}"#,
    ] {
        let (failure, text) = failed(&format!(
            "data: {{\"choices\":[{{\"delta\":{{\"content\":\"Hi\"}}}}]}}\n\ndata: {event}\n\n"
        ));
        assert!(
            matches!(failure.error, CloudError::Failed { .. }),
            "{event}"
        );
        assert!(failure.to_string().contains("out of memory"), "{event}");
        assert_eq!(
            (failure.error.charged(), text.as_str()),
            (Charged::Unknown, "Hi")
        );
    }
}

#[test]
fn a_filter_that_stops_the_answer_is_named_and_its_cost_kept() {
    let usage =
        r#"{"prompt_tokens":12,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":4}}"#;
    let (failure, text) = failed(&stream(r#""content_filter""#, usage));
    assert_eq!(failure.error, CloudError::Withheld);
    assert_eq!((failure.usage, text.as_str()), (Some(USAGE), "Hi"));
}

#[test]
fn a_running_count_of_an_answer_that_broke_off_is_not_believed() {
    let (failure, text) = failed(
        "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":1}}\n\n",
    );
    assert_eq!((failure.error, text.as_str()), (CloudError::CutOff, "Hi"));
    assert_eq!(failure.usage, None);
}

#[test]
fn what_is_no_chat_answer_is_named() {
    for body in [
        "data: {not json\n\n",
        "data: 5\n\n",
        "hello",
        "[1]",
        "{}",
        "{\"detail\":1}",
        "{",
    ] {
        let (failure, _) = failed(body);
        assert!(
            matches!(failure.error, CloudError::Garbled { .. }),
            "{body}: {failure:?}"
        );
        assert_eq!(failure.error.charged(), Charged::Unknown);
    }
    for body in ["<!DOCTYPE html><p>Log in", "\n <html>"] {
        let (failure, _) = failed(body);
        assert!(
            matches!(failure.error, CloudError::WebPage { .. }),
            "{body}"
        );
    }
    let (failure, _) = failed(&"data: x".repeat(1 << 18));
    assert!(matches!(failure.error, CloudError::Garbled { .. }));
}

#[test]
fn only_a_request_that_was_not_sent_is_certainly_free() {
    let fate = |error: TransportError| {
        let client = Client {
            transport: Dead(error),
            timer: Clock::Stands,
            patience: Patience::default(),
        };
        client
            .chat(&provider(), &question(), &mut |_| {})
            .now_or_never()
            .expect("nothing is waited for")
            .expect_err("dead")
            .error
    };
    let offline = fate(TransportError::Offline);
    assert_eq!(
        (offline.charged(), offline.was_sent()),
        (Charged::No, false)
    );
    let blocked = fate(TransportError::Blocked);
    assert!(blocked.to_string().contains("CORS"), "{blocked}");
    assert_eq!(
        (blocked.charged(), blocked.was_sent()),
        (Charged::Unknown, true)
    );
    let unreachable = fate(TransportError::NotSent("refused".into()));
    assert!(matches!(unreachable, CloudError::Unreachable { .. }));
    assert_eq!(unreachable.charged(), Charged::No);
    let unanswered = fate(TransportError::Broken("reset".into()));
    assert!(matches!(unanswered, CloudError::NoAnswer { .. }));
    assert_eq!(unanswered.charged(), Charged::Unknown);
}

proptest! {
    #[test]
    fn cutting_any_shape_anywhere_gives_the_same_answer(
        shape in prop::sample::select(SHAPES.to_vec()),
        size in 1_usize..200,
    ) {
        let mut tape = Tape::new(200, b"");
        tape.arrivals = shape.as_bytes().chunks(size).map(|chunk| Ok(chunk.to_vec())).collect();
        let (outcome, text) = tape.play(&provider(), &question());
        prop_assert_eq!(outcome.map(|reply| reply.usage), Ok(Some(USAGE)));
        prop_assert_eq!(text, ANSWER);
    }

    #[test]
    fn damaged_streams_never_panic(
        shape in prop::sample::select(SHAPES.to_vec()),
        place in any::<prop::sample::Index>(),
        damage in prop::collection::vec(any::<u8>(), 0..8),
    ) {
        let mut bytes = shape.as_bytes().to_vec();
        let place = place.index(bytes.len());
        bytes.splice(place..(place + damage.len()).min(bytes.len()), damage);
        let _ = Tape::new(200, &bytes).play(&provider(), &question());
    }
}
