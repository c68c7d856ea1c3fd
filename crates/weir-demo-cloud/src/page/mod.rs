//! The page's server: the built files, the models beside them, and `weir.json`.
//!
//! - [`folder`]: which file an address means. [`file`]: a file as an answer. [`range`]: parts of one.
//! - [`models`]: the language models. [`csp`]: what the page may do.

mod csp;
mod file;
mod folder;
mod models;
mod range;

use std::{path::PathBuf, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};

pub(crate) use csp::ANY_PROVIDER;

use self::{csp::Policy, folder::Folder, models::Models};
use crate::{gateway, options::Options};

/// What the page server serves from.
#[derive(Debug)]
pub(crate) struct Site {
    folder: Folder,
    models: Models,
    connect_src: String,
}

/// Why the page cannot be served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PageError {
    #[error("{0} holds no index.html; build the page first (`cargo xtask run` does)")]
    NoIndex(PathBuf),
    #[error("cannot read {path}: {source}")]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{path} is not a catalogue of models: {source}")]
    Catalog {
        path: PathBuf,
        source: Box<toml::de::Error>,
    },
    #[error("--connect-src “{0}” cannot stand in a header; write sources with blanks between them")]
    ConnectSrc(String),
}

impl Site {
    /// Checks that there is a page.
    pub(crate) fn open(options: &Options) -> Result<Self, PageError> {
        let sources = &options.connect_src;
        if !csp::is_source_list(sources) {
            return Err(PageError::ConnectSrc(sources.clone()));
        }
        Ok(Self {
            folder: Folder::open(&options.page)?,
            models: Models::open(&options.models, options.catalog.as_deref())?,
            connect_src: sources.clone(),
        })
    }
}

struct Page {
    folder: Folder,
    models: Models,
    policy: Policy,
    cloud: Value,
}

/// Everything under the page's address; `cloud_port` is where the gateway listens, if there is one.
pub(crate) fn router(site: Site, cloud_port: Option<u16>) -> Router {
    let page = Arc::new(Page {
        folder: site.folder,
        models: site.models,
        policy: Policy::new(cloud_port, &site.connect_src),
        cloud: cloud_port.map_or(Value::Null, |port| {
            json!({
                "base_url": gateway::base_url(port),
                "model": gateway::MODEL,
                "label": "demo cloud on this machine",
            })
        }),
    });
    Router::new()
        .route("/weir.json", get(config))
        .route("/models/{file}", get(model))
        .fallback(from_folder)
        .layer(from_fn_with_state(page.clone(), add_headers))
        .with_state(page)
}

async fn config(State(page): State<Arc<Page>>) -> Response {
    let config = json!({ "models": page.models.list(), "cloud": page.cloud });
    ([(header::CACHE_CONTROL, "no-cache")], Json(config)).into_response()
}

async fn model(
    State(page): State<Arc<Page>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    match page.models.path(&name) {
        Some(path) => file::answer(&path, &headers).await,
        None => not_here(),
    }
}

async fn from_folder(
    State(page): State<Arc<Page>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = match page.folder.find(uri.path()) {
        Some(path) => path,
        // A route of the page, not a file: only a browser on its way to a page asks for HTML, so a
        // missing script or module stays missing.
        None if accepts_html(&headers) => page.folder.index(),
        None => return not_here(),
    };
    if path.extension().is_some_and(|kind| kind == "html") {
        return html(&page.policy, &path).await;
    }
    file::answer(&path, &headers).await
}

/// A document, whose own inline scripts are allowed by their hashes.
async fn html(policy: &Policy, path: &std::path::Path) -> Response {
    let Ok(text) = tokio::fs::read_to_string(path).await else {
        return not_here();
    };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy.of_document(&text)),
    ];
    (headers, text).into_response()
}

async fn add_headers(State(page): State<Arc<Page>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ] {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    // A worker has the policy that its own script came with.
    if let Ok(policy) = HeaderValue::from_str(&page.policy.of_document("")) {
        headers
            .entry(header::CONTENT_SECURITY_POLICY)
            .or_insert(policy);
    }
    response
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("text/html"))
}

fn not_here() -> Response {
    (StatusCode::NOT_FOUND, "There is no such file here.\n").into_response()
}
