//! Activations rounded to bytes, as ggml does: relaxed SIMD multiplies and adds sixteen at a time.
//!
//! The nibbles of Q4 weights are the instruction's seven-bit operand. Two products of at most
//! 15 · 127 are added up by it and eight such pairs behind it, which 16 bits hold.

use super::lanes::{self, V};
use super::{BLOCK, Quad, Quad4, Shape, add_products};

/// A block of activations: `quants · scale`.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct Bytes {
    /// From -127 to 127, four to a word.
    pub quants: [i32; BLOCK / 4],
    /// What a quant stands for.
    pub scale: f32,
    /// The sum of all activations as rounded.
    pub sum: f32,
}

/// Adds the products of Q4 weights with activations to `out`.
///
/// # Safety
/// As for every [`Product`](super::Product).
pub unsafe extern "C" fn q4(
    weights: *const Quad4,
    x: *const Bytes,
    out: *mut f32,
    shape: *const Shape,
) {
    // SAFETY: what the caller promises.
    unsafe { add_products(weights, x, out, &*shape) }
}

impl Quad<Bytes> for Quad4 {
    #[inline(always)]
    fn add<const C: usize>(&self, x: [&Bytes; C], sums: &mut [V; C]) {
        let mut pairs = [lanes::zero(); C];
        for (i, values) in self.values.iter().enumerate() {
            let values = lanes::load(values);
            let (low, high) = (lanes::low_nibbles(values), lanes::high_nibbles(values));
            for c in 0..C {
                let product =
                    |at: usize, nibbles| lanes::dot_bytes(lanes::splat(x[c].quants[at]), nibbles);
                pairs[c] = lanes::add_i16(pairs[c], product(i, low));
                pairs[c] = lanes::add_i16(pairs[c], product(i + 4, high));
            }
        }
        let (scales, minima) = (lanes::floats(&self.scales), lanes::floats(&self.minima));
        for c in 0..C {
            let dots = lanes::add_neighbours(pairs[c]);
            sums[c] = lanes::add_scaled(sums[c], dots, scales, x[c].scale);
            sums[c] = lanes::add_times(sums[c], minima, x[c].sum);
        }
    }
}
