//! What the cloud needs of a network.

use std::{fmt, future::Future};

use futures::Stream;

/// Sends requests. An implementation follows no redirect (it would carry the key to another host)
/// and reports a redirect's own status, or 0 where the platform hides it.
///
/// Dropping the future of [`Transport::send`], or the body it gave, aborts the request: that is how
/// an answer is stopped, and it is the transport's duty to see to it.
pub trait Transport {
    /// The answer's bytes as they arrive, cut anywhere.
    type Body: Stream<Item = Result<Vec<u8>, TransportError>> + Unpin;

    /// Sends `request` and waits for the status and the headers of the answer.
    ///
    /// # Errors
    /// [`TransportError::NotSent`] or [`TransportError::Offline`] only where the request certainly did
    /// not reach the other side; another in every other case, so also where the platform does not tell.
    fn send(
        &self,
        request: HttpRequest,
    ) -> impl Future<Output = Result<HttpResponse<Self::Body>, TransportError>>;
}

/// A request, written out.
pub struct HttpRequest {
    /// `POST`.
    pub method: &'static str,
    /// Where it goes.
    pub url: String,
    /// Names and values; one of them may be the key.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer whose body is still to come.
#[derive(Clone, Debug)]
pub struct HttpResponse<B> {
    /// The HTTP status; 0 for a redirect that the platform hides.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: B,
}

/// Why there is no answer, or no more of it. The text is for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// This device has no network, so the request was not sent.
    #[error("this device has no network")]
    Offline,
    /// The request certainly did not reach the other side: name unknown, refused.
    #[error("the request was not sent: {0}")]
    NotSent(String),
    /// The other side can be reached, but the platform keeps its answer back, as browsers do without
    /// CORS headers. It may have had the request.
    #[error("the answer may not be read here")]
    Blocked,
    /// The connection failed when the other side may have had the request already.
    #[error("the connection broke: {0}")]
    Broken(String),
}

impl<B> HttpResponse<B> {
    /// The value of the header `name`, whose case does not matter.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// Leaves out the values of the headers and the body: a key and a dialogue belong in no log.
impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("headers", &names)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}
