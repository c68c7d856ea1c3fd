//! What is said about a model's memory before it is loaded, against what it takes.
#![allow(clippy::unwrap_used, reason = "tests")]
#![expect(
    unsafe_code,
    reason = "an allocator that counts can only be written with it"
)]

mod model_file;

use futures::executor::block_on;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use weir_llm::chat::ChatTemplate;
use weir_llm::device::{self, DeviceKind};
use weir_llm::estimate::Estimate;
use weir_llm::gguf::Gguf;
use weir_llm::model::Llama;
use weir_llm::tokenizer::Tokenizer;

/// Bytes that are taken now, and the most that were.
static TAKEN: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let taken = TAKEN.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        MOST.fetch_max(taken, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of the same method.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        TAKEN.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of the same method.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most that was taken while `work` ran, beyond what was taken before.
fn most<T>(work: impl FnOnce() -> T) -> (u64, T) {
    let before = TAKEN.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    let made = work();
    ((MOST.load(Ordering::Relaxed) - before) as u64, made)
}

#[test]
fn the_shipped_model_takes_what_was_estimated() {
    const CONTEXT: usize = 2048;
    /// On a processor the cache grows: it takes what was read, not the context.
    const READ: u32 = 64;
    let Some((source, gguf)) = model_file::open() else {
        return;
    };
    let estimate = Estimate::of(&gguf).unwrap();
    drop(gguf);
    let device = block_on(device::open(DeviceKind::Cpu)).unwrap();

    let (head, (gguf, tokenizer)) = most(|| {
        let gguf = block_on(Gguf::read(&source)).unwrap();
        let tokenizer = Tokenizer::from_gguf(&gguf).unwrap();
        (gguf, tokenizer)
    });
    let template = ChatTemplate::from_gguf(&gguf, &tokenizer).unwrap();
    let (network, _kept) = most(|| {
        let llama = block_on(Llama::load(&gguf, &source, &device, |_| {})).unwrap();
        let mut cache = llama.cache(CONTEXT);
        let prompt: Vec<u32> = (0..READ).collect();
        let read = block_on(llama.prefill(&mut cache, &prompt, None, async |_| {})).unwrap();
        (llama, cache, read)
    });
    drop(template);
    let estimated = estimate.total(u64::from(READ));
    println!("head {head}, network {network}, estimate {estimate:?}, in all {estimated}");
    let measured = head + network;
    assert!(
        (measured * 9 / 10..measured * 5 / 4).contains(&estimated),
        "{estimated} bytes were estimated where {measured} are taken"
    );
}
