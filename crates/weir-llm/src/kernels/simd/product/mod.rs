//! Products of quantised weights with rounded activations, four rows at a time.
//!
//! A block of four rows is a *quad*: the words of one row's block, first its values, then its
//! scales, each beside the same word of the three other rows. Sixteen bytes of a quad are thus four
//! bytes of each row, and every lane of a register belongs to one row: nothing is summed across
//! lanes, and the scales of the four rows are one load.
//!
//! This folder is compiled twice: as a part of this crate, and, alone, as the WebAssembly module
//! with relaxed SIMD that the worker loads where the browser can. So it names nothing outside of
//! itself but `core`, and nothing here can panic.

#![expect(
    unsafe_code,
    reason = "shapes are known only when it runs, and a checked index could panic"
)]

pub mod bytes;
pub(crate) mod lanes;
pub mod words;

use lanes::V;

/// Weights of a row that share a scale.
const BLOCK: usize = 32;

/// A quad of Q4 weights.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct Quad4 {
    values: [[u8; 16]; 4],
    scales: [f32; 4],
    minima: [f32; 4],
}

/// A quad of Q8 weights.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct Quad8 {
    values: [[u8; 16]; 8],
    scales: [f32; 4],
}

/// A quad of Q8Halves weights.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct QuadHalves {
    values: [[u8; 16]; 8],
    /// Of the first 16 weights of each row, and of the others.
    scales: [[f32; 4]; 2],
    minima: [f32; 4],
}

/// What can be multiplied with activations of the type `X`.
trait Quad<X> {
    /// Adds the products with `C` blocks of activations to `sums`, a row to a lane.
    fn add<const C: usize>(&self, x: [&X; C], sums: &mut [V; C]);
}

/// How many quads and activations there are, and where their products go.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct Shape {
    /// Rows, divided by four.
    pub quads: usize,
    /// Blocks in a row.
    pub blocks: usize,
    /// Vectors of activations.
    pub tokens: usize,
    /// From the products of one vector to those of the next.
    pub stride: usize,
}

/// Adds the products of weights with activations to `out`: those of row `r` with vector `t` to
/// `out[t · stride + r]`.
///
/// # Safety
/// The shape tells the truth: there are `quads · blocks` weights and `tokens · blocks` blocks of
/// activations, and `out` is `[tokens, stride]` with `stride ≥ 4 · quads`.
pub type Product<Q, X> = unsafe extern "C" fn(*const Q, *const X, *mut f32, *const Shape);

/// A [`Product`], four vectors at a time, so that weights are unpacked once for all of them.
///
/// # Safety
/// As for every [`Product`].
#[inline(always)]
unsafe fn add_products<Q: Quad<X>, X>(
    weights: *const Q,
    x: *const X,
    out: *mut f32,
    shape: &Shape,
) {
    let Shape {
        quads,
        blocks,
        tokens,
        stride,
    } = *shape;
    for quad in 0..quads {
        // SAFETY: the caller vouches for all elements that these loops count to.
        unsafe {
            let row = weights.add(quad * blocks);
            let out = out.add(4 * quad);
            let mut token = 0;
            while token + 4 <= tokens {
                let x = x.add(token * blocks);
                tile::<4, Q, X>(row, x, blocks, out.add(token * stride), stride);
                token += 4;
            }
            while token < tokens {
                let x = x.add(token * blocks);
                tile::<1, Q, X>(row, x, blocks, out.add(token * stride), stride);
                token += 1;
            }
        }
    }
}

/// One quad of rows with `C` vectors.
///
/// # Safety
/// As for every [`Product`], with one quad and `C` vectors.
#[inline(always)]
unsafe fn tile<const C: usize, Q: Quad<X>, X>(
    weights: *const Q,
    x: *const X,
    blocks: usize,
    out: *mut f32,
    stride: usize,
) {
    let mut sums = [lanes::zero(); C];
    for block in 0..blocks {
        // SAFETY: `block` is one of `blocks`, of which there are `C` runs in `x`.
        let (weights, x) = unsafe {
            (
                &*weights.add(block),
                core::array::from_fn(|c| &*x.add(c * blocks + block)),
            )
        };
        weights.add(x, &mut sums);
    }
    for (c, sum) in sums.into_iter().enumerate() {
        // SAFETY: the caller has four columns for each of `C` vectors here.
        unsafe { lanes::add_to(out.add(c * stride), sum) };
    }
}
