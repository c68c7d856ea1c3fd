//! Why there is no model.

use crate::messages::ErrorKind;

use super::stored::ReadError;

/// Why there is no model; the text says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObtainError {
    /// The device has no network.
    #[error("this device is offline; connect it and try again, the download goes on where it was")]
    Offline,
    /// Nobody answered, or the browser did not let the answer in.
    #[error(
        "{url} did not answer, or its server does not let this page read it (a rule of browsers \
         called CORS); check the address and the connection, or download the file and choose it \
         here"
    )]
    Unreachable {
        /// The model's address.
        url: String,
    },
    /// There is no such file.
    #[error("there is no file at {url}; check the model's address")]
    NotFound {
        /// The model's address.
        url: String,
    },
    /// The server does not give it to everybody.
    #[error("{url} is not open to everybody; use a model that needs no sign-in")]
    Forbidden {
        /// The model's address.
        url: String,
    },
    /// The server refused for another reason.
    #[error("the server of the model answered with status {status}; try again in a few minutes")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// It is a web page.
    #[error("{url} is a web page, not a model; use the address of the GGUF file itself")]
    WebPage {
        /// The model's address.
        url: String,
    },
    /// The connection broke.
    #[error("the download broke off at {got} bytes; try again, it goes on from there")]
    Cut {
        /// Bytes that are here.
        got: u64,
    },
    /// The connection is there, but nothing comes.
    #[error("nothing came for {seconds} seconds; try again, the download goes on where it was")]
    Stalled {
        /// How long.
        seconds: u32,
    },
    /// It is longer or shorter than it should be.
    #[error(
        "the file has {found} bytes where {expected} were announced; it was changed since it was \
         listed, so use another source"
    )]
    WrongSize {
        /// Bytes it should have.
        expected: u64,
        /// Bytes it has.
        found: u64,
    },
    /// It is not the file that was listed; it was deleted.
    #[error(
        "the file is not the one that was listed and was deleted: its SHA-256 is {found}, not \
         {expected}; try again, or use another source"
    )]
    WrongHash {
        /// The SHA-256 it should have.
        expected: String,
        /// The SHA-256 it has.
        found: String,
    },
    /// A file of the user's device, or the copy of one, is not there any more.
    #[error("the file is not there any more, or was changed; choose it again")]
    Gone,
    /// The server hides the length of the file.
    #[error("the server does not say how long the file is; download it, then choose the file here")]
    UnknownSize,
    /// The browser's storage failed.
    #[error("the browser's storage failed ({0}); close other tabs with Weir and try again")]
    Storage(String),
}

impl ObtainError {
    /// The word for it in messages.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::WrongSize { .. } | Self::WrongHash { .. } => ErrorKind::WrongHash,
            Self::Storage(_) => ErrorKind::Storage,
            _ => ErrorKind::Download,
        }
    }
}

impl From<ReadError> for ObtainError {
    fn from(error: ReadError) -> Self {
        Self::Storage(error.to_string())
    }
}
