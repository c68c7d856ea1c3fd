//! A search that ends: a fixed number of mutations of a corpus, the same each time, each under a count
//! of the memory that it takes.

#![expect(unsafe_code, reason = "an allocator that counts is still an allocator")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// How much memory an input may take.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// Bytes for any input at all.
    pub base: usize,
    /// Bytes for each byte of the input.
    pub per_byte: usize,
}

/// No input takes longer: it would be one that never ends.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most changes that make a mutation of a seed.
const CHANGES: usize = 8;
/// The longest input, in bytes.
const LONGEST: usize = 1 << 16;
/// Numbers that lengths and counts are mistaken at.
const EDGES: [u64; 8] = [
    0,
    1,
    0x7F,
    0xFF,
    0x7FFF_FFFF,
    0xFFFF_FFFF,
    1_000_000_000,
    u64::MAX,
];

thread_local! {
    /// Bytes that this thread holds, and the most that it held since it was last asked.
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

/// The system's allocator, with a count for each thread. A test makes it its `#[global_allocator]`.
#[derive(Debug)]
pub struct Meter;

// SAFETY: every call goes to the system's allocator unchanged; the counts are plain cells without a
// destructor, so that they can be reached at any time in a thread's life.
unsafe impl GlobalAlloc for Meter {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller keeps the promises that this function asks of it.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

fn count(bytes: isize) {
    HELD.set(HELD.get() + bytes);
    MOST.set(MOST.get().max(HELD.get()));
}

/// Calls `check` with every seed of a folder and with this many mutations of them.
///
/// # Panics
/// If `check` does, if it takes more memory than it may or does not end, or if there is no seed. The
/// input is printed.
pub fn run(corpus: &Path, mutations: u32, memory: Allowance, check: fn(&[u8])) {
    let seeds = seeds(corpus);
    assert!(!seeds.is_empty(), "{} holds no seed", corpus.display());
    for seed in &seeds {
        judge(seed, memory, check);
    }
    let mut random = Random(0x5eed);
    for _ in 0..mutations {
        judge(&mutation(&seeds, &mut random), memory, check);
    }
}

fn seeds(corpus: &Path) -> Vec<Vec<u8>> {
    let mut files: Vec<_> = fs::read_dir(corpus)
        .unwrap_or_else(|error| panic!("{}: {error}", corpus.display()))
        .map(|entry| entry.expect("a folder can be read to its end").path())
        .collect();
    files.sort();
    let read = |file| fs::read(file).expect("a seed can be read");
    files.iter().map(read).collect()
}

/// Prints the input that it holds if the check of it panics.
struct Suspect<'a>(&'a [u8]);

impl Drop for Suspect<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the input was \"{}\"", self.0.escape_ascii());
        }
    }
}

fn judge(input: &[u8], memory: Allowance, check: fn(&[u8])) {
    let _suspect = Suspect(input);
    let before = HELD.get();
    MOST.set(before);
    let begun = Instant::now();
    check(input);
    let took = MOST.get() - before;
    let allowed = memory.base + memory.per_byte * input.len();
    assert!(
        took <= allowed as isize,
        "it took {took} bytes of {allowed}"
    );
    assert!(begun.elapsed() < PATIENCE, "it took {:?}", begun.elapsed());
}

/// A seed with a few changes.
fn mutation(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(CHANGES) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(16)).min(bytes.len());
        match random.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 if at < bytes.len() => bytes[at] = random.next() as u8,
            2 => overwrite(
                &mut bytes,
                at,
                &EDGES[random.below(EDGES.len())].to_le_bytes(),
            ),
            3 => bytes.truncate(at),
            4 => drop(bytes.drain(at..end)),
            5 => {
                let piece = bytes[at..end].repeat(1 + random.below(64));
                bytes.splice(at..at, piece);
            }
            _ => {
                let other = &seeds[random.below(seeds.len())];
                bytes.truncate(at);
                bytes.extend_from_slice(&other[random.below(other.len() + 1)..]);
            }
        }
    }
    bytes.truncate(LONGEST);
    bytes
}

fn overwrite(bytes: &mut [u8], at: usize, with: &[u8]) {
    let room = &mut bytes[at..];
    let length = room.len().min(with.len());
    room[..length].copy_from_slice(&with[..length]);
}

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}
