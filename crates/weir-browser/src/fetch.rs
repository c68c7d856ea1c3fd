//! The one binding of the browser's `fetch`. Only [`crate::egress`], [`crate::config`] and the
//! download in [`crate::models`] may use it; a test reads the sources and sees to that.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use futures::Stream;
use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Blob, Navigator, ReadableStreamDefaultReader, ReadableStreamReadResult,
    RequestInit, Response, WorkerNavigator,
};

#[wasm_bindgen]
extern "C" {
    // Bound as a global, because windows and workers have it under the same name.
    #[wasm_bindgen(js_name = fetch)]
    fn fetch_url(url: &str, init: &RequestInit) -> Promise;

    #[wasm_bindgen(thread_local_v2, js_name = navigator)]
    static NAVIGATOR: JsValue;
}

/// Sends a request and waits for the head of its answer. Dropping the future aborts it.
pub(crate) async fn fetch(url: &str, init: &RequestInit) -> Result<Answer, JsValue> {
    let abort = AbortOnDrop(AbortController::new()?);
    init.set_signal(Some(&abort.0.signal()));
    let response = JsFuture::from(fetch_url(url, init)).await?;
    Ok(Answer {
        response: response.unchecked_into(),
        abort,
    })
}

/// Whether the device has a network at all. `true` proves nothing; `false` is certain.
#[must_use]
pub(crate) fn online() -> bool {
    NAVIGATOR.with(|navigator| {
        if let Some(worker) = navigator.dyn_ref::<WorkerNavigator>() {
            return worker.on_line();
        }
        navigator
            .dyn_ref::<Navigator>()
            .is_none_or(Navigator::on_line)
    })
}

/// The head of an answer. Dropping it aborts the request.
pub(crate) struct Answer {
    response: Response,
    abort: AbortOnDrop,
}

impl Answer {
    /// The HTTP status; 0 for a redirect that was not followed.
    pub(crate) fn status(&self) -> u16 {
        self.response.status()
    }

    /// A header, if it is there and the server lets other origins see it.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.response.headers().get(name).ok().flatten()
    }

    /// Every header that can be seen.
    pub(crate) fn headers(&self) -> Vec<(String, String)> {
        let Ok(Some(entries)) = js_sys::try_iter(&self.response.headers()) else {
            return Vec::new();
        };
        entries
            .filter_map(|entry| {
                let entry = entry.ok()?.dyn_into::<Array>().ok()?;
                Some((entry.get(0).as_string()?, entry.get(1).as_string()?))
            })
            .collect()
    }

    /// The whole body as text.
    pub(crate) async fn text(self) -> Result<String, JsValue> {
        let text = JsFuture::from(self.response.text()?).await?;
        Ok(text.as_string().unwrap_or_default())
    }

    /// The body as it arrives.
    pub(crate) fn chunks(self) -> Chunks {
        Chunks {
            reader: self
                .response
                .body()
                .map(|body| body.get_reader().unchecked_into()),
            coming: None,
            _abort: Some(self.abort),
        }
    }
}

/// A body as it arrives, cut anywhere. Dropping it aborts the request.
pub(crate) struct Chunks {
    reader: Option<ReadableStreamDefaultReader>,
    coming: Option<JsFuture>,
    _abort: Option<AbortOnDrop>,
}

impl Chunks {
    /// What `blob` holds.
    pub(crate) fn of(blob: &Blob) -> Self {
        Self {
            reader: Some(blob.stream().get_reader().unchecked_into()),
            coming: None,
            _abort: None,
        }
    }
}

impl Stream for Chunks {
    type Item = Result<Uint8Array, JsValue>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Some(reader) = &this.reader else {
            return Poll::Ready(None);
        };
        let coming = this
            .coming
            .get_or_insert_with(|| JsFuture::from(reader.read()));
        let Poll::Ready(read) = Pin::new(coming).poll(context) else {
            return Poll::Pending;
        };
        this.coming = None;
        let chunk = match read {
            Ok(read) => {
                let read: ReadableStreamReadResult = read.unchecked_into();
                let done = read.get_done().unwrap_or(false);
                (!done).then(|| Ok(read.get_value().unchecked_into()))
            }
            Err(thrown) => Some(Err(thrown)),
        };
        // After its end or its failure a body says nothing more.
        if !matches!(chunk, Some(Ok(_))) {
            this.reader = None;
        }
        Poll::Ready(chunk)
    }
}

impl fmt::Debug for Chunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunks").finish_non_exhaustive()
    }
}

/// Aborts a request that nobody waits for any more; after its end this does nothing.
struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
