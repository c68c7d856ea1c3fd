//! The demo cloud's door: OpenAI-compatible, open to pages of any origin, on this machine alone.
//!
//! - [`attachments`]: what the model cannot see is put into words; [`media`] measures it.
//! - [`fault`]: everything again under `/fault/<kind>/v1`, gone wrong in that way.
//! - [`say`]: under `/say/<text>/v1` the answer is a text of the caller's.
//! - [`sign_in`]: hands out keys as OpenRouter does.

mod attachments;
mod fault;
mod media;
mod say;
mod sign_in;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use self::{fault::Fault, sign_in::SignIns};
use crate::llama::Llama;

/// What the model is called here; the price table of `weir-cloud` knows it by this name.
pub(crate) const MODEL: &str = "weir-demo";

/// Bytes that a call may have; more is refused as providers refuse it.
const MAX_BODY_BYTES: usize = 32 << 20;

/// The base URL of a gateway on `port`.
pub(crate) fn base_url(port: u16) -> String {
    format!("http://127.0.0.1:{port}/v1")
}

struct Gateway {
    llama: Arc<Llama>,
    requests: AtomicU64,
    bytes: AtomicU64,
    /// When the last request arrived, in microseconds since 1970.
    arrived: AtomicU64,
    /// Calls that went wrong on demand.
    failed: AtomicU64,
    sign_ins: Mutex<SignIns>,
}

/// Everything under the gateway's address.
pub(crate) fn router(llama: Arc<Llama>) -> Router {
    let gateway = Arc::new(Gateway {
        llama,
        requests: AtomicU64::new(0),
        bytes: AtomicU64::new(0),
        arrived: AtomicU64::new(0),
        failed: AtomicU64::new(0),
        sign_ins: Mutex::default(),
    });
    Router::new()
        .route("/v1/chat/completions", post(chat))
        .route("/v1/models", get(models))
        .route("/fault/{kind}/v1/chat/completions", post(faulty_chat))
        .route("/fault/{kind}/v1/models", get(models))
        .route("/say/{text}/v1/chat/completions", post(say::chat))
        .route("/auth", get(sign_in::approve))
        .route("/api/v1/auth/keys", post(sign_in::redeem))
        .route("/stats", get(stats))
        .fallback(async || refusal(StatusCode::NOT_FOUND, "there is nothing at this address"))
        .layer(from_fn_with_state(gateway.clone(), count))
        .layer(from_fn(allow_any_origin))
        .with_state(gateway)
}

async fn chat(State(gateway): State<Arc<Gateway>>, body: Body) -> Response {
    answer(&gateway, body).await
}

async fn faulty_chat(
    State(gateway): State<Arc<Gateway>>,
    Path(kind): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let key = headers.get(header::AUTHORIZATION);
    let key = key.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let nth = gateway.failed.fetch_add(1, Ordering::Relaxed);
    match Fault::named(&kind) {
        Some(fault) => {
            let answer = answer(&gateway, body);
            fault.befall(nth, key.unwrap_or_default(), answer).await
        }
        None => refusal(StatusCode::NOT_FOUND, "there is no such fault"),
    }
}

/// The model's own answer, passed on as it comes.
async fn answer(gateway: &Gateway, body: Body) -> Response {
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return refusal(StatusCode::PAYLOAD_TOO_LARGE, "the request is too large");
    };
    let Ok(mut call) = serde_json::from_slice::<Value>(&body) else {
        return refusal(StatusCode::BAD_REQUEST, "the request is not JSON");
    };
    if let Err(error) = attachments::put_into_words(&mut call) {
        return refusal(StatusCode::BAD_REQUEST, &error.to_string());
    }
    match gateway.llama.chat(call.to_string().into_bytes()).await {
        Ok(answer) => {
            let (parts, body) = answer.into_parts();
            let mut response = (parts.status, Body::new(body)).into_response();
            if let Some(kind) = parts.headers.get(header::CONTENT_TYPE) {
                let headers = response.headers_mut();
                headers.insert(header::CONTENT_TYPE, kind.clone());
            }
            response
        }
        Err(error) => refusal(StatusCode::BAD_GATEWAY, &error.to_string()),
    }
}

async fn models() -> Json<Value> {
    let model = json!({"id": MODEL, "object": "model", "created": 0, "owned_by": "this machine"});
    Json(json!({"object": "list", "data": [model]}))
}

/// How much was received, and when; what a test asks to know that nothing was sent.
async fn stats(State(gateway): State<Arc<Gateway>>) -> Json<Value> {
    let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    Json(json!({
        "requests": read(&gateway.requests),
        "bytes": read(&gateway.bytes),
        "arrived_us": read(&gateway.arrived),
    }))
}

/// An error in the shape of the format.
fn refusal(status: StatusCode, message: &str) -> Response {
    let error = json!({"error": {"message": message, "code": status.as_u16()}});
    (status, Json(error)).into_response()
}

/// Counts every POST, whatever its path, before anything else can turn it away.
async fn count(State(gateway): State<Arc<Gateway>>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let micros = u64::try_from(now.unwrap_or_default().as_micros());
    gateway
        .arrived
        .store(micros.unwrap_or(0), Ordering::Relaxed);
    gateway.requests.fetch_add(1, Ordering::Relaxed);
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return refusal(StatusCode::PAYLOAD_TOO_LARGE, "the request is too large");
    };
    gateway
        .bytes
        .fetch_add(body.len() as u64, Ordering::Relaxed);
    next.run(Request::from_parts(parts, body.into())).await
}

/// CORS for any origin: the page is served from another port.
async fn allow_any_origin(request: Request, next: Next) -> Response {
    if request.uri().path().starts_with(fault::NO_CORS) {
        return next.run(request).await;
    }
    let mut response = if request.method() == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    set(
        response.headers_mut(),
        &[
            ("access-control-allow-origin", "*"),
            ("access-control-allow-methods", "GET, POST, OPTIONS"),
            (
                "access-control-allow-headers",
                "authorization, content-type",
            ),
            ("access-control-expose-headers", "retry-after"),
            ("access-control-max-age", "600"),
        ],
    );
    response
}

fn set(headers: &mut HeaderMap, values: &[(&'static str, &'static str)]) {
    for (name, value) in values {
        let name = HeaderName::from_static(name);
        headers.insert(name, HeaderValue::from_static(value));
    }
}
