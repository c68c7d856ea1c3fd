//! The stream behind a device.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{MediaStream, MediaStreamConstraints, MediaStreamTrack, MediaStreamTrackState};

use super::CaptureError;

/// A stream of a device. Dropping it stops every track, and with the last one the device.
#[derive(Debug)]
pub(super) struct Tracks(MediaStream);

impl Tracks {
    /// Asks the user for a device.
    pub(super) async fn ask(constraints: &MediaStreamConstraints) -> Result<Self, CaptureError> {
        let window = web_sys::window().ok_or(CaptureError::Insecure)?;
        if !window.is_secure_context() {
            return Err(CaptureError::Insecure);
        }
        let devices = window.navigator().media_devices()?;
        let asked = devices.get_user_media_with_constraints(constraints)?;
        Ok(Self(JsFuture::from(asked).await?.unchecked_into()))
    }

    pub(super) const fn stream(&self) -> &MediaStream {
        &self.0
    }

    /// Whether the device still delivers: not unplugged, not taken back by the user.
    pub(super) fn live(&self) -> bool {
        self.each()
            .any(|track| track.ready_state() == MediaStreamTrackState::Live)
    }

    fn each(&self) -> impl Iterator<Item = MediaStreamTrack> {
        self.0.get_tracks().into_iter().map(JsCast::unchecked_into)
    }
}

impl Drop for Tracks {
    fn drop(&mut self) {
        self.each().for_each(|track| track.stop());
    }
}
