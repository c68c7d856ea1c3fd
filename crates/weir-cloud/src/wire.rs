//! The wire formats: the choice between them, and what each has to know.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    anthropic::Anthropic,
    bound::MediaBound,
    error::CloudError,
    gemini::Gemini,
    message::{ChatCall, Part, Role},
    openai::OpenAi,
    provider::Provider,
    reading::{Event, Reading},
    secret::Secret,
    transport::HttpRequest,
};

/// The wire format that a provider speaks. It is a setting and never guessed from the address, since
/// a gateway may speak any of them anywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// `chat/completions`, as OpenAI and most others speak it.
    #[default]
    OpenAi,
    /// Anthropic's Messages.
    Anthropic,
    /// Google's Gemini, `streamGenerateContent`.
    Gemini,
}

impl Dialect {
    /// All of them, the most common first.
    pub const ALL: [Self; 3] = [Self::OpenAi, Self::Anthropic, Self::Gemini];

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "OpenAI-compatible",
            Self::Anthropic => "Anthropic Messages",
            Self::Gemini => "Google Gemini",
        }
    }

    /// The base URL of the one whose format it is.
    #[must_use]
    pub const fn usual_base_url(self) -> &'static str {
        match self {
            Self::OpenAi => "https://api.openai.com/v1",
            Self::Anthropic => "https://api.anthropic.com/v1",
            Self::Gemini => "https://generativelanguage.googleapis.com/v1beta",
        }
    }

    /// What of `part` the format has no place for in a message of `role`, in words: “sound”. `None` if
    /// the part can be sent, which says nothing of the model that will read it.
    #[must_use]
    pub fn not_taken(self, role: Role, part: &Part) -> Option<String> {
        self.wire().not_taken(role, part)
    }

    /// What pictures and sound count as at most, for models whose price was entered by hand.
    #[must_use]
    pub fn media_bound(self) -> MediaBound {
        self.address().media_bound()
    }

    /// What can be known of a provider before it is called.
    pub(crate) const fn address(self) -> &'static dyn Address {
        match self {
            Self::OpenAi => &OpenAi,
            Self::Anthropic => &Anthropic,
            Self::Gemini => &Gemini,
        }
    }

    pub(crate) const fn wire(self) -> &'static dyn Wire {
        match self {
            Self::OpenAi => &OpenAi,
            Self::Anthropic => &Anthropic,
            Self::Gemini => &Gemini,
        }
    }
}

/// Where a wire format is spoken, and what it counts. Apart from [`Wire`], so that a page which only
/// sets a provider up does not carry what writes and reads its messages.
pub(crate) trait Address {
    /// What people paste along at the end of a base URL.
    fn address_end(&self) -> &'static str;

    /// The model's name as the format wants it; `None` if it cannot be one.
    fn model<'a>(&self, written: &'a str) -> Option<&'a str> {
        Some(written)
    }

    /// Where a call of `model` goes.
    fn url(&self, base_url: &str, model: &str) -> String;

    /// See [`Dialect::media_bound`].
    fn media_bound(&self) -> MediaBound;
}

/// A wire format. Everything else about a call is the same for all of them.
pub(crate) trait Wire {
    /// The headers beside the content type: only those needed, since each further one can fail a
    /// browser's preflight.
    fn headers(&self, key: Option<&Secret>) -> Vec<(&'static str, String)>;

    /// See [`Dialect::not_taken`].
    fn not_taken(&self, role: Role, part: &Part) -> Option<String>;

    /// The bytes of a request's body.
    fn body(&self, provider: &Provider, call: &ChatCall) -> Vec<u8>;

    /// Reads one chunk of a stream, or a whole answer, which is no error object.
    fn chunk(
        &self,
        provider: &Provider,
        chunk: Value,
        reading: &mut Reading,
        on_piece: &mut dyn FnMut(&str),
    ) -> Result<Event, CloudError>;
}

/// The exact bytes that [`crate::Client::chat`] sends for `call`. They always carry its output limit.
#[must_use]
pub fn body(provider: &Provider, call: &ChatCall) -> Vec<u8> {
    provider.dialect().wire().body(provider, call)
}

pub(crate) fn request(provider: &Provider, body: Vec<u8>) -> HttpRequest {
    let mut headers = vec![("Content-Type", "application/json".to_owned())];
    headers.extend(provider.dialect().wire().headers(provider.key()));
    HttpRequest {
        method: "POST",
        url: provider.chat_url(),
        headers,
        body,
    }
}

/// Names the first part of `call` that the provider's format has no place for.
pub(crate) fn check(provider: &Provider, call: &ChatCall) -> Result<(), CloudError> {
    let mut parts = call.messages.iter().flat_map(|message| {
        let role = message.role;
        message.parts.iter().map(move |part| (role, part))
    });
    let dialect = provider.dialect();
    match parts.find_map(|(role, part)| dialect.not_taken(role, part)) {
        None => Ok(()),
        Some(what) => Err(CloudError::NotTaken {
            host: provider.host().to_owned(),
            what,
        }),
    }
}
