//! Whom to call: address, model, key and price.

use std::net::{Ipv4Addr, Ipv6Addr};

use weir_core::Price;

use crate::{
    secret::Secret,
    wire::{Address, Dialect},
};

/// A model at a provider.
#[derive(Clone, Debug)]
pub struct Provider {
    dialect: Dialect,
    base_url: BaseUrl,
    model: String,
    key: Option<Secret>,
    price: Price,
}

/// Why a provider cannot be called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// Not an address at all.
    #[error("“{0}” is not a base URL; write something like https://api.example.com/v1")]
    NotAUrl(String),
    /// Plain HTTP to another machine, where anyone between could read the dialogue and the key.
    #[error("{0} would be called without encryption; use https, or http on this machine only")]
    Unencrypted(String),
    /// No model.
    #[error("no model is named; write the name that the provider gives it")]
    NoModel,
    /// A model that cannot stand in an address, where its format puts it.
    #[error(
        "“{0}” cannot be the name of a model there; write it as the provider does, without blanks and slashes"
    )]
    NotAModel(String),
}

impl Provider {
    /// A provider that speaks the OpenAI-compatible format: [`Self::speaking`] with
    /// [`Dialect::OpenAi`].
    ///
    /// # Errors
    /// See [`Self::speaking`].
    pub fn new(
        base_url: &str,
        model: &str,
        key: Option<Secret>,
        price: Price,
    ) -> Result<Self, ProviderError> {
        Self::speaking(Dialect::OpenAi, base_url, model, key, price)
    }

    /// A provider whose `base_url` is what the format's own path is appended to: for OpenAI's
    /// `/chat/completions`. A full address that already ends so, and slashes at the end, are
    /// understood.
    ///
    /// # Errors
    /// [`ProviderError`] if the address is none, carries a user, a query or a fragment (where a key
    /// would end up in logs), or is unencrypted beyond this machine; or if no model is named, or
    /// Gemini's is one that cannot stand in an address.
    pub fn speaking(
        dialect: Dialect,
        base_url: &str,
        model: &str,
        key: Option<Secret>,
        price: Price,
    ) -> Result<Self, ProviderError> {
        let address = dialect.address();
        let base_url = BaseUrl::parse(base_url.trim(), address)?;
        let written = model.trim();
        if written.is_empty() {
            return Err(ProviderError::NoModel);
        }
        let model = address
            .model(written)
            .ok_or_else(|| ProviderError::NotAModel(shortened(written)))?;
        Ok(Self {
            dialect,
            base_url,
            model: model.to_owned(),
            key,
            price,
        })
    }

    /// The wire format that it speaks.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The name of the model.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// What its tokens cost.
    #[must_use]
    pub const fn price(&self) -> &Price {
        &self.price
    }

    /// The host that is called, in lower case, without a port: `api.openai.com`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.base_url.text[self.base_url.host.clone()]
    }

    /// The host with its port, if the address names one: `127.0.0.1:8080`.
    #[must_use]
    pub fn authority(&self) -> &str {
        let from_host = &self.base_url.text[self.base_url.host.start..];
        from_host.split('/').next().unwrap_or(from_host)
    }

    /// Where chat calls go.
    #[must_use]
    pub fn chat_url(&self) -> String {
        self.dialect.address().url(&self.base_url.text, &self.model)
    }

    pub(crate) const fn key(&self) -> Option<&Secret> {
        self.key.as_ref()
    }
}

/// An address without a slash at its end, and where in it the host is.
#[derive(Clone, Debug)]
struct BaseUrl {
    text: String,
    host: std::ops::Range<usize>,
}

impl BaseUrl {
    /// Stricter than a browser's parser: whatever the two could read differently is refused.
    fn parse(text: &str, format: &dyn Address) -> Result<Self, ProviderError> {
        let refuse = || ProviderError::NotAUrl(shortened(text));
        let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b":/.-_~%[]+,=".contains(&byte);
        if !text.bytes().all(harmless) {
            return Err(refuse());
        }
        let (scheme, rest) = text.split_once("://").ok_or_else(refuse)?;
        let encrypted = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(refuse()),
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = match authority.rfind(':') {
            Some(colon) if !authority.ends_with(']') => authority.split_at(colon),
            _ => (authority, ""),
        };
        let port_is_valid = port.is_empty() || port[1..].parse::<u16>().is_ok();
        if !is_host(host) || !port_is_valid || path.contains("//") {
            return Err(refuse());
        }
        if !encrypted && !is_loopback(host) {
            return Err(ProviderError::Unencrypted(host.to_owned()));
        }
        let path = path.trim_end_matches('/');
        let path = path.strip_suffix(format.address_end()).unwrap_or(path);
        let scheme = if encrypted { "https://" } else { "http://" };
        Ok(Self {
            text: format!("{scheme}{}{port}{path}", host.to_ascii_lowercase()),
            host: scheme.len()..scheme.len() + host.len(),
        })
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(200).collect()
}

fn is_host(host: &str) -> bool {
    let bracketed = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    bracketed.map_or_else(
        || {
            !host.is_empty()
                && host
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
        },
        |address| address.parse::<Ipv6Addr>().is_ok(),
    )
}

fn is_loopback(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "[::1]"
        || host
            .parse::<Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback())
}
