//! How much the browser keeps for this page, and for how long.

use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Navigator, StorageManager, WorkerNavigator};

#[wasm_bindgen]
extern "C" {
    type Estimate;
    #[wasm_bindgen(method, getter, structural)]
    fn quota(this: &Estimate) -> Option<f64>;
    #[wasm_bindgen(method, getter, structural)]
    fn usage(this: &Estimate) -> Option<f64>;
}

/// Bytes that may still be stored, as the browser estimates them.
pub(super) async fn free() -> Option<u64> {
    let estimate = JsFuture::from(storage()?.estimate().ok()?).await.ok()?;
    let estimate: Estimate = estimate.unchecked_into();
    let (quota, usage) = (estimate.quota()?, estimate.usage()?);
    Some((quota - usage).max(0.0) as u64)
}

/// Asks the browser to delete nothing of this page by itself; whether it will comply. For the page,
/// after the user asked for something to be kept: some browsers ask the user in turn.
pub async fn keep_for_good() -> bool {
    let Some(asked) = storage().and_then(|storage| storage.persist().ok()) else {
        return false;
    };
    JsFuture::from(asked)
        .await
        .is_ok_and(|kept| kept == JsValue::TRUE)
}

/// The browser's storage, on the page and in a worker; `None` on an insecure page.
pub(super) fn storage() -> Option<StorageManager> {
    let navigator = js_sys::Reflect::get(&js_sys::global(), &JsValue::from("navigator")).ok()?;
    let storage = match navigator.dyn_ref::<WorkerNavigator>() {
        Some(navigator) => navigator.storage(),
        None => navigator.dyn_ref::<Navigator>()?.storage(),
    };
    (!storage.is_undefined()).then_some(storage)
}
