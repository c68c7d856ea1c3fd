//! The microphone.

use std::{cell::RefCell, fmt, rc::Rc};

use futures::future::select;
use js_sys::Float32Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AudioContext, AudioContextState, AudioWorkletNode, MediaStreamConstraints,
    MediaTrackConstraints, MessageEvent,
};
use weir_core::Modality;

use super::{
    CaptureError, Captured,
    resample::{RATE, Resampler},
    tracks::Tracks,
    wav,
};
use crate::{listener::Listener, timers};

/// A clip ends by itself after so many seconds; 16-bit sound at 16 kHz is then 3.8 MB.
pub const LONGEST_SECONDS: f32 = 120.0;

/// The script of the audio thread, relative to the page, and the name that it registers.
const PROCESSOR: &str = "capture-processor.js";
const PROCESSOR_NAME: &str = "weir-capture";
/// A sound system that does not run by then will not.
const PATIENCE_MS: f64 = 5_000.0;
/// Sound this far below full scale counts as silence on the meter, in decibels.
const QUIETEST_DB: f32 = -60.0;

/// An open microphone that is recording. Dropping it turns it off.
pub struct Microphone {
    recording: Rc<RefCell<Recording>>,
    _blocks: Listener,
    _sound: Sound,
    tracks: Tracks,
}

/// What was heard so far.
struct Recording {
    resampler: Resampler,
    samples: Vec<f32>,
    level: f32,
}

impl Microphone {
    /// Asks for a microphone and begins to record. Call it from a click: browsers keep sound from
    /// pages that nobody touched.
    ///
    /// # Errors
    /// [`CaptureError`]; nothing stays open.
    pub async fn open() -> Result<Self, CaptureError> {
        Self::open_with(PROCESSOR).await
    }

    /// As [`Microphone::open`], with `capture-processor.js` at another address: for a page that is
    /// not Weir's own.
    ///
    /// # Errors
    /// [`CaptureError`]; nothing stays open.
    pub async fn open_with(processor: &str) -> Result<Self, CaptureError> {
        let constraints = MediaStreamConstraints::new();
        constraints.set_audio(&as_it_sounds());
        let tracks = Tracks::ask(&constraints).await?;

        // At the device's own rate: Firefox refuses to connect it to a context of another.
        let sound = Sound(AudioContext::new()?);
        let context = &sound.0;
        JsFuture::from(context.audio_worklet()?.add_module(processor)?)
            .await
            .map_err(|_| {
                CaptureError::Failed(format!(
                    "{processor} could not be loaded. Reload the page and try again."
                ))
            })?;
        let node = AudioWorkletNode::new(context, PROCESSOR_NAME)?;
        let recording = Rc::new(RefCell::new(Recording::new(context.sample_rate())));
        let heard = Rc::clone(&recording);
        let port = node.port()?;
        let blocks = Listener::new(&port, "message", move |event| {
            let block = event.unchecked_ref::<MessageEvent>().data();
            heard.borrow_mut().hear(&Float32Array::new(&block).to_vec());
        });
        port.start();
        context
            .create_media_stream_source(tracks.stream())?
            .connect_with_audio_node(&node)?
            // Only what leads to the loudspeaker runs; the node's own output is silence.
            .connect_with_audio_node(&context.destination())?;
        // Where the browser waits for a click that never comes, so would we.
        let _ = select(
            JsFuture::from(context.resume()?),
            timers::after(PATIENCE_MS),
        )
        .await;
        if context.state() != AudioContextState::Running {
            return Err(CaptureError::Failed(
                "The browser did not start the sound. Try again.".to_owned(),
            ));
        }
        Ok(Self {
            recording,
            _blocks: blocks,
            _sound: sound,
            tracks,
        })
    }

    /// How loud it is now: 0 for silence (60 dB below full scale), 1 for full scale.
    #[must_use]
    pub fn level(&self) -> f32 {
        self.recording.borrow().level
    }

    /// Seconds recorded so far, at most [`LONGEST_SECONDS`].
    #[must_use]
    pub fn seconds(&self) -> f32 {
        self.recording.borrow().seconds()
    }

    /// Whether it still delivers sound: not unplugged, not taken back by the user.
    #[must_use]
    pub fn live(&self) -> bool {
        self.tracks.live()
    }

    /// Ends the recording: a WAV file of 16-bit samples, one channel, 16 kHz.
    ///
    /// # Errors
    /// [`CaptureError::Failed`] if nothing was heard at all.
    pub fn finish(self) -> Result<Captured, CaptureError> {
        let samples = self.recording.borrow_mut().finish();
        if samples.is_empty() {
            return Err(CaptureError::Failed(
                "Nothing was recorded. Check that the microphone is on, then try again.".to_owned(),
            ));
        }
        Ok(Captured {
            modality: Modality::MicrophoneClip,
            mime: "audio/wav".to_owned(),
            bytes: wav::encode(&samples, RATE),
            seconds: samples.len() as f32 / RATE as f32,
            width: 0,
            height: 0,
        })
    }
}

impl Recording {
    fn new(rate: f32) -> Self {
        Self {
            resampler: Resampler::new(rate.round() as u32),
            samples: Vec::new(),
            level: 0.0,
        }
    }

    fn seconds(&self) -> f32 {
        (self.samples.len() as f32 / RATE as f32).min(LONGEST_SECONDS)
    }

    fn hear(&mut self, block: &[f32]) {
        self.level = level(block);
        if self.seconds() < LONGEST_SECONDS {
            self.resampler.push(block, &mut self.samples);
        }
    }

    fn finish(&mut self) -> Vec<f32> {
        self.resampler.finish(&mut self.samples);
        std::mem::take(&mut self.samples)
    }
}

/// Nothing taken out: what a call counts as noise or echo may be what the question is about.
fn as_it_sounds() -> JsValue {
    let constraints = MediaTrackConstraints::new();
    constraints.set_echo_cancellation(&JsValue::FALSE);
    constraints.set_noise_suppression(&JsValue::FALSE);
    constraints.into()
}

/// Loudness of a block on the meter's scale: its root mean square in decibels below full scale.
fn level(block: &[f32]) -> f32 {
    let power = block.iter().map(|sample| sample * sample).sum::<f32>() / block.len().max(1) as f32;
    let decibels = 10.0 * power.max(f32::MIN_POSITIVE).log10();
    (1.0 - decibels / QUIETEST_DB).clamp(0.0, 1.0)
}

/// The browser's audio thread; it ends when this is dropped.
struct Sound(AudioContext);

impl Drop for Sound {
    fn drop(&mut self) {
        let _ = self.0.close();
    }
}

impl fmt::Debug for Microphone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Microphone")
            .field("seconds", &self.seconds())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_meter_goes_from_silence_to_full_scale() {
        assert_eq!(level(&[]), 0.0);
        assert_eq!(level(&[0.0; 64]), 0.0);
        assert_eq!(level(&[1.0; 64]), 1.0);
        let half = level(&[10.0_f32.powf(-30.0 / 20.0); 64]);
        assert!((half - 0.5).abs() < 1e-4);
    }

    #[test]
    fn a_recording_ends_by_itself() {
        let mut recording = Recording::new(RATE as f32);
        let second = vec![0.5; RATE as usize];
        for _ in 0..130 {
            recording.hear(&second);
        }
        assert_eq!(recording.seconds(), LONGEST_SECONDS);
        let length = recording.finish().len() as f32 / RATE as f32;
        assert!(length < LONGEST_SECONDS + 1.5);
    }
}
