//! Activations rounded to 16 bits, which no logit shows: what SIMD without the relaxed instructions
//! multiplies about as quickly as bytes.
//!
//! 32 products are added up as 32-bit integers. They fit: those of Q4 weights (0 to 15) are at most
//! 32 · 15 · 32,767 < 2²⁴, those of Q8 weights at most 32 · 128 · 32,767 < 2²⁷.

use super::lanes::{self, V};
use super::{BLOCK, Quad, Quad4, Quad8, QuadHalves, Shape, add_products};

/// A block of activations: `quants · scale`.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct Words {
    /// Of each four neighbours first those with an even, then those with an odd number, two to a
    /// word: so do shifts leave the bytes of a weight's word.
    pub quants: [[i32; 2]; BLOCK / 4],
    /// What a quant stands for.
    pub scale: f32,
    /// The sum of all activations as rounded.
    pub sum: f32,
}

impl Words {
    /// The even or odd ones of the four neighbours `index`, in every lane.
    #[inline(always)]
    fn pair(&self, index: usize, odd: usize) -> V {
        lanes::splat(self.quants[index][odd])
    }
}

/// Adds the products of Q4 weights with activations to `out`.
///
/// # Safety
/// As for every [`Product`](super::Product).
pub unsafe extern "C" fn q4(
    weights: *const Quad4,
    x: *const Words,
    out: *mut f32,
    shape: *const Shape,
) {
    // SAFETY: what the caller promises.
    unsafe { add_products(weights, x, out, &*shape) }
}

/// Adds the products of Q8 weights with activations to `out`.
///
/// # Safety
/// As for every [`Product`](super::Product).
pub unsafe extern "C" fn q8(
    weights: *const Quad8,
    x: *const Words,
    out: *mut f32,
    shape: *const Shape,
) {
    // SAFETY: what the caller promises.
    unsafe { add_products(weights, x, out, &*shape) }
}

/// Adds the products of Q8Halves weights with activations to `out`.
///
/// # Safety
/// As for every [`Product`](super::Product).
pub unsafe extern "C" fn q8_halves(
    weights: *const QuadHalves,
    x: *const Words,
    out: *mut f32,
    shape: *const Shape,
) {
    // SAFETY: what the caller promises.
    unsafe { add_products(weights, x, out, &*shape) }
}

impl Quad<Words> for Quad4 {
    #[inline(always)]
    fn add<const C: usize>(&self, x: [&Words; C], sums: &mut [V; C]) {
        let mut dots = [lanes::zero(); C];
        for (i, values) in self.values.iter().enumerate() {
            let values = lanes::load(values);
            let low = lanes::word_nibbles::<0>(values);
            let high = lanes::word_nibbles::<4>(values);
            let odd_low = lanes::word_nibbles::<8>(values);
            let odd_high = lanes::word_nibbles::<12>(values);
            for c in 0..C {
                let even = lanes::add_i32(
                    lanes::dot_words(low, x[c].pair(i, 0)),
                    lanes::dot_words(high, x[c].pair(i + 4, 0)),
                );
                let odd = lanes::add_i32(
                    lanes::dot_words(odd_low, x[c].pair(i, 1)),
                    lanes::dot_words(odd_high, x[c].pair(i + 4, 1)),
                );
                dots[c] = lanes::add_i32(dots[c], lanes::add_i32(even, odd));
            }
        }
        let (scales, minima) = (lanes::floats(&self.scales), lanes::floats(&self.minima));
        for c in 0..C {
            sums[c] = lanes::add_scaled(sums[c], dots[c], scales, x[c].scale);
            sums[c] = lanes::add_times(sums[c], minima, x[c].sum);
        }
    }
}

impl Quad<Words> for Quad8 {
    #[inline(always)]
    fn add<const C: usize>(&self, x: [&Words; C], sums: &mut [V; C]) {
        let dots = dot_signed::<C, 0, 8>(&self.values, x);
        let scales = lanes::floats(&self.scales);
        for c in 0..C {
            sums[c] = lanes::add_scaled(sums[c], dots[c], scales, x[c].scale);
        }
    }
}

impl Quad<Words> for QuadHalves {
    #[inline(always)]
    fn add<const C: usize>(&self, x: [&Words; C], sums: &mut [V; C]) {
        let halves = [
            dot_signed::<C, 0, 4>(&self.values, x),
            dot_signed::<C, 4, 8>(&self.values, x),
        ];
        let minima = lanes::floats(&self.minima);
        for c in 0..C {
            for (dots, scales) in halves.iter().zip(&self.scales) {
                sums[c] = lanes::add_scaled(sums[c], dots[c], lanes::floats(scales), x[c].scale);
            }
            sums[c] = lanes::add_times(sums[c], minima, x[c].sum);
        }
    }
}

/// The products with the fours `FROM..TO` of signed bytes.
#[inline(always)]
fn dot_signed<const C: usize, const FROM: usize, const TO: usize>(
    values: &[[u8; 16]; 8],
    x: [&Words; C],
) -> [V; C] {
    let mut dots = [lanes::zero(); C];
    for i in FROM..TO {
        let values = lanes::load(&values[i]);
        let (even, odd) = (lanes::even_bytes(values), lanes::odd_bytes(values));
        for c in 0..C {
            let both = lanes::add_i32(
                lanes::dot_words(even, x[c].pair(i, 0)),
                lanes::dot_words(odd, x[c].pair(i, 1)),
            );
            dots[c] = lanes::add_i32(dots[c], both);
        }
    }
    dots
}
