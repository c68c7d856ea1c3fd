//! The Cache API, as a place for model files where no file can be written.
//!
//! An entry cannot grow, so a file is a row of entries, one for each piece. What was fetched of a
//! piece that is not whole is lost with the tab.

use std::collections::BTreeSet;

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Response};

use super::shelf::Growing;
use crate::locks::{self, Held};

/// The name of the cache.
const CACHE: &str = "weir:v1:models";
/// Entries are named like addresses below this one; none of them is ever fetched.
const FOLDER: &str = "/weir/models/";
/// Bytes of a piece.
const PIECE: u64 = 8 << 20;
/// A lock that is free is had by then.
const PATIENCE_MS: f64 = 500.0;

// By hand: of the whole interface this is what is needed, and a browser may lack it.
#[wasm_bindgen]
extern "C" {
    type WithCaches;
    // It throws where the page may keep nothing.
    #[wasm_bindgen(catch, method, getter, structural)]
    fn caches(this: &WithCaches) -> Result<Option<Caches>, JsValue>;

    type Caches;
    #[wasm_bindgen(method, structural)]
    fn open(this: &Caches, name: &str) -> Promise;

    #[derive(Clone, Debug)]
    type Cache;
    #[wasm_bindgen(method, structural)]
    fn keys(this: &Cache) -> Promise;
    #[wasm_bindgen(method, structural, js_name = match)]
    fn find(this: &Cache, address: &str) -> Promise;
    #[wasm_bindgen(method, structural)]
    fn put(this: &Cache, address: &str, entry: &Response) -> Promise;
    #[wasm_bindgen(method, structural)]
    fn delete(this: &Cache, address: &str) -> Promise;

    type Request;
    #[wasm_bindgen(method, getter, structural)]
    fn url(this: &Request) -> String;
}

/// A cache whose entries are pieces of files.
#[derive(Clone, Debug)]
pub(super) struct Pieces(Cache);

impl Pieces {
    /// `None` where the browser has none for this page.
    pub(super) async fn open() -> Option<Self> {
        let scope: WithCaches = js_sys::global().unchecked_into();
        let caches = scope.caches().ok()??;
        let cache = JsFuture::from(caches.open(CACHE)).await.ok()?;
        Some(Self(cache.unchecked_into()))
    }

    pub(super) async fn read(&self, name: &str) -> Option<Blob> {
        let parts = Array::new();
        while let Some(part) = self.piece(name, parts.length()).await {
            parts.push(&part);
        }
        if parts.length() == 0 {
            return None;
        }
        Blob::new_with_blob_sequence(&parts).ok()
    }

    /// Replaces a small file. Nothing depends on its success.
    pub(super) async fn save(&self, name: &str, bytes: &[u8]) {
        let _ = self
            .put(name, 0, &Array::of1(&Uint8Array::from(bytes)))
            .await;
    }

    /// The file `name`, to go on writing it; `None` while another tab writes it.
    pub(super) async fn grow(&self, name: &str) -> Option<Growing> {
        let lock = locks::hold(&format!("{CACHE}:{name}"), PATIENCE_MS).await?;
        let kept = self.read(name).await;
        Some(Growing::Pieces(GrowingPieces {
            count: self.count(name).await,
            kept: kept.map_or(0, |blob| blob.size() as u64),
            pending: Array::new(),
            pending_len: 0,
            cache: self.clone(),
            name: name.to_owned(),
            _lock: lock,
        }))
    }

    /// Deletes a file; one that is not there is no error.
    pub(super) async fn remove(&self, name: &str) -> Result<(), JsValue> {
        // From the end: what a closed tab leaves undone is still a row without a gap.
        for index in (0..self.count(name).await).rev() {
            JsFuture::from(self.0.delete(&address(name, index))).await?;
        }
        Ok(())
    }

    pub(super) async fn names(&self) -> BTreeSet<String> {
        let requests = JsFuture::from(self.0.keys()).await;
        let requests: Array = requests.map_or_else(|_| Array::new(), JsCast::unchecked_into);
        let names = requests.iter().filter_map(|request| {
            let url = request.unchecked_into::<Request>().url();
            let (_, path) = url.split_once(FOLDER)?;
            path.rsplit_once('/').map(|(name, _)| name.to_owned())
        });
        names.collect()
    }

    async fn count(&self, name: &str) -> u32 {
        let mut count = 0;
        while self.found(name, count).await.is_some() {
            count += 1;
        }
        count
    }

    async fn piece(&self, name: &str, index: u32) -> Option<Blob> {
        let blob = self.found(name, index).await?.blob().ok()?;
        Some(JsFuture::from(blob).await.ok()?.unchecked_into())
    }

    async fn found(&self, name: &str, index: u32) -> Option<Response> {
        let found = JsFuture::from(self.0.find(&address(name, index))).await;
        found.ok()?.dyn_into().ok()
    }

    async fn put(&self, name: &str, index: u32, parts: &Array) -> Result<(), JsValue> {
        let blob = Blob::new_with_blob_sequence(parts)?;
        let entry = Response::new_with_opt_blob(Some(&blob))?;
        JsFuture::from(self.0.put(&address(name, index), &entry)).await?;
        Ok(())
    }
}

fn address(name: &str, index: u32) -> String {
    format!("{FOLDER}{name}/{index}")
}

/// A row of pieces that nobody else adds to.
#[derive(Debug)]
pub(super) struct GrowingPieces {
    cache: Pieces,
    name: String,
    count: u32,
    /// Bytes in entries.
    kept: u64,
    /// What follows, not yet a piece.
    pending: Array,
    pending_len: u64,
    _lock: Held,
}

impl GrowingPieces {
    pub(super) const fn len(&self) -> u64 {
        self.kept + self.pending_len
    }

    pub(super) async fn clear(&mut self) {
        let _ = self.cache.remove(&self.name).await;
        (self.count, self.kept, self.pending_len) = (0, 0, 0);
        self.pending = Array::new();
    }

    /// Adds a chunk; `false` if there was no room, and it was not added.
    pub(super) async fn push(&mut self, chunk: &Uint8Array) -> bool {
        if self.pending_len >= PIECE && !self.flush().await {
            return false;
        }
        self.pending.push(chunk);
        self.pending_len += u64::from(chunk.length());
        true
    }

    /// Makes a piece of what is pending; `false` if there was no room for it.
    pub(super) async fn flush(&mut self) -> bool {
        if self.pending_len == 0 {
            return true;
        }
        let put = self.cache.put(&self.name, self.count, &self.pending).await;
        if put.is_err() {
            return false;
        }
        self.count += 1;
        self.kept += self.pending_len;
        self.pending_len = 0;
        self.pending = Array::new();
        true
    }

    /// What is in no entry.
    pub(super) fn into_pending(self) -> Array {
        self.pending
    }
}
