//! Words for capturing, and for what can keep it from working.

use weir_browser::capture::CaptureError;
use weir_core::Modality;

/// Where an input comes from.
#[must_use]
pub const fn source(modality: Modality) -> &'static str {
    match modality {
        Modality::CameraView => "camera",
        Modality::Image => "image",
        Modality::MicrophoneClip => "microphone",
    }
}

/// The error as a word for programs: `camera_denied`, `microphone_busy`.
#[must_use]
pub fn capture_kind(modality: Modality, error: &CaptureError) -> String {
    let what = match error {
        CaptureError::Denied => "denied",
        CaptureError::Absent => "absent",
        CaptureError::Busy => "busy",
        CaptureError::Insecure => "insecure",
        CaptureError::Aborted => "aborted",
        CaptureError::Failed(_) => "failed",
    };
    format!("{}_{what}", source(modality))
}

/// The error in a few words; its own message says what to do.
#[must_use]
pub fn capture_title(modality: Modality, error: &CaptureError) -> String {
    let source = source(modality);
    match error {
        CaptureError::Denied => format!("The {source} is blocked for this page"),
        CaptureError::Absent => format!("No {source} was found"),
        CaptureError::Busy => format!("The {source} is in use elsewhere"),
        CaptureError::Insecure => format!("The {source} needs a secure page"),
        CaptureError::Aborted => format!("The {source} stopped"),
        CaptureError::Failed(_) => format!("The {source} could not be used"),
    }
}
