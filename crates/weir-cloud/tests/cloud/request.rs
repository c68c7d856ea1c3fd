use std::time::Duration;

use serde_json::{Value, json};
use weir_cloud::{AudioFormat, ChatCall, Part, Provider, body};

use crate::tape::{PRICE, Tape, dialogue, provider, question};

fn written(provider: &Provider, call: &ChatCall) -> Value {
    serde_json::from_slice(&body(provider, call)).expect("JSON")
}

fn at(base_url: &str) -> Provider {
    Provider::new(base_url, "small", None, PRICE).expect("a provider")
}

#[test]
fn text_alone_is_written_as_strings() {
    let call = ChatCall {
        messages: dialogue(vec![Part::Text("a".into()), Part::Text("b".into())]),
        max_output_tokens: 9,
        temperature: Some(0.5),
        seed: Some(7),
    };
    assert_eq!(
        written(&provider(), &call),
        json!({
            "model": "small",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Hello"},
                {"role": "user", "content": "ab"},
            ],
            "stream": true,
            "stream_options": {"include_usage": true},
            "max_tokens": 9,
            "temperature": 0.5,
            "seed": 7,
        })
    );
}

#[test]
fn pictures_and_sound_are_written_as_parts() {
    let mut call = question();
    call.messages[0].parts.extend([
        Part::Image {
            mime: "image/png".into(),
            bytes: vec![1, 2, 3],
        },
        Part::Audio {
            format: AudioFormat::Wav,
            bytes: vec![0xFF],
            length: Duration::from_millis(10),
        },
    ]);
    assert_eq!(
        written(&provider(), &call)["messages"][0]["content"],
        json!([
            {"type": "text", "text": "What is a weir?"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AQID"}},
            {"type": "input_audio", "input_audio": {"data": "/w==", "format": "wav"}},
        ])
    );
}

#[test]
fn the_output_limit_has_the_one_name_that_the_provider_takes() {
    let names = |base_url| {
        let written = written(&at(base_url), &question());
        [
            written.get("max_tokens").cloned(),
            written.get("max_completion_tokens").cloned(),
        ]
    };
    assert_eq!(names("https://api.openai.com/v1"), [None, Some(json!(64))]);
    assert_eq!(
        names("https://openrouter.ai/api/v1"),
        [Some(json!(64)), None]
    );
    assert_eq!(names("http://127.0.0.1:8000/v1"), [Some(json!(64)), None]);
}

#[test]
fn mistral_is_not_sent_what_it_refuses() {
    let mut call = question();
    call.seed = Some(7);
    let written = written(&at("https://api.mistral.ai/v1"), &call);
    assert_eq!(written.get("stream_options"), None);
    assert_eq!(written.get("seed"), None);
    assert_eq!(written["random_seed"], 7);
}

#[test]
fn only_the_needed_headers_go_along_and_the_bytes_are_those_foretold() {
    let tape = Tape::new(200, b"data: [DONE]\n\n");
    let client = weir_cloud::Client {
        transport: tape,
        timer: crate::tape::Clock::Stands,
        patience: weir_cloud::Patience::default(),
    };
    for (provider, headers) in [
        (
            provider(),
            vec![
                ("Content-Type", "application/json".to_owned()),
                ("Authorization", "Bearer sk-sesame".to_owned()),
            ],
        ),
        (
            at("https://api.example.com/v1"),
            vec![("Content-Type", "application/json".to_owned())],
        ),
    ] {
        let reply =
            futures::FutureExt::now_or_never(client.chat(&provider, &question(), &mut |_| {}))
                .expect("nothing is waited for")
                .expect("an answer");
        let request = client
            .transport
            .requests
            .borrow_mut()
            .pop()
            .expect("a request");
        assert_eq!(request.method, "POST");
        assert_eq!(request.url, "https://api.example.com/v1/chat/completions");
        assert_eq!(request.headers, headers);
        assert_eq!(request.body, body(&provider, &question()));
        assert_eq!(reply.bytes_sent, request.body.len() as u64);
        assert!(!format!("{request:?}").contains("sesame"));
    }
}
