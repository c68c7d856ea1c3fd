//! What whoever hosts the page set up: `weir.json`, a file beside it.

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use web_sys::{RequestCache, RequestCredentials, RequestInit, Url};
use weir_cloud::Dialect;
use weir_core::Price;

use crate::{fetch, jserror, json, messages::ModelFile};

/// The name of the file, relative to the page.
const FILE: &str = "weir.json";

/// What the host offers. Everything may be missing: a visitor can bring their own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PageConfig {
    /// Language models that can be fetched, the preferred one first.
    pub models: Vec<ModelFile>,
    /// A cloud model that needs no key of the visitor's.
    pub cloud: Option<DefaultCloud>,
}

/// A cloud model that comes with the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefaultCloud {
    /// The wire format that it speaks.
    #[serde(default)]
    pub dialect: Dialect,
    /// Base URL: for the OpenAI-compatible format up to and including `/v1`.
    pub base_url: String,
    /// Name of the model there.
    pub model: String,
    /// What the page calls it.
    pub label: String,
    /// What it costs whoever pays for it; without one the price table is asked.
    #[serde(default)]
    pub price: Option<Price>,
}

/// Why the file could not be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The network failed.
    #[error("{FILE} could not be fetched ({0}); check the connection and reload the page")]
    Unreachable(String),
    /// It is there, but it is not what it should be.
    #[error("{FILE} cannot be read ({0}); whoever hosts this page must mend it")]
    Malformed(String),
}

/// Fetches the file. A page without one (404, or the page itself in its place, as servers of
/// single-page apps answer) has the default: nothing is offered. Addresses in it are relative to
/// the page and come back absolute.
///
/// # Errors
/// [`ConfigError`].
pub async fn fetch_config() -> Result<PageConfig, ConfigError> {
    let unreachable = |thrown: JsValue| ConfigError::Unreachable(jserror::text(&thrown));
    let page = page_url();
    let init = RequestInit::new();
    init.set_cache(RequestCache::NoCache);
    init.set_credentials(RequestCredentials::SameOrigin);
    let answer = fetch::fetch(&resolved(FILE, &page), &init)
        .await
        .map_err(unreachable)?;
    let is_page = answer
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("text/html"));
    match answer.status() {
        404 => return Ok(PageConfig::default()),
        200 if is_page => return Ok(PageConfig::default()),
        200 => {}
        status => return Err(ConfigError::Unreachable(format!("status {status}"))),
    }
    let text = answer.text().await.map_err(unreachable)?;
    let mut config: PageConfig = json::read(&text).map_err(ConfigError::Malformed)?;
    for shard in config.models.iter_mut().flat_map(|model| &mut model.shards) {
        shard.url = resolved(&shard.url, &page);
    }
    if let Some(cloud) = &mut config.cloud {
        cloud.base_url = resolved(&cloud.base_url, &page);
    }
    Ok(config)
}

/// What relative addresses of the page are relative to.
fn page_url() -> String {
    web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.base_uri().ok().flatten())
        .unwrap_or_default()
}

/// `url` as an absolute address; one that cannot be resolved stays as it is, and whoever uses it
/// will say what is wrong with it.
fn resolved(url: &str, base: &str) -> String {
    Url::new_with_base(url, base).map_or_else(|_| url.to_owned(), |url| url.href())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_simply_not_offered() {
        assert_eq!(
            serde_json::from_str::<PageConfig>("{}").unwrap(),
            PageConfig::default()
        );
        let config: PageConfig = serde_json::from_str(
            r#"{"models": [{"name": "Smol", "url": "models/smol.gguf"}],
                "cloud": {"base_url": "http://127.0.0.1:8090/v1", "model": "demo",
                          "label": "Demo cloud on this machine"}}"#,
        )
        .unwrap();
        assert_eq!(config.models[0].bytes(), None);
        let cloud = config.cloud.unwrap();
        assert_eq!((cloud.model.as_str(), cloud.price), ("demo", None));
        assert_eq!(cloud.dialect, Dialect::OpenAi);
    }

    #[test]
    fn a_half_written_cloud_is_an_error() {
        assert!(serde_json::from_str::<PageConfig>(r#"{"cloud": {"model": "demo"}}"#).is_err());
    }
}
