use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use tokio::sync::{Mutex, MutexGuard};
use weir_cloud::{
    AudioFormat, Charged, ChatCall, ChatReply, Client, CloudError, CloudFailure, Message, Part,
    Patience, Provider, Retry, RetryAfter, Role, Secret, body, bound, prices,
};
use weir_core::TokenUsage;

use crate::{
    program::{Program, with_model},
    wire::{Clock, Wire, ask, get, post},
};

/// Wide enough for a slow machine: only what is silent on purpose runs into it.
const PATIENT: Patience = Patience {
    headers: Duration::from_secs(300),
    first_byte: Duration::from_secs(300),
    idle: Duration::from_secs(60),
};

struct Cloud {
    origin: String,
    _program: Arc<Program>,
    _turn: MutexGuard<'static, ()>,
}

/// The running gateway, for one test at a time: some of them count what it receives.
async fn cloud() -> Option<Cloud> {
    static TURN: Mutex<()> = Mutex::const_new(());
    let program = with_model()?;
    let base_url = program.cloud.as_deref().expect("a cloud");
    Some(Cloud {
        origin: base_url.strip_suffix("/v1").expect("a base URL").to_owned(),
        _turn: TURN.lock().await,
        _program: program,
    })
}

impl Cloud {
    fn provider(&self, path: &str) -> Provider {
        let price = prices::price("127.0.0.1", prices::DEMO_MODEL).expect("a price");
        let base_url = format!("{}{path}", self.origin);
        Provider::new(&base_url, prices::DEMO_MODEL, None, price).expect("a provider")
    }

    /// Has `call` answered under `path`; the text is what arrived.
    async fn chat(
        &self,
        path: &str,
        call: &ChatCall,
        patience: Patience,
    ) -> (Result<ChatReply, CloudFailure>, String) {
        let client = Client {
            transport: Wire,
            timer: Clock,
            patience,
        };
        let mut text = String::new();
        let provider = self.provider(path);
        let outcome = client
            .chat(&provider, call, &mut |piece| text.push_str(piece))
            .await;
        (outcome, text)
    }

    async fn stats(&self) -> [u64; 2] {
        let answer = get(&format!("{}/stats", self.origin)).await;
        let stats: Value = serde_json::from_str(&answer.body).expect("JSON");
        ["requests", "bytes"].map(|name| stats[name].as_u64().expect("a number"))
    }
}

fn question(text: &str) -> ChatCall {
    ChatCall {
        messages: vec![Message::text(Role::User, text)],
        max_output_tokens: 12,
        temperature: Some(0.0),
        seed: Some(1),
    }
}

#[tokio::test]
async fn a_real_model_answers_and_what_it_cost_is_known() {
    let Some(cloud) = cloud().await else { return };
    let call = question("Name the colours of the rainbow, please: čeština, 日本語, 🙂.");
    let [requests, bytes] = cloud.stats().await;
    let (reply, text) = cloud.chat("/v1", &call, PATIENT).await;
    let reply = reply.expect("an answer");
    let usage = reply.usage.expect("a report");
    assert!(!text.is_empty());
    assert!((1..=12).contains(&usage.output));
    assert!(usage.input <= bound(&call).prompt_tokens);
    let price = cloud.provider("/v1").price().to_owned();
    assert!(price.cost(usage) <= price.worst_case(bound(&call)));
    let sent = body(&cloud.provider("/v1"), &call).len() as u64;
    assert_eq!(reply.bytes_sent, sent);
    assert_eq!(cloud.stats().await, [requests + 1, bytes + sent]);
}

#[tokio::test]
async fn attachments_are_put_into_words_within_the_bound() {
    let Some(cloud) = cloud().await else { return };
    let mut call = question("Hi");
    let plain = cloud
        .chat("/v1", &call, PATIENT)
        .await
        .0
        .expect("an answer");
    call.messages[0].parts.extend([
        Part::Image {
            mime: "image/jpeg".into(),
            bytes: vec![7; 7_600],
        },
        Part::Audio {
            format: AudioFormat::Wav,
            bytes: vec![7; 3_200],
            length: Duration::from_millis(100),
        },
    ]);
    let described = cloud
        .chat("/v1", &call, PATIENT)
        .await
        .0
        .expect("an answer");
    let tokens = |reply: &ChatReply| reply.usage.map(|usage| usage.input);
    assert!(tokens(&described) > tokens(&plain));
}

#[tokio::test]
async fn pages_of_any_origin_may_call() {
    let Some(cloud) = cloud().await else { return };
    let from_page = [
        ("origin", "http://127.0.0.1:8080"),
        ("access-control-request-method", "POST"),
        (
            "access-control-request-headers",
            "authorization,content-type",
        ),
    ];
    for path in ["/v1/chat/completions", "/fault/cut/v1/chat/completions"] {
        let preflight = ask("OPTIONS", &format!("{}{path}", cloud.origin), &from_page).await;
        assert_eq!(preflight.status, 204);
        assert_eq!(preflight.header("access-control-allow-origin"), Some("*"));
        let headers = preflight.header("access-control-allow-headers");
        assert_eq!(headers, Some("authorization, content-type"));
    }
    let models = get(&format!("{}/v1/models", cloud.origin)).await;
    assert_eq!(models.header("access-control-allow-origin"), Some("*"));
    assert!(models.body.contains(prices::DEMO_MODEL));

    let closed = format!("{}/fault/no-cors/v1/chat/completions", cloud.origin);
    for method in ["OPTIONS", "POST"] {
        let answer = ask(method, &closed, &from_page).await;
        assert_eq!(
            answer.header("access-control-allow-origin"),
            None,
            "{method}"
        );
    }
}

#[tokio::test]
async fn every_post_is_counted_whatever_becomes_of_it() {
    let Some(cloud) = cloud().await else { return };
    let [before, _] = cloud.stats().await;
    for path in [
        "/nowhere",
        "/fault/unauthorized/v1/chat/completions",
        "/v1/chat/completions",
    ] {
        ask("POST", &format!("{}{path}", cloud.origin), &[]).await;
    }
    get(&format!("{}/v1/models", cloud.origin)).await;
    assert_eq!(cloud.stats().await[0], before + 3);
}

#[tokio::test]
async fn more_than_the_context_holds_is_named() {
    let Some(cloud) = cloud().await else { return };
    let call = question(&"word ".repeat(9_000));
    let error = cloud
        .chat("/v1", &call, PATIENT)
        .await
        .0
        .expect_err("too long")
        .error;
    assert!(matches!(error, CloudError::TooLarge { .. }), "{error}");
    assert_eq!(error.charged(), Charged::No);
}

#[tokio::test]
async fn a_port_that_nobody_listens_on_is_unreachable_and_free() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let base_url = format!("http://{}/v1", free.local_addr().expect("an address"));
    drop(free);
    let price = prices::price("127.0.0.1", prices::DEMO_MODEL).expect("a price");
    let provider = Provider::new(&base_url, "m", None, price).expect("a provider");
    let client = Client {
        transport: Wire,
        timer: Clock,
        patience: PATIENT,
    };
    let outcome = client.chat(&provider, &question("Hi"), &mut |_| {}).await;
    let error = outcome.expect_err("nobody is there").error;
    assert!(matches!(error, CloudError::Unreachable { .. }), "{error}");
    assert_eq!(error.charged(), Charged::No);
}

/// The names of what can go wrong, as this table uses them.
fn name(error: &CloudError) -> &'static str {
    match error {
        CloudError::KeyRefused { .. } => "key",
        CloudError::Payment { .. } => "payment",
        CloudError::NotFound { .. } => "not found",
        CloudError::TooLarge { .. } => "too large",
        CloudError::RateLimited { .. } => "rate",
        CloudError::Overloaded { .. } => "overloaded",
        CloudError::TimedOut { .. } => "timed out",
        CloudError::Redirected { .. } => "redirected",
        CloudError::WebPage { .. } => "web page",
        CloudError::CutOff => "cut off",
        CloudError::Garbled { .. } => "garbled",
        CloudError::Stalled { .. } | CloudError::Slow { .. } | CloudError::Silent { .. } => {
            "stalled"
        }
        _ => "other",
    }
}

#[tokio::test]
async fn every_fault_is_named_and_its_cost_judged() {
    let Some(cloud) = cloud().await else { return };
    for (kind, expected, charged, received_any) in [
        ("unauthorized", "key", Charged::No, false),
        ("payment", "payment", Charged::No, false),
        ("forbidden", "key", Charged::No, false),
        ("not-found", "not found", Charged::No, false),
        ("timeout", "timed out", Charged::Unknown, false),
        ("too-large", "too large", Charged::No, false),
        ("rate-limited", "rate", Charged::No, false),
        ("rate-limited-date", "rate", Charged::No, false),
        ("server-error", "overloaded", Charged::Unknown, false),
        ("bad-gateway", "overloaded", Charged::Unknown, false),
        ("unavailable", "overloaded", Charged::Unknown, false),
        ("overloaded", "overloaded", Charged::Unknown, false),
        ("redirect", "redirected", Charged::Unknown, false),
        ("html", "web page", Charged::Unknown, false),
        ("long-line", "garbled", Charged::Unknown, false),
        ("cut", "cut off", Charged::Unknown, true),
        ("cut-utf8", "cut off", Charged::Unknown, true),
        ("garbage", "garbled", Charged::Unknown, true),
    ] {
        let path = format!("/fault/{kind}/v1");
        let (outcome, text) = cloud
            .chat(&path, &question("Tell me a story."), PATIENT)
            .await;
        let failure = outcome.expect_err(kind);
        assert_eq!(name(&failure.error), expected, "{kind}: {failure}");
        assert_eq!(failure.error.charged(), charged, "{kind}");
        assert_eq!(failure.received_any, received_any, "{kind}");
        assert_eq!(failure.received_any, !text.is_empty(), "{kind}");
        assert_eq!(failure.usage, None, "{kind}");
    }
}

#[tokio::test]
async fn when_to_come_back_is_passed_on() {
    let Some(cloud) = cloud().await else { return };
    let retry = async |kind: &str| {
        let (outcome, _) = cloud
            .chat(&format!("/fault/{kind}/v1"), &question("Hi"), PATIENT)
            .await;
        outcome.expect_err(kind).error.retry()
    };
    let second = RetryAfter::Wait(Duration::from_secs(1));
    assert_eq!(retry("rate-limited").await, Retry::Later(Some(second)));
    assert!(matches!(
        retry("rate-limited-date").await,
        Retry::Later(Some(RetryAfter::At(_)))
    ));
}

#[tokio::test]
async fn every_other_call_is_turned_away_on_demand() {
    let Some(cloud) = cloud().await else { return };
    let ask = async || {
        let path = "/fault/rate-limited-once/v1";
        let (outcome, _) = cloud.chat(path, &question("Hi"), PATIENT).await;
        outcome.is_ok()
    };
    assert_ne!(ask().await, ask().await);
}

#[tokio::test]
async fn a_key_that_a_provider_repeats_is_in_no_error_not_even_in_part() {
    let Some(cloud) = cloud().await else { return };
    let key = "sk-4f1d8b2c9a7e6035c1d2e3f4";
    let price = prices::price("127.0.0.1", prices::DEMO_MODEL).expect("a price");
    for kind in ["echoed-key", "echoed-key-event", "echoed-key-field"] {
        let base_url = format!("{}/fault/{kind}/v1", cloud.origin);
        let secret = Secret::new(key).expect("a key");
        let provider = Provider::new(&base_url, prices::DEMO_MODEL, Some(secret), price);
        let client = Client {
            transport: Wire,
            timer: Clock,
            patience: PATIENT,
        };
        let provider = provider.expect("a provider");
        let outcome = client.chat(&provider, &question("Hi"), &mut |_| {}).await;
        let failure = outcome.expect_err(kind);
        for text in [failure.to_string(), format!("{failure:?}")] {
            for piece in key.as_bytes().windows(8) {
                let piece = std::str::from_utf8(piece).expect("ASCII");
                assert!(!text.contains(piece), "{kind}: {text}");
            }
        }
    }
}

#[tokio::test]
async fn a_text_is_said_as_it_was_given() {
    let Some(cloud) = cloud().await else { return };
    let text = "<b>čeština</b>\n\u{202e}日本語 🙂 ".repeat(9);
    let path = format!("/say/{}/v1", URL_SAFE_NO_PAD.encode(&text));
    let (outcome, said) = cloud.chat(&path, &question("Hi"), PATIENT).await;
    assert_eq!(outcome.expect("an answer").usage, None);
    assert_eq!(said, text);
}

#[tokio::test]
async fn a_code_gives_a_key_once_and_only_to_who_knows_the_verifier() {
    let Some(cloud) = cloud().await else { return };
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    // The challenge of that verifier: RFC 7636, appendix B.
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let sign_in = async |method: &str| {
        let address = format!(
            "{}/auth?callback_url=http%3A%2F%2F127.0.0.1%2F%3Fa%3D1&code_challenge={challenge}\
             &code_challenge_method={method}",
            cloud.origin
        );
        get(&address).await
    };
    assert_eq!(sign_in("plain").await.status, 400);
    let code = async || {
        let answer = sign_in("S256").await;
        assert_eq!(answer.status, 303);
        let back = answer.header("location").expect("a way back").to_owned();
        let code = back.strip_prefix("http://127.0.0.1/?a=1&code=");
        code.expect("the callback with a code").to_owned()
    };
    let redeem = async |code: &str, verifier: &str| {
        let body = serde_json::json!({
            "code": code,
            "code_verifier": verifier,
            "code_challenge_method": "S256",
        });
        post(&format!("{}/api/v1/auth/keys", cloud.origin), &body).await
    };
    let first = code().await;
    assert_eq!(redeem(&first, "another verifier").await.status, 403);
    assert_eq!(redeem(&first, verifier).await.status, 403, "it was used up");
    let answer = redeem(&code().await, verifier).await;
    assert_eq!(answer.status, 200);
    assert!(
        answer.body.contains(r#""key":"sk-or-demo-"#),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn silence_ends_when_patience_does() {
    let Some(cloud) = cloud().await else { return };
    let impatient = Patience {
        headers: Duration::from_millis(500),
        ..PATIENT
    };
    let (outcome, _) = cloud
        .chat("/fault/slow-headers/v1", &question("Hi"), impatient)
        .await;
    assert_eq!(name(&outcome.expect_err("silence").error), "stalled");
    let impatient = Patience {
        first_byte: Duration::from_millis(500),
        ..PATIENT
    };
    let (outcome, _) = cloud
        .chat("/fault/silent/v1", &question("Hi"), impatient)
        .await;
    assert_eq!(name(&outcome.expect_err("silence").error), "stalled");

    // Longer than any pause between two tokens here.
    let patient = Patience {
        idle: Duration::from_secs(10),
        ..PATIENT
    };
    let call = question("Tell me a story.");
    let (outcome, text) = cloud.chat("/fault/stall/v1", &call, patient).await;
    let failure = outcome.expect_err("silence");
    assert_eq!(name(&failure.error), "stalled");
    assert!(failure.received_any && !text.is_empty());
}

#[tokio::test]
async fn a_wrong_report_leaves_the_answer_and_is_believed_only_where_it_could_be_true() {
    let Some(cloud) = cloud().await else { return };
    let low = TokenUsage {
        input: 1,
        cached_input: 0,
        audio_input: 0,
        output: 1,
    };
    for (kind, believed) in [
        ("no-usage", None),
        ("wrong-usage-low", Some(low)),
        ("wrong-usage-negative", None),
        ("wrong-usage-absurd", None),
    ] {
        let path = format!("/fault/{kind}/v1");
        let (outcome, text) = cloud
            .chat(&path, &question("Tell me a story."), PATIENT)
            .await;
        assert_eq!(outcome.expect(kind).usage, believed, "{kind}");
        assert!(!text.is_empty(), "{kind}");
    }
}
