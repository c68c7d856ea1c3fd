//! The products in plain Rust, written so that the compiler turns the inner loops into SIMD.

use super::{BLOCK, Blocks4, Blocks8, BlocksHalves, BlocksX};

/// Weights of a block that share a scale in Q8Halves.
const HALF: usize = BLOCK / 2;

/// Products of `R` rows of Q4 weights with `C` rows of activations.
pub(super) fn q4<const R: usize, const C: usize>(
    w: [Blocks4<'_>; R],
    x: [BlocksX<'_>; C],
) -> [[f32; C]; R] {
    let mut sums = [[0.0; C]; R];
    for (w, sums) in w.iter().zip(&mut sums) {
        for (b, (bytes, [scale, minimum])) in w.quants.iter().zip(w.scales).enumerate() {
            let mut wide = [0_i16; BLOCK];
            for i in 0..BLOCK / 2 {
                wide[i] = i16::from(bytes[i] & 15);
                wide[i + BLOCK / 2] = i16::from(bytes[i] >> 4);
            }
            for (x, sum) in x.iter().zip(sums.iter_mut()) {
                let [d, s] = x.scales[b];
                *sum += scale * d * dot(&wide, &x.quants[b]) + minimum * s;
            }
        }
    }
    sums
}

/// Products of `R` rows of Q8 weights with `C` rows of activations.
pub(super) fn q8<const R: usize, const C: usize>(
    w: [Blocks8<'_>; R],
    x: [BlocksX<'_>; C],
) -> [[f32; C]; R] {
    let mut sums = [[0.0; C]; R];
    for (w, sums) in w.iter().zip(&mut sums) {
        for (b, (bytes, scale)) in w.quants.iter().zip(w.scales).enumerate() {
            let mut wide = [0_i16; BLOCK];
            for i in 0..BLOCK {
                wide[i] = i16::from(bytes[i]);
            }
            for (x, sum) in x.iter().zip(sums.iter_mut()) {
                *sum += scale * x.scales[b][0] * dot(&wide, &x.quants[b]);
            }
        }
    }
    sums
}

/// Products of `R` rows of Q8Halves weights with `C` rows of activations.
pub(super) fn q8_halves<const R: usize, const C: usize>(
    w: [BlocksHalves<'_>; R],
    x: [BlocksX<'_>; C],
) -> [[f32; C]; R] {
    let mut sums = [[0.0; C]; R];
    for (w, sums) in w.iter().zip(&mut sums) {
        for (b, (bytes, [first, second, minimum])) in w.quants.iter().zip(w.scales).enumerate() {
            let wide = bytes.map(i16::from);
            let (wide, _) = wide.as_chunks::<HALF>();
            for (x, sum) in x.iter().zip(sums.iter_mut()) {
                let [d, s] = x.scales[b];
                let (x, _) = x.quants[b].as_chunks::<HALF>();
                let scaled = first * dot(&wide[0], &x[0]) + second * dot(&wide[1], &x[1]);
                *sum += d * scaled + minimum * s;
            }
        }
    }
    sums
}

/// `x · inverse`, rounded to the nearest signed word.
pub(super) fn round(x: &[f32; BLOCK], inverse: f32) -> [i16; BLOCK] {
    let mut words = [0; BLOCK];
    for i in 0..BLOCK {
        words[i] = (x[i] * inverse).round_ties_even() as i16;
    }
    words
}

#[inline(always)]
fn dot<const N: usize>(w: &[i16; N], x: &[i16; N]) -> f32 {
    let mut sum = 0;
    for i in 0..N {
        sum += i32::from(w[i]) * i32::from(x[i]);
    }
    sum as f32
}
