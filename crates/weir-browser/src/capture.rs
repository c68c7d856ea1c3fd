//! Camera frames, microphone clips and pictures, on the page; and small pictures of those that leave,
//! in the worker.
//!
//! A device is asked for when it is opened and let go when it is dropped: its light goes out with
//! the value. Every picture is drawn anew as JPEG, so what a file says beside its pixels (place,
//! time, camera) does not go along.
//!
//! - [`camera`], [`microphone`], [`picture`]: the three sources of a [`Captured`].
//! - `tracks`: the stream behind a device.
//! - [`resample`], [`wav`]: from the microphone's samples to a file; plain arithmetic.

pub mod camera;
pub mod microphone;
pub mod picture;
pub mod resample;
pub mod wav;

mod error;
mod handover;
mod tracks;

use js_sys::{Array, Uint8Array};
use web_sys::{Blob, BlobPropertyBag, Url};
use weir_core::{Attachment, Modality};

pub use camera::Camera;
pub use error::CaptureError;
pub use microphone::Microphone;
pub use picture::picture_from_file;

/// Something that was captured and can be attached.
#[derive(Clone, Debug, PartialEq)]
pub struct Captured {
    /// What it is.
    pub modality: Modality,
    /// Its media type: `image/jpeg` or `audio/wav`.
    pub mime: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// Length of a clip in seconds; 0 for a picture.
    pub seconds: f32,
    /// Width of a picture in pixels; 0 for a clip.
    pub width: u32,
    /// Height of a picture in pixels; 0 for a clip.
    pub height: u32,
}

impl Captured {
    /// What a turn remembers of it.
    #[must_use]
    pub fn attachment(&self) -> Attachment {
        Attachment {
            modality: self.modality,
            mime: self.mime.clone(),
            bytes: self.bytes.len() as u64,
            seconds: self.seconds,
        }
    }

    /// An address under which the page can show or play it.
    ///
    /// # Errors
    /// [`CaptureError::Failed`] where the browser gives none.
    pub fn object_url(&self) -> Result<ObjectUrl, CaptureError> {
        let options = BlobPropertyBag::new();
        options.set_type(&self.mime);
        let parts = Array::of1(&Uint8Array::from(self.bytes.as_slice()));
        let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options)?;
        Ok(ObjectUrl(Url::create_object_url_with_blob(&blob)?))
    }
}

/// An address of bytes in the page's memory; it ends when it is dropped.
#[derive(Debug, PartialEq, Eq)]
pub struct ObjectUrl(String);

impl ObjectUrl {
    /// The address, for `src` attributes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for ObjectUrl {
    fn drop(&mut self) {
        let _ = Url::revoke_object_url(&self.0);
    }
}
