//! The products in WebAssembly's SIMD128.
//!
//! A block of 32 products is four `extmul` (16 bits wide), added while they still fit, widened once
//! to 32 bits, and scaled as floats. Q4 weights are 0 to 15, so that four products sum to at most
//! 4 · 15 · 128 = 7,680; two products of Q8 weights to at most 2 · 128 · 127 = 32,512.

use super::{BLOCK, Blocks4, Blocks8, BlocksX};
use core::arch::wasm32::{
    f32x4_add, f32x4_convert_i32x4, f32x4_extract_lane, f32x4_mul, f32x4_nearest, f32x4_splat,
    i8x16_narrow_i16x8, i16x8_add, i16x8_extmul_high_i8x16, i16x8_extmul_low_i8x16,
    i16x8_narrow_i32x4, i32x4_add, i32x4_extadd_pairwise_i16x8, i32x4_trunc_sat_f32x4, u8x16_shr,
    u8x16_splat, v128, v128_and,
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
            let low = v128_and(bytes, u8x16_splat(15));
            let high = u8x16_shr(bytes, 4);
            let [scale, minimum] = w[r].scales[b];
            for c in 0..C {
                let [x_low, x_high] = halves(&x[c].quants[b]);
                let [d, s] = x[c].scales[b];
                let first = i16x8_add(
                    i16x8_extmul_low_i8x16(low, x_low),
                    i16x8_extmul_high_i8x16(low, x_low),
                );
                let second = i16x8_add(
                    i16x8_extmul_low_i8x16(high, x_high),
                    i16x8_extmul_high_i8x16(high, x_high),
                );
                let products = i32x4_extadd_pairwise_i16x8(i16x8_add(first, second));
                sums[r][c] = scaled(sums[r][c], products, scale * d);
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
            let [low, high] = halves(&w[r].quants[b]);
            for c in 0..C {
                let [x_low, x_high] = halves(&x[c].quants[b]);
                let products = i32x4_add(pairs(low, x_low), pairs(high, x_high));
                sums[r][c] = scaled(sums[r][c], products, w[r].scales[b] * x[c].scales[b][0]);
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

/// `x · inverse`, rounded to the nearest signed byte. Ties go to the even byte here and away from
/// zero in plain Rust; either is within half a step.
pub(super) fn round(x: &[f32; BLOCK], inverse: f32) -> [i8; BLOCK] {
    let inverse = f32x4_splat(inverse);
    let (fours, _) = x.as_chunks::<4>();
    let whole = |i: usize| {
        i32x4_trunc_sat_f32x4(f32x4_nearest(f32x4_mul(bytemuck::cast(fours[i]), inverse)))
    };
    let words = |i: usize| i16x8_narrow_i32x4(whole(i), whole(i + 1));
    let bytes = |i: usize| i8x16_narrow_i16x8(words(i), words(i + 2));
    bytemuck::cast([bytes(0), bytes(4)])
}

fn halves(block: &[i8; BLOCK]) -> [v128; 2] {
    bytemuck::cast(*block)
}

/// The products of two vectors of bytes, in four sums.
fn pairs(a: v128, b: v128) -> v128 {
    i32x4_extadd_pairwise_i16x8(i16x8_add(
        i16x8_extmul_low_i8x16(a, b),
        i16x8_extmul_high_i8x16(a, b),
    ))
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
