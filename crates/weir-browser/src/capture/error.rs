//! Why nothing could be captured.

use wasm_bindgen::JsValue;

use crate::jserror;

/// Why nothing could be captured; the text says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaptureError {
    /// The user, or a rule of the browser or the host, said no.
    #[error(
        "The browser did not allow it. Allow camera or microphone for this page (beside its \
         address), then try again."
    )]
    Denied,
    /// There is no such device.
    #[error("There is no such device. Plug one in, or attach a file instead.")]
    Absent,
    /// The device is there, but another program holds it.
    #[error("The device is in use. Close the program that uses it, then try again.")]
    Busy,
    /// The page is not loaded in a way that may use devices.
    #[error("Browsers give devices to safe pages alone. Open this page by https or on localhost.")]
    Insecure,
    /// It was interrupted.
    #[error("It was interrupted. Try again.")]
    Aborted,
    /// Anything else, in the browser's or our own words.
    #[error("{0}")]
    Failed(String),
}

impl CaptureError {
    /// From the name of a browser's exception and its text.
    fn from_exception(name: &str, text: String) -> Self {
        match name {
            "NotAllowedError" => Self::Denied,
            "NotFoundError" | "OverconstrainedError" => Self::Absent,
            "NotReadableError" => Self::Busy,
            "SecurityError" => Self::Insecure,
            "AbortError" => Self::Aborted,
            _ => Self::Failed(text),
        }
    }
}

impl From<JsValue> for CaptureError {
    fn from(thrown: JsValue) -> Self {
        Self::from_exception(&jserror::name(&thrown), jserror::text(&thrown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exception_of_get_user_media_has_its_own_advice() {
        let named = |name| CaptureError::from_exception(name, "words".to_owned());
        assert_eq!(named("NotAllowedError"), CaptureError::Denied);
        assert_eq!(named("NotFoundError"), CaptureError::Absent);
        assert_eq!(named("OverconstrainedError"), CaptureError::Absent);
        assert_eq!(named("NotReadableError"), CaptureError::Busy);
        assert_eq!(named("SecurityError"), CaptureError::Insecure);
        assert_eq!(named("AbortError"), CaptureError::Aborted);
        assert_eq!(named("TypeError"), CaptureError::Failed("words".to_owned()));
    }
}
