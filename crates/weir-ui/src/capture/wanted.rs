//! What a user wants to attach.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::File;

/// What a user wants to attach.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// A picture of the camera.
    Camera,
    /// A clip of the microphone.
    Microphone,
    /// A picture in a file.
    Picture(File),
}

const CAMERA: &str = "camera";
const MICROPHONE: &str = "microphone";

impl Wanted {
    /// As another module of the page takes it.
    pub(crate) fn to_js(&self) -> JsValue {
        match self {
            Self::Camera => CAMERA.into(),
            Self::Microphone => MICROPHONE.into(),
            Self::Picture(file) => file.into(),
        }
    }

    /// What [`Self::to_js`] wrote.
    pub(crate) fn from_js(value: &JsValue) -> Option<Self> {
        match value.as_string().as_deref() {
            Some(CAMERA) => Some(Self::Camera),
            Some(MICROPHONE) => Some(Self::Microphone),
            _ => value.dyn_ref::<File>().cloned().map(Self::Picture),
        }
    }
}
