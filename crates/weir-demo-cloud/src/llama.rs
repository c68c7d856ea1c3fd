//! llama.cpp's own server: a child process, and requests to it.

use std::{
    net::SocketAddr,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use axum::{
    body::Body,
    http::{Request, Response, header},
};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
    process::{Child, ChildStdin, ChildStdout, Command},
    time::{Instant, interval},
};

use crate::{gateway, options::Backend};

/// What runs in Python: it loads the model, serves it, and says where.
const SCRIPT: &str = include_str!("llama.py");

/// Tokens of context. llama.cpp takes what the model was trained on where that is less.
const CONTEXT: u32 = 8192;

/// How often something is said while the model loads.
const PROGRESS: Duration = Duration::from_secs(3);

/// A server that answers. It ends with this value, and also if this process is killed: it reads its
/// standard input, which then closes.
#[derive(Debug)]
pub(crate) struct Llama {
    address: SocketAddr,
    _child: Child,
    _lifeline: Option<ChildStdin>,
}

/// Why there is no server, or no answer from it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LlamaError {
    #[error("there is no model at {0}; `cargo xtask run` fetches one")]
    NoModel(std::path::PathBuf),
    #[error("cannot start {python}: {source}; name a Python that has xllamacpp with --python")]
    Start {
        python: std::path::PathBuf,
        source: std::io::Error,
    },
    #[error(
        "the demo cloud's server ended while it loaded the model ({0}); the reason stands above"
    )]
    Ended(ExitStatus),
    #[error("cannot follow the demo cloud's server: {0}")]
    Lost(#[from] std::io::Error),
    #[error("the demo cloud's server does not answer ({0}); start `cargo xtask run` again")]
    Silent(#[from] hyper::Error),
}

/// What the script says when it serves.
#[derive(Deserialize)]
struct Ready {
    port: u16,
}

impl Llama {
    /// Starts the server and waits until the model is loaded.
    pub(crate) async fn start(backend: Backend) -> Result<Self, LlamaError> {
        let megabytes = std::fs::metadata(&backend.model)
            .map_err(|_| LlamaError::NoModel(backend.model.clone()))?
            .len()
            / 1_000_000;
        let name = backend.model.display();
        eprintln!("demo cloud: loading {name} ({megabytes} MB) …");
        let mut child = Command::new(&backend.python)
            .args(["-c", SCRIPT])
            .arg(&backend.model)
            .args([
                gateway::MODEL,
                &backend.threads.to_string(),
                &CONTEXT.to_string(),
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| LlamaError::Start {
                python: backend.python.clone(),
                source,
            })?;
        let lifeline = child.stdin.take();
        let began = Instant::now();
        let port = match child.stdout.take() {
            Some(output) => ready_port(output, began).await?,
            None => None,
        };
        let Some(port) = port else {
            return Err(LlamaError::Ended(child.wait().await?));
        };
        eprintln!(
            "demo cloud: ready after {:.1} s",
            began.elapsed().as_secs_f32()
        );
        Ok(Self {
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            _child: child,
            _lifeline: lifeline,
        })
    }

    /// Passes a chat call on. Dropping the answer, or its body, ends the generation.
    pub(crate) async fn chat(&self, body: Vec<u8>) -> Result<Response<Incoming>, LlamaError> {
        let stream = TcpStream::connect(self.address).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // Its errors come out of the answer's body as well.
        tokio::spawn(connection);
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = axum::http::Method::POST;
        *request.uri_mut() = axum::http::Uri::from_static("/v1/chat/completions");
        for (name, value) in [
            (header::HOST, "127.0.0.1"),
            (header::CONTENT_TYPE, "application/json"),
        ] {
            let value = axum::http::HeaderValue::from_static(value);
            request.headers_mut().insert(name, value);
        }
        Ok(sender.send_request(request).await?)
    }
}

/// The port that the script names once it serves; `None` if it ends before.
async fn ready_port(output: ChildStdout, began: Instant) -> std::io::Result<Option<u16>> {
    let mut lines = BufReader::new(output).lines();
    let mut progress = interval(PROGRESS);
    progress.tick().await;
    loop {
        tokio::select! {
            line = lines.next_line() => match line?.map(|line| serde_json::from_str(&line)) {
                None => return Ok(None),
                Some(Ok(Ready { port })) => return Ok(Some(port)),
                Some(Err(_)) => {}
            },
            _ = progress.tick() => {
                eprintln!("demo cloud: still loading after {} s …", began.elapsed().as_secs());
            }
        }
    }
}
