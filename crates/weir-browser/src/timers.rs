//! Time: waiting for it, giving way to events, reading it.

use std::{
    cell::RefCell,
    collections::VecDeque,
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures::channel::oneshot;
use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{MessageChannel, MessagePort};
use weir_core::Moment;

use crate::listener::Listener;

// Bound as globals, because windows and workers have them under the same names.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(call: &Function, ms: f64) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timeout: &JsValue);
    #[wasm_bindgen(js_name = setInterval)]
    fn set_interval(call: &Function, ms: f64) -> JsValue;
    #[wasm_bindgen(js_name = clearInterval)]
    fn clear_interval(interval: &JsValue);
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
    #[wasm_bindgen(js_namespace = performance, js_name = mark)]
    fn performance_mark(name: &str);
    #[wasm_bindgen(js_namespace = performance, js_name = clearMarks)]
    fn performance_clear_marks();
    #[wasm_bindgen(js_namespace = performance, js_name = clearMeasures)]
    fn performance_clear_measures();
    #[wasm_bindgen(js_namespace = performance, js_name = measure, catch)]
    fn performance_measure(name: &str, since: &str) -> Result<JsValue, JsValue>;
}

/// Milliseconds since the page or the worker began, on a clock that never goes back.
#[must_use]
pub fn now_ms() -> f64 {
    performance_now()
}

/// Writes down this moment where the browser's own tools show it, as `name`.
pub fn mark(name: &str) {
    performance_mark(name);
}

/// Forgets what was written down so far, so that it does not grow with the dialogue.
pub fn forget_marks() {
    performance_clear_marks();
    performance_clear_measures();
}

/// Does `work`, and writes down how long it took where the browser's own tools show it, as `name`.
pub async fn timed<T>(name: &str, work: impl Future<Output = T>) -> T {
    performance_mark(name);
    let done = work.await;
    let _ = performance_measure(name, name);
    done
}

/// What the device's clock and calendar show, which anybody may set.
#[must_use]
pub fn moment() -> Moment {
    let date = js_sys::Date::new_0();
    // JavaScript counts the minutes that local time is behind.
    Moment::new(date.get_time() as i64, -(date.get_timezone_offset() as i32))
}

/// Completes after `ms` milliseconds. Dropping it takes the timer back.
pub fn after(ms: f64) -> After {
    let (sender, elapsed) = oneshot::channel();
    let closure = Closure::once(move || {
        let _ = sender.send(());
    });
    let timeout = set_timeout(closure.as_ref().unchecked_ref(), ms);
    After {
        elapsed,
        timeout,
        _closure: closure,
    }
}

/// A timer that is running: [`after`].
#[must_use = "a dropped timer never rings"]
pub struct After {
    elapsed: oneshot::Receiver<()>,
    timeout: JsValue,
    _closure: Closure<dyn FnMut()>,
}

impl Future for After {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.elapsed).poll(context).map(|_| ())
    }
}

impl Drop for After {
    fn drop(&mut self) {
        clear_timeout(&self.timeout);
    }
}

impl fmt::Debug for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("After").finish_non_exhaustive()
    }
}

/// The browser's clock for waiting on a provider.
#[derive(Clone, Copy, Debug, Default)]
pub struct BrowserTimer;

impl weir_cloud::Timer for BrowserTimer {
    fn after(&self, wait: Duration) -> impl Future<Output = ()> {
        after(wait.as_secs_f64() * 1_000.0)
    }
}

/// Calls a closure again and again until it is dropped.
pub(crate) struct Every {
    interval: JsValue,
    _closure: Closure<dyn FnMut()>,
}

impl Every {
    pub(crate) fn new(ms: f64, tick: impl FnMut() + 'static) -> Self {
        let closure = Closure::<dyn FnMut()>::new(tick);
        let interval = set_interval(closure.as_ref().unchecked_ref(), ms);
        Self {
            interval,
            _closure: closure,
        }
    }
}

impl Drop for Every {
    fn drop(&mut self) {
        clear_interval(&self.interval);
    }
}

/// Lets every event that is already waiting be handled first: a message that says stop, for one.
///
/// A message to oneself is queued behind them at once, where a timer of 0 ms, nested a few times,
/// waits for 4 ms.
pub async fn yield_to_events() {
    let (sender, turn) = oneshot::channel();
    let queued = QUEUE.with_borrow_mut(|queue| {
        let queue = match queue {
            Some(queue) => queue,
            None => queue.insert(Queue::open()?),
        };
        queue.out.post_message(&JsValue::NULL).ok()?;
        WAITING.with_borrow_mut(|waiting| waiting.push_back(sender));
        Some(())
    });
    match queued {
        Some(()) => {
            let _ = turn.await;
        }
        None => after(0.0).await,
    }
}

/// A channel to oneself.
struct Queue {
    out: MessagePort,
    _back: Listener,
}

impl Queue {
    fn open() -> Option<Self> {
        let channel = MessageChannel::new().ok()?;
        let back = channel.port2();
        let listener = Listener::new(&back, "message", |_| {
            // Taken out first: whoever wakes up may want to wait again at once.
            let next = WAITING.with_borrow_mut(VecDeque::pop_front);
            if let Some(next) = next {
                let _ = next.send(());
            }
        });
        back.start();
        Some(Self {
            out: channel.port1(),
            _back: listener,
        })
    }
}

thread_local! {
    static QUEUE: RefCell<Option<Queue>> = const { RefCell::new(None) };
    static WAITING: RefCell<VecDeque<oneshot::Sender<()>>> = const { RefCell::new(VecDeque::new()) };
}
