//! Plain HTTP over a socket: for the tests themselves, and as a transport for `weir-cloud`.

use std::{pin::Pin, time::Duration};

use axum::body::{Body, to_bytes};
use futures::{Stream, TryStreamExt};
use hyper::{
    Method, Request, Response,
    body::Incoming,
    client::conn::http1,
    header::{self, HeaderMap},
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use weir_cloud::{HttpRequest, HttpResponse, Timer, Transport, TransportError};

/// The transport: a connection per request, closed when the answer's body is dropped.
pub(crate) struct Wire;

impl Transport for Wire {
    type Body = Pin<Box<dyn Stream<Item = Result<Vec<u8>, TransportError>>>>;

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse<Self::Body>, TransportError> {
        let broken = |error: &dyn std::fmt::Display| TransportError::Broken(error.to_string());
        let headers: Vec<_> = request
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let stream = connect(&request.url)
            .await
            .map_err(|error| TransportError::NotSent(error.to_string()))?;
        let answer = exchange(stream, request.method, &request.url, &headers, request.body)
            .await
            .map_err(|error| broken(&error))?;
        let (parts, body) = answer.into_parts();
        let body = Body::new(body)
            .into_data_stream()
            .map_ok(|bytes| bytes.to_vec())
            .map_err(|error| TransportError::Broken(error.to_string()));
        Ok(HttpResponse {
            status: parts.status.as_u16(),
            headers: parts
                .headers
                .iter()
                .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.into())))
                .collect(),
            body: Box::pin(body),
        })
    }
}

/// The clock that people live by.
pub(crate) struct Clock;

impl Timer for Clock {
    async fn after(&self, wait: Duration) {
        tokio::time::sleep(wait).await;
    }
}

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

pub(crate) async fn ask(method: &str, url: &str, headers: &[(&str, &str)]) -> Answer {
    send(method, url, headers, Vec::new()).await
}

pub(crate) async fn post(url: &str, body: &Value) -> Answer {
    let kind = [("content-type", "application/json")];
    send("POST", url, &kind, body.to_string().into_bytes()).await
}

async fn send(method: &str, url: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
    let stream = connect(url).await.expect("someone listens");
    let answer = exchange(stream, method, url, headers, body)
        .await
        .expect("an answer");
    let (parts, body) = answer.into_parts();
    let body = to_bytes(Body::new(body), usize::MAX).await.expect("a body");
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}

pub(crate) async fn get(url: &str) -> Answer {
    ask("GET", url, &[]).await
}

/// `host:port` and the rest of an `http` address.
fn split(url: &str) -> (&str, &str) {
    let rest = url.strip_prefix("http://").expect("plain HTTP");
    rest.split_at(rest.find('/').unwrap_or(rest.len()))
}

async fn connect(url: &str) -> std::io::Result<TcpStream> {
    TcpStream::connect(split(url).0).await
}

async fn exchange(
    stream: TcpStream,
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> hyper::Result<Response<Incoming>> {
    let (host, path) = split(url);
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut request = Request::builder()
        .method(Method::from_bytes(method.as_bytes()).expect("a method"))
        .uri(path)
        .header(header::HOST, host);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body)).expect("a request");
    sender.send_request(request).await
}
