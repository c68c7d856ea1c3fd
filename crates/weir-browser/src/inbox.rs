//! The worker's end: what the page says, and the answers.

use std::{cell::RefCell, future, panic};

use wasm_bindgen::{JsCast, prelude::wasm_bindgen};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, PromiseRejectionEvent};

use crate::{
    jserror,
    listener::Listener,
    messages::{ErrorKind, FromWorker},
    wire::{self, Packet},
};

/// What comes from the page.
pub use crate::wire::Parcel as Incoming;

/// Hears every message of the page, from now to the end of the worker, and says
/// [`FromWorker::Alive`]. From now on a panic is reported to the page, which starts a new worker.
pub fn listen(on: impl Fn(Incoming) + 'static) {
    panic::set_hook(Box::new(|panicked| die(&panicked.to_string())));
    let Ok(scope) = scope() else {
        return;
    };
    let messages = Listener::new(&scope, "message", move |event| {
        let packet: Packet = event
            .unchecked_ref::<MessageEvent>()
            .data()
            .unchecked_into();
        match wire::unpack(&packet) {
            Ok(incoming) => on(incoming),
            Err(foreign) => post(&FromWorker::Trouble {
                kind: ErrorKind::WorkerDied,
                message: foreign.to_string(),
            }),
        }
    });
    // A trap in a promise's callback (memory or stack used up) is no panic and no `error` event.
    let rejections = Listener::new(&scope, "unhandledrejection", |event| {
        let reason = event.unchecked_ref::<PromiseRejectionEvent>().reason();
        if matches!(&*jserror::name(&reason), "RuntimeError" | "RangeError") {
            die(&jserror::text(&reason));
        }
    });
    EARS.set(Some([messages, rejections]));
    post(&FromWorker::Alive);
}

/// Says something to the page.
pub fn post(message: &FromWorker) {
    match wire::wrap(message) {
        Ok(packet) => deliver(&packet),
        Err(foreign) => die(&foreign.to_string()),
    }
}

/// Ends this worker, because nothing can be computed here any more: the page starts the next one,
/// which goes on with what was asked. The future never completes.
pub async fn resign<T>(reason: &str) -> T {
    die(reason);
    future::pending().await
}

fn die(reason: &str) {
    console_error(reason);
    deliver(&wire::last_words(reason));
}

fn deliver(packet: &Packet) {
    // Outside a worker there is nobody to tell, and plain data can always be cloned.
    if let Ok(scope) = scope() {
        let _ = scope.post_message(packet);
    }
}

fn scope() -> Result<DedicatedWorkerGlobalScope, js_sys::Object> {
    js_sys::global().dyn_into()
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn console_error(text: &str);
}

thread_local! {
    static EARS: RefCell<Option<[Listener; 2]>> = const { RefCell::new(None) };
}
