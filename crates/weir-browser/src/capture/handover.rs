//! A captured picture or clip as a value that another module of the same page can take.

use js_sys::{Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use weir_core::Modality;

use super::Captured;

impl Captured {
    /// As a plain object, with the file as a `Uint8Array`.
    #[must_use]
    pub fn to_js(&self) -> JsValue {
        let object = Object::new();
        let set = |name: &str, value: JsValue| {
            // A plain object takes any property.
            let _ = Reflect::set(&object, &name.into(), &value);
        };
        set("modality", named(self.modality).into());
        set("mime", self.mime.as_str().into());
        set("bytes", Uint8Array::from(self.bytes.as_slice()).into());
        set("seconds", self.seconds.into());
        set("width", self.width.into());
        set("height", self.height.into());
        object.into()
    }

    /// What [`Self::to_js`] wrote; `None` of anything else.
    #[must_use]
    pub fn from_js(value: &JsValue) -> Option<Self> {
        let get = |name: &str| Reflect::get(value, &name.into()).ok();
        let number = |name| get(name)?.as_f64();
        let modality = get("modality")?.as_string()?;
        Some(Self {
            modality: MODALITIES.into_iter().find(|it| named(*it) == modality)?,
            mime: get("mime")?.as_string()?,
            bytes: get("bytes")?.dyn_into::<Uint8Array>().ok()?.to_vec(),
            seconds: number("seconds")? as f32,
            width: number("width")? as u32,
            height: number("height")? as u32,
        })
    }
}

const MODALITIES: [Modality; 3] = [
    Modality::CameraView,
    Modality::Image,
    Modality::MicrophoneClip,
];

const fn named(modality: Modality) -> &'static str {
    match modality {
        Modality::CameraView => "camera_view",
        Modality::Image => "image",
        Modality::MicrophoneClip => "microphone_clip",
    }
}
