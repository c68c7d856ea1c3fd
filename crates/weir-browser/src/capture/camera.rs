//! The camera.

use std::cell::RefCell;

use futures::{
    channel::oneshot,
    future::{Either, select},
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    ConstrainDoubleRange, HtmlVideoElement, MediaStreamConstraints, MediaTrackConstraints,
};
use weir_core::Modality;

use super::{CaptureError, Captured, picture, tracks::Tracks};
use crate::{listener::Listener, timers};

/// A camera is asked for pictures this wide and high, and may give others.
const WIDTH: f64 = 1280.0;
const HEIGHT: f64 = 960.0;
/// A camera that has shown nothing by then will not.
const FIRST_FRAME_MS: f64 = 10_000.0;

/// An open camera. Dropping it turns it off.
#[derive(Debug)]
pub struct Camera {
    tracks: Tracks,
    /// Plays the stream unseen: frames are taken from here whether or not the page shows it.
    video: HtmlVideoElement,
    /// The element in which the page shows it.
    shown: RefCell<Option<HtmlVideoElement>>,
}

impl Camera {
    /// Asks for a camera (on a phone, the one on its back) and waits for its first picture.
    ///
    /// # Errors
    /// [`CaptureError`]; nothing stays open.
    pub async fn open() -> Result<Self, CaptureError> {
        let constraints = MediaStreamConstraints::new();
        constraints.set_video(&ideal_camera());
        let tracks = Tracks::ask(&constraints).await?;
        let camera = Self {
            tracks,
            video: new_video()?,
            shown: RefCell::new(None),
        };
        camera.first_frame().await?;
        Ok(camera)
    }

    /// Shows the camera in `video` until it is dropped.
    ///
    /// # Errors
    /// [`CaptureError`] if the element cannot play it.
    pub fn attach(&self, video: &HtmlVideoElement) -> Result<(), CaptureError> {
        play(video, &self.tracks)?;
        if let Some(before) = self.shown.replace(Some(video.clone()))
            && before != *video
        {
            before.set_src_object(None);
        }
        Ok(())
    }

    /// Whether it still delivers pictures: not unplugged, not taken back by the user.
    #[must_use]
    pub fn live(&self) -> bool {
        self.tracks.live()
    }

    /// What it sees now, at most `max_side` pixels wide and high.
    ///
    /// # Errors
    /// [`CaptureError::Absent`] once it was unplugged.
    pub async fn frame(&self, max_side: u32) -> Result<Captured, CaptureError> {
        if !self.live() {
            return Err(CaptureError::Absent);
        }
        let size = (self.video.video_width(), self.video.video_height());
        picture::encode(
            Modality::CameraView,
            size,
            max_side,
            |canvas, width, height| {
                canvas.draw_image_with_html_video_element_and_dw_and_dh(
                    &self.video,
                    0.0,
                    0.0,
                    width,
                    height,
                )
            },
        )
        .await
    }

    async fn first_frame(&self) -> Result<(), CaptureError> {
        let (sender, loaded) = oneshot::channel();
        let mut sender = Some(sender);
        let _listener = Listener::new(&self.video, "loadeddata", move |_| {
            sender.take().map(|sender| sender.send(()));
        });
        play(&self.video, &self.tracks)?;
        match select(loaded, timers::after(FIRST_FRAME_MS)).await {
            Either::Left(_) => Ok(()),
            Either::Right(_) => Err(CaptureError::Failed(
                "The camera shows nothing. Unplug it, plug it in again, and try once more."
                    .to_owned(),
            )),
        }
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.video.set_src_object(None);
        if let Some(shown) = self.shown.take() {
            shown.set_src_object(None);
        }
    }
}

fn ideal_camera() -> JsValue {
    let ideal = |value: f64| {
        let range = ConstrainDoubleRange::new();
        range.set_ideal(value);
        JsValue::from(range)
    };
    let constraints = MediaTrackConstraints::new();
    constraints.set_width(&ideal(WIDTH));
    constraints.set_height(&ideal(HEIGHT));
    constraints.set_facing_mode(&JsValue::from("environment"));
    constraints.into()
}

fn new_video() -> Result<HtmlVideoElement, CaptureError> {
    let document = web_sys::window().and_then(|window| window.document());
    let document = document.ok_or(CaptureError::Aborted)?;
    Ok(document.create_element("video")?.unchecked_into())
}

fn play(video: &HtmlVideoElement, tracks: &Tracks) -> Result<(), CaptureError> {
    video.set_muted(true);
    // Without it, iPhones open a player over the whole screen.
    video.set_attribute("playsinline", "")?;
    video.set_src_object(Some(tracks.stream()));
    let playing = JsFuture::from(video.play()?);
    wasm_bindgen_futures::spawn_local(async move {
        // Fails only when the element is taken away before it plays.
        let _ = playing.await;
    });
    Ok(())
}
