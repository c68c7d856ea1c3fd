//! One worker, as the browser runs it.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, Event, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::{
    listener::Listener,
    wire::{self, Packet, Parcel},
};

/// A worker that runs for as long as this is held.
pub(super) struct Running {
    worker: Worker,
    _listeners: [Listener; 3],
}

impl Running {
    /// Starts the module worker at `url`. `hear` is told what it says, and `bury` why it is of no
    /// use any more.
    pub(super) fn start(
        url: &str,
        hear: impl Fn(&Packet) + 'static,
        bury: impl Fn(&str) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name("weir");
        let worker = Worker::new_with_options(url, &options)?;
        let unreadable = bury.clone();
        let listeners = [
            Listener::new(&worker, "message", move |event| {
                hear(event.unchecked_ref::<MessageEvent>().data().unchecked_ref());
            }),
            Listener::new(&worker, "messageerror", move |_| {
                unreadable("a message of it could not be read");
            }),
            Listener::new(&worker, "error", move |event| bury(&reason_of(&event))),
        ];
        Ok(Self {
            worker,
            _listeners: listeners,
        })
    }

    pub(super) fn post(&self, parcel: &Parcel) {
        // Both are plain data, which the browser can always clone.
        if let Ok((packet, transfer)) = wire::pack(parcel) {
            let _ = self.worker.post_message_with_transfer(&packet, &transfer);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// What an `error` event of a worker says: a script that cannot be loaded says nothing.
fn reason_of(event: &Event) -> String {
    event
        .dyn_ref::<ErrorEvent>()
        .map(ErrorEvent::message)
        .filter(|message| !message.is_empty())
        .unwrap_or_else(|| "its script could not be loaded".to_owned())
}
