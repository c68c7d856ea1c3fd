//! What can go wrong with a call, whether it may have been charged, and what to do about it.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use weir_core::TokenUsage;

/// Why there is no whole answer. Every message names what a person can do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CloudError {
    /// There is no network, so the request never left.
    #[error("this device has no network; connect it, or answer on this device")]
    Offline,
    /// The request never left.
    #[error(
        "{host} cannot be reached; check the connection and the base URL, then send again ({detail})"
    )]
    Unreachable {
        /// The provider's host.
        host: String,
        /// What the transport says.
        detail: String,
    },
    /// The request left, or may have left, and nothing came back.
    #[error(
        "no answer came from {host}; it may be down, or its address or certificate wrong: try again, or choose another provider ({detail})"
    )]
    NoAnswer {
        /// The provider's host.
        host: String,
        /// What the transport says.
        detail: String,
    },
    /// The host is there, and the browser keeps its answer back.
    #[error(
        "{host} can be reached, but does not let web pages read its answers (CORS); allow this page there, or choose another provider"
    )]
    Blocked {
        /// The provider's host.
        host: String,
    },
    /// A part of the message that the provider's format has no place for. Nothing was sent.
    #[error("{host} does not take {what}; leave it out, or answer on this device")]
    NotTaken {
        /// The provider's host.
        host: String,
        /// What it does not take.
        what: String,
    },
    /// 401 or 403, or a 400 about the key.
    #[error("{host} refused the key; check that it is right and may use this model{said}")]
    KeyRefused {
        /// The provider's host.
        host: String,
        /// Its own words.
        said: Said,
    },
    /// 402, or a quota that is used up.
    #[error("{host} wants to be paid first; check the account's credit or quota there{said}")]
    Payment {
        /// The provider's host.
        host: String,
        /// Its own words.
        said: Said,
    },
    /// 404: the address or the model is wrong.
    #[error(
        "{host} does not know this address or model; check the base URL and the model's name{said}"
    )]
    NotFound {
        /// The provider's host.
        host: String,
        /// Its own words.
        said: Said,
    },
    /// 408. A gateway also says so when its own provider was too slow, after it had begun.
    #[error("{host} gave up waiting; try again{said}")]
    TimedOut {
        /// The provider's host.
        host: String,
        /// Its own words.
        said: Said,
    },
    /// 413, or more than the model's context holds.
    #[error("the message is too large for the model; shorten it or attach less{said}")]
    TooLarge {
        /// The provider's own words.
        said: Said,
    },
    /// 429.
    #[error("{host} limits how often it is called; try again {}{said}", when(.retry_after.as_ref()))]
    RateLimited {
        /// The provider's host.
        host: String,
        /// When it wants to be asked again, if it says.
        retry_after: Option<RetryAfter>,
        /// Its own words.
        said: Said,
    },
    /// The provider's rules do not allow the request; it did not answer it.
    #[error("{host} declined this request; rephrase it, or answer on this device{said}")]
    Declined {
        /// The provider's host.
        host: String,
        /// Its own words.
        said: Said,
    },
    /// Any other 4xx: it does not understand the request.
    #[error(
        "{host} does not accept the request ({status}); check that it speaks the format chosen for it{said}"
    )]
    NotAccepted {
        /// The provider's host.
        host: String,
        /// The HTTP status.
        status: u16,
        /// Its own words.
        said: Said,
    },
    /// 5xx.
    #[error("{host} is overloaded or broken ({status}); try again {}{said}", when(.retry_after.as_ref()))]
    Overloaded {
        /// The provider's host.
        host: String,
        /// The HTTP status.
        status: u16,
        /// When it wants to be asked again, if it says.
        retry_after: Option<RetryAfter>,
        /// Its own words.
        said: Said,
    },
    /// 3xx, which is not followed: the key is for this host alone.
    #[error("{host} sends calls on to another address, which is not followed; check the base URL")]
    Redirected {
        /// The provider's host.
        host: String,
    },
    /// A web page where an answer should be: a wrong address, a proxy, a network's login page.
    #[error(
        "{host} answered with a web page, not as a chat service; check the base URL, or log in to this network"
    )]
    WebPage {
        /// The provider's host.
        host: String,
    },
    /// The stream ended before the answer did.
    #[error("the answer was cut off; what arrived is kept, and you can ask again")]
    CutOff,
    /// No connection, or no headers, for too long.
    #[error("{host} did not answer within {} s; try again, or answer on this device", .waited.as_secs_f32())]
    Slow {
        /// The provider's host.
        host: String,
        /// How long was waited.
        waited: Duration,
    },
    /// Nothing behind the headers for too long.
    #[error("{host} took the request and said nothing for {} s; try again, or answer on this device", .waited.as_secs_f32())]
    Silent {
        /// The provider's host.
        host: String,
        /// How long was waited.
        waited: Duration,
    },
    /// The answer had begun, and nothing more of it arrived for too long.
    #[error("the answer stopped for {} s; what arrived is kept, and you can ask again", .waited.as_secs_f32())]
    Stalled {
        /// How long was waited.
        waited: Duration,
    },
    /// What arrived is not the format.
    #[error(
        "the provider's answer cannot be understood; check that it speaks the format chosen for it ({detail})"
    )]
    Garbled {
        /// What is wrong with it.
        detail: String,
    },
    /// The provider reported an error in the middle of the answer.
    #[error("the provider failed while it answered; try again{said}")]
    Failed {
        /// Its own words.
        said: Said,
    },
    /// The provider held the answer, or the rest of it, back.
    #[error(
        "the provider's filter stopped the answer; rephrase the request, or answer on this device"
    )]
    Withheld,
}

/// Whether a failed call may have cost something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charged {
    /// The provider certainly did not run it.
    No,
    /// It may have run: without reported usage, the worst case counts.
    Unknown,
}

/// Whether the same call may do better later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Something has to change first.
    Never,
    /// It may, after a while; the provider may say after which.
    Later(Option<RetryAfter>),
}

/// A `Retry-After` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// After this wait.
    Wait(Duration),
    /// At this instant, by the provider's clock.
    At(SystemTime),
}

/// A call that did not end well, and what it left behind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct CloudFailure {
    /// What went wrong.
    #[source]
    pub error: CloudError,
    /// Whether any text had arrived.
    pub received_any: bool,
    /// What the provider reported where it ended the answer itself, as its filter does; this is then
    /// what the call cost. A running count of an answer that broke off is no report.
    pub usage: Option<TokenUsage>,
}

/// What a provider says about an error, shortened and without the key; shown as `: “…”`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said(pub(crate) Option<String>);

impl CloudError {
    /// Whether the call may have cost something: not if it was never sent, or was turned away with a
    /// 4xx status before any output. In doubt it may.
    #[must_use]
    pub const fn charged(&self) -> Charged {
        match self {
            Self::Offline
            | Self::Unreachable { .. }
            | Self::NotTaken { .. }
            | Self::KeyRefused { .. }
            | Self::Payment { .. }
            | Self::NotFound { .. }
            | Self::TooLarge { .. }
            | Self::RateLimited { .. }
            | Self::Declined { .. }
            | Self::NotAccepted { .. } => Charged::No,
            Self::NoAnswer { .. }
            | Self::Blocked { .. }
            | Self::TimedOut { .. }
            | Self::Overloaded { .. }
            | Self::Slow { .. }
            | Self::Silent { .. }
            | Self::Redirected { .. }
            | Self::WebPage { .. }
            | Self::CutOff
            | Self::Stalled { .. }
            | Self::Garbled { .. }
            | Self::Failed { .. }
            | Self::Withheld => Charged::Unknown,
        }
    }

    /// Whether the request may have left the device.
    #[must_use]
    pub const fn was_sent(&self) -> bool {
        !matches!(
            self,
            Self::Offline | Self::Unreachable { .. } | Self::NotTaken { .. }
        )
    }

    /// Whether the same call may do better later. Without asking the user, repeat only what was
    /// certainly not [charged](Self::charged).
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::RateLimited { retry_after, .. } | Self::Overloaded { retry_after, .. } => {
                Retry::Later(retry_after.clone())
            }
            Self::Offline
            | Self::Unreachable { .. }
            | Self::NoAnswer { .. }
            | Self::TimedOut { .. }
            | Self::Slow { .. }
            | Self::Silent { .. }
            | Self::CutOff
            | Self::Stalled { .. }
            | Self::Failed { .. } => Retry::Later(None),
            _ => Retry::Never,
        }
    }
}

impl Said {
    pub(crate) fn mentions(&self, words: &str) -> bool {
        self.0.as_ref().is_some_and(|said| said.contains(words))
    }
}

impl RetryAfter {
    /// Reads the header's value: seconds, or an HTTP date.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim();
        value
            .parse()
            .map(|seconds| Self::Wait(Duration::from_secs(seconds)))
            .or_else(|_| httpdate::parse_http_date(value).map(Self::At))
            .ok()
    }
}

fn when(retry_after: Option<&RetryAfter>) -> String {
    match retry_after {
        None => "in a while".to_owned(),
        Some(RetryAfter::Wait(wait)) => format!("in {} s", wait.as_secs()),
        Some(RetryAfter::At(instant)) => format!("after {}", httpdate::fmt_http_date(*instant)),
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            None => Ok(()),
            Some(words) => write!(f, ": “{words}”"),
        }
    }
}
