//! The products in WebAssembly's SIMD128.
//!
//! A block of 32 products is four `i32x4_dot_i16x8`, added as 32-bit integers and scaled as floats.
//! They fit: 32 products of Q4 weights (0 to 15) are at most 32 · 15 · 32,767 < 2²⁴, those of Q8
//! weights at most 32 · 128 · 32,767 < 2²⁷.

use super::{BLOCK, Blocks4, Blocks8, BlocksHalves, BlocksX};
use core::arch::wasm32::{
    f32x4_add, f32x4_convert_i32x4, f32x4_extract_lane, f32x4_mul, f32x4_nearest, f32x4_splat,
    i16x8_extend_high_i8x16, i16x8_extend_low_i8x16, i16x8_narrow_i32x4, i32x4_add,
    i32x4_dot_i16x8, i32x4_trunc_sat_f32x4, u8x16_shr, u8x16_splat, v128, v128_and,
};

/// Products of `R` rows of Q4 weights with `C` rows of activations.
pub(super) fn q4<const R: usize, const C: usize>(
    w: [Blocks4<'_>; R],
    x: [BlocksX<'_>; C],
) -> [[f32; C]; R] {
    let blocks = w[0].quants.len();
    let mut sums = [[f32x4_splat(0.0); C]; R];
    let mut minima = [[0.0; C]; R];
    for b in 0..blocks {
        for r in 0..R {
            let bytes = bytemuck::cast(w[r].quants[b]);
            let [scale, minimum] = w[r].scales[b];
            let weights = words([v128_and(bytes, u8x16_splat(15)), u8x16_shr(bytes, 4)]);
            for c in 0..C {
                let [d, s] = x[c].scales[b];
                sums[r][c] = scaled(sums[r][c], dot(weights, &x[c].quants[b]), scale * d);
                minima[r][c] += minimum * s;
            }
        }
    }
    for r in 0..R {
        for c in 0..C {
            minima[r][c] += total(sums[r][c]);
        }
    }
    minima
}

/// Products of `R` rows of Q8 weights with `C` rows of activations.
pub(super) fn q8<const R: usize, const C: usize>(
    w: [Blocks8<'_>; R],
    x: [BlocksX<'_>; C],
) -> [[f32; C]; R] {
    let blocks = w[0].quants.len();
    let mut sums = [[f32x4_splat(0.0); C]; R];
    for b in 0..blocks {
        for r in 0..R {
            let weights = words(bytemuck::cast(w[r].quants[b]));
            for c in 0..C {
                let scale = w[r].scales[b] * x[c].scales[b][0];
                sums[r][c] = scaled(sums[r][c], dot(weights, &x[c].quants[b]), scale);
            }
        }
    }
    let mut totals = [[0.0; C]; R];
    for r in 0..R {
        for c in 0..C {
            totals[r][c] = total(sums[r][c]);
        }
    }
    totals
}

/// Products of `R` rows of Q8Halves weights with `C` rows of activations.
pub(super) fn q8_halves<const R: usize, const C: usize>(
    w: [BlocksHalves<'_>; R],
    x: [BlocksX<'_>; C],
) -> [[f32; C]; R] {
    let blocks = w[0].quants.len();
    let mut sums = [[f32x4_splat(0.0); C]; R];
    let mut minima = [[0.0; C]; R];
    for b in 0..blocks {
        for r in 0..R {
            let weights = words(bytemuck::cast(w[r].quants[b]));
            let [first, second, minimum] = w[r].scales[b];
            for c in 0..C {
                let [d, s] = x[c].scales[b];
                let [low, high] = halves(weights, &x[c].quants[b]);
                sums[r][c] = scaled(sums[r][c], low, first * d);
                sums[r][c] = scaled(sums[r][c], high, second * d);
                minima[r][c] += minimum * s;
            }
        }
    }
    for r in 0..R {
        for c in 0..C {
            minima[r][c] += total(sums[r][c]);
        }
    }
    minima
}

/// `x · inverse`, rounded to the nearest signed word.
pub(super) fn round(x: &[f32; BLOCK], inverse: f32) -> [i16; BLOCK] {
    let inverse = f32x4_splat(inverse);
    let (fours, _) = x.as_chunks::<4>();
    let whole = |i: usize| {
        i32x4_trunc_sat_f32x4(f32x4_nearest(f32x4_mul(bytemuck::cast(fours[i]), inverse)))
    };
    let words = |i: usize| i16x8_narrow_i32x4(whole(i), whole(i + 1));
    bytemuck::cast([words(0), words(2), words(4), words(6)])
}

/// 32 signed bytes as words.
fn words([low, high]: [v128; 2]) -> [v128; 4] {
    [
        i16x8_extend_low_i8x16(low),
        i16x8_extend_high_i8x16(low),
        i16x8_extend_low_i8x16(high),
        i16x8_extend_high_i8x16(high),
    ]
}

/// The products of a block, in four sums.
fn dot(weights: [v128; 4], x: &[i16; BLOCK]) -> v128 {
    let [low, high] = halves(weights, x);
    i32x4_add(low, high)
}

/// The products of each half of a block, in four sums.
fn halves(weights: [v128; 4], x: &[i16; BLOCK]) -> [v128; 2] {
    let x: [v128; 4] = bytemuck::cast(*x);
    let products = |i: usize| i32x4_dot_i16x8(weights[i], x[i]);
    [
        i32x4_add(products(0), products(1)),
        i32x4_add(products(2), products(3)),
    ]
}

fn scaled(sum: v128, products: v128, scale: f32) -> v128 {
    f32x4_add(
        sum,
        f32x4_mul(f32x4_convert_i32x4(products), f32x4_splat(scale)),
    )
}

fn total(sums: v128) -> f32 {
    f32x4_extract_lane::<0>(sums)
        + f32x4_extract_lane::<1>(sums)
        + (f32x4_extract_lane::<2>(sums) + f32x4_extract_lane::<3>(sums))
}
