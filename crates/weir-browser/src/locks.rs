//! Web Locks: what one tab of an origin has to itself, and what the others can see that it has.

use futures::{
    channel::oneshot,
    future::{Either, select},
};
use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};
use web_sys::AbortController;

use crate::timers;

// By hand: web-sys has it only with `--cfg=web_sys_unstable_apis`.
#[wasm_bindgen]
extern "C" {
    type WithLocks;
    #[wasm_bindgen(thread_local_v2, js_name = navigator)]
    static NAVIGATOR: WithLocks;
    #[wasm_bindgen(method, getter, structural)]
    fn locks(this: &WithLocks) -> Option<LockManager>;

    type LockManager;
    #[wasm_bindgen(method, structural)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &LockOptions,
        granted: &Function,
    ) -> Promise;

    #[wasm_bindgen(method, structural)]
    fn query(this: &LockManager) -> Promise;

    type Snapshot;
    #[wasm_bindgen(method, getter, structural)]
    fn held(this: &Snapshot) -> Option<Array>;
    type LockInfo;
    #[wasm_bindgen(method, getter, structural)]
    fn name(this: &LockInfo) -> Option<String>;

    #[wasm_bindgen(extends = js_sys::Object)]
    type LockOptions;
    #[wasm_bindgen(method, setter, structural)]
    fn set_signal(this: &LockOptions, signal: &web_sys::AbortSignal);
}

/// A lock that is held. Dropping it lets it go; so does the end of the page or the worker.
#[derive(Debug)]
pub(crate) struct Held {
    _release: oneshot::Sender<()>,
}

/// Waits for the lock `name`, at most `patience_ms`; `None` if another tab still has it then. Where
/// the browser has no locks, nobody else is kept out.
pub(crate) async fn hold(name: &str, patience_ms: f64) -> Option<Held> {
    let (release, released) = oneshot::channel();
    let held = Held { _release: release };
    let Some(locks) = NAVIGATOR.with(WithLocks::locks) else {
        return Some(held);
    };
    let abort = AbortController::new().ok()?;
    let options = js_sys::Object::new().unchecked_into::<LockOptions>();
    options.set_signal(&abort.signal());

    let (sender, granted) = oneshot::channel();
    // The lock is held until the promise that this returns is settled.
    let on_granted = Closure::once(move |_lock: JsValue| {
        future_to_promise(async move {
            let _ = sender.send(());
            let _ = released.await;
            Ok(JsValue::UNDEFINED)
        })
    });
    let request = locks.request(name, &options, on_granted.as_ref().unchecked_ref());
    spawn_local(async move {
        // Rejected where the wait is given up.
        let _ = JsFuture::from(request).await;
    });
    match select(granted, timers::after(patience_ms)).await {
        Either::Left((Ok(()), _)) => Some(held),
        _ => {
            abort.abort();
            None
        }
    }
}

/// The names of all locks that are held in this origin; none where the browser does not say.
pub(crate) async fn held() -> Vec<String> {
    let Some(locks) = NAVIGATOR.with(WithLocks::locks) else {
        return Vec::new();
    };
    let Ok(snapshot) = JsFuture::from(locks.query()).await else {
        return Vec::new();
    };
    let held = snapshot.unchecked_into::<Snapshot>().held();
    let held = held.unwrap_or_default().into_iter();
    held.filter_map(|lock| lock.unchecked_into::<LockInfo>().name())
        .collect()
}
