//! How a message crosses between page and worker.
//!
//! Each is one JavaScript object. `control` is the message as plain data; `attachments` holds bytes
//! that are handed over rather than copied; `key` holds a provider's key, which no serialiser sees;
//! `files` holds files that the user picked, which are read only where they are needed.
//! A worker that is dying sends `panic` alone.

use js_sys::{Array, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::File;
use weir_cloud::Secret;

use crate::messages::ToWorker;

#[wasm_bindgen]
extern "C" {
    /// The object on the wire.
    #[wasm_bindgen(extends = js_sys::Object)]
    #[derive(Clone, Debug)]
    pub(crate) type Packet;

    #[wasm_bindgen(method, getter, structural)]
    fn control(this: &Packet) -> JsValue;
    #[wasm_bindgen(method, setter, structural)]
    fn set_control(this: &Packet, control: &JsValue);
    #[wasm_bindgen(method, getter, structural)]
    fn attachments(this: &Packet) -> Option<Array>;
    #[wasm_bindgen(method, setter, structural)]
    fn set_attachments(this: &Packet, attachments: &Array);
    #[wasm_bindgen(method, getter, structural)]
    fn key(this: &Packet) -> Option<String>;
    #[wasm_bindgen(method, setter, structural)]
    fn set_key(this: &Packet, key: &str);
    #[wasm_bindgen(method, getter, structural)]
    fn files(this: &Packet) -> Option<Array>;
    #[wasm_bindgen(method, setter, structural)]
    fn set_files(this: &Packet, files: &Array);
    #[wasm_bindgen(method, getter, structural)]
    fn panic(this: &Packet) -> Option<String>;
    #[wasm_bindgen(method, setter, structural)]
    fn set_panic(this: &Packet, panic: &str);
}

/// A message to the worker, with what travels beside it.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// What is said.
    pub message: ToWorker,
    /// Bytes of the turn's attachments, by slot; empty for any other message.
    pub attachments: Vec<Vec<u8>>,
    /// The provider's key, beside [`ToWorker::Prefer`] only.
    pub key: Option<Secret>,
    /// Files of the user's device, beside [`ToWorker::Load`] and [`ToWorker::Inspect`] only, in the
    /// order of the model's shards.
    pub files: Vec<File>,
}

impl From<ToWorker> for Parcel {
    /// Nothing travels beside it.
    fn from(message: ToWorker) -> Self {
        Self {
            message,
            attachments: Vec::new(),
            key: None,
            files: Vec::new(),
        }
    }
}

/// A message that page and worker do not both understand.
#[derive(Debug, thiserror::Error)]
#[error("page and worker are of different versions ({0}); reload the page without its cache")]
pub(crate) struct Foreign(String);

/// Plain data as a JavaScript value. 64-bit integers become `BigInt`, so that every value comes
/// back as it went.
pub(crate) fn to_js(value: &impl Serialize) -> Result<JsValue, Foreign> {
    let serializer = Serializer::new().serialize_large_number_types_as_bigints(true);
    value
        .serialize(&serializer)
        .map_err(|error| Foreign(error.to_string()))
}

/// The inverse of [`to_js`].
pub(crate) fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, Foreign> {
    serde_wasm_bindgen::from_value(value).map_err(|error| Foreign(error.to_string()))
}

/// A parcel as a packet, and the buffers in it that change hands.
pub(crate) fn pack(parcel: &Parcel) -> Result<(Packet, Array), Foreign> {
    let packet = wrap(&parcel.message)?;
    let transfer = Array::new();
    if !parcel.attachments.is_empty() {
        let attachments = Array::new();
        for bytes in &parcel.attachments {
            // A copy outside the module's memory: that memory itself cannot change hands.
            let bytes = Uint8Array::from(bytes.as_slice());
            transfer.push(&bytes.buffer());
            attachments.push(&bytes);
        }
        packet.set_attachments(&attachments);
    }
    if let Some(key) = &parcel.key {
        packet.set_key(key.reveal());
    }
    if !parcel.files.is_empty() {
        packet.set_files(&parcel.files.iter().collect());
    }
    Ok((packet, transfer))
}

/// The inverse of [`pack`].
pub(crate) fn unpack(packet: &Packet) -> Result<Parcel, Foreign> {
    let attachments = packet.attachments().unwrap_or_default();
    Ok(Parcel {
        message: from_js(packet.control())?,
        attachments: attachments
            .iter()
            .map(|bytes| Uint8Array::new(&bytes).to_vec())
            .collect(),
        // Whoever sent it checked it; one that is none is the same as no key.
        key: packet.key().and_then(|key| Secret::new(&key).ok()),
        files: packet
            .files()
            .unwrap_or_default()
            .iter()
            .filter_map(|file| file.dyn_into().ok())
            .collect(),
    })
}

/// Plain data as a packet.
pub(crate) fn wrap(message: &impl Serialize) -> Result<Packet, Foreign> {
    let packet = js_sys::Object::new().unchecked_into::<Packet>();
    packet.set_control(&to_js(message)?);
    Ok(packet)
}

/// The packet of a worker that is dying.
pub(crate) fn last_words(panic: &str) -> Packet {
    let packet = js_sys::Object::new().unchecked_into::<Packet>();
    packet.set_panic(panic);
    packet
}

/// What a worker's packet says: a message, or the reason why it died.
pub(crate) fn read<T: DeserializeOwned>(packet: &Packet) -> Result<T, String> {
    match packet.panic() {
        Some(panic) => Err(panic),
        None => from_js(packet.control()).map_err(|foreign| foreign.to_string()),
    }
}
