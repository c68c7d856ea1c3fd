//! WebAssembly's SIMD128, and one instruction of its relaxed extension where that is enabled.

use core::arch::wasm32 as arch;

/// A register.
pub(crate) use core::arch::wasm32::v128 as V;

#[inline(always)]
pub(crate) fn zero() -> V {
    arch::i32x4_splat(0)
}

#[inline(always)]
pub(crate) fn splat(value: i32) -> V {
    arch::i32x4_splat(value)
}

#[inline(always)]
pub(crate) fn load(bytes: &[u8; 16]) -> V {
    // SAFETY: sixteen bytes are there to be read, and any alignment will do.
    unsafe { arch::v128_load(bytes.as_ptr().cast()) }
}

#[inline(always)]
pub(crate) fn floats(values: &[f32; 4]) -> V {
    // SAFETY: sixteen bytes are there to be read, and any alignment will do.
    unsafe { arch::v128_load(values.as_ptr().cast()) }
}

/// Adds four floats to those in memory.
///
/// # Safety
/// `to` points at four floats.
#[inline(always)]
pub(crate) unsafe fn add_to(to: *mut f32, values: V) {
    let to = to.cast::<V>();
    // SAFETY: the caller has four floats there, and any alignment will do.
    unsafe { arch::v128_store(to, arch::f32x4_add(arch::v128_load(to), values)) }
}

#[inline(always)]
pub(crate) fn low_nibbles(bytes: V) -> V {
    arch::v128_and(bytes, arch::u8x16_splat(15))
}

#[inline(always)]
pub(crate) fn high_nibbles(bytes: V) -> V {
    arch::u8x16_shr(bytes, 4)
}

/// Four bits of each 16, from bit `SHIFT` on.
#[inline(always)]
pub(crate) fn word_nibbles<const SHIFT: i32>(bytes: V) -> V {
    arch::v128_and(arch::u16x8_shr(bytes, SHIFT as u32), arch::u16x8_splat(15))
}

/// Bytes with an even number as words.
#[inline(always)]
pub(crate) fn even_bytes(bytes: V) -> V {
    odd_bytes(arch::i16x8_shl(bytes, 8))
}

/// Bytes with an odd number as words.
#[inline(always)]
pub(crate) fn odd_bytes(bytes: V) -> V {
    arch::i16x8_shr(bytes, 8)
}

/// The sums of the products of neighbouring words.
#[inline(always)]
pub(crate) fn dot_words(a: V, b: V) -> V {
    arch::i32x4_dot_i16x8(a, b)
}

/// The sums of the products of neighbouring bytes, of which those of `b` are from 0 to 127.
#[inline(always)]
pub(crate) fn dot_bytes(a: V, b: V) -> V {
    #[cfg(target_feature = "relaxed-simd")]
    return arch::i16x8_relaxed_dot_i8x16_i7x16(a, b);
    #[cfg(not(target_feature = "relaxed-simd"))]
    arch::i16x8_add(
        arch::i16x8_mul(even_bytes(a), even_bytes(b)),
        arch::i16x8_mul(odd_bytes(a), odd_bytes(b)),
    )
}

#[inline(always)]
pub(crate) fn add_i16(a: V, b: V) -> V {
    arch::i16x8_add(a, b)
}

#[inline(always)]
pub(crate) fn add_i32(a: V, b: V) -> V {
    arch::i32x4_add(a, b)
}

/// The sums of neighbouring words.
#[inline(always)]
pub(crate) fn add_neighbours(words: V) -> V {
    arch::i32x4_extadd_pairwise_i16x8(words)
}

/// `sums + integers · scales · scale`.
#[inline(always)]
pub(crate) fn add_scaled(sums: V, integers: V, scales: V, scale: f32) -> V {
    add_times(
        sums,
        arch::f32x4_mul(arch::f32x4_convert_i32x4(integers), scales),
        scale,
    )
}

/// `sums + floats · scale`.
#[inline(always)]
pub(crate) fn add_times(sums: V, floats: V, scale: f32) -> V {
    arch::f32x4_add(sums, arch::f32x4_mul(floats, arch::f32x4_splat(scale)))
}

/// `sums + a · b`.
#[inline(always)]
pub(crate) fn add_products(sums: V, a: V, b: V) -> V {
    arch::f32x4_add(sums, arch::f32x4_mul(a, b))
}

/// The larger magnitudes.
#[inline(always)]
pub(crate) fn largest(a: V, b: V) -> V {
    arch::f32x4_pmax(a, arch::f32x4_abs(b))
}

/// The whole numbers nearest to `floats · scale`, of two the even one.
#[inline(always)]
pub(crate) fn nearest(floats: V, scale: f32) -> V {
    let scaled = arch::f32x4_mul(floats, arch::f32x4_splat(scale));
    arch::i32x4_trunc_sat_f32x4(arch::f32x4_nearest(scaled))
}

/// Eight integers as words, or the nearest that words can be.
#[inline(always)]
pub(crate) fn narrow_i32(a: V, b: V) -> V {
    arch::i16x8_narrow_i32x4(a, b)
}

/// Sixteen words as bytes, or the nearest that bytes can be.
#[inline(always)]
pub(crate) fn narrow_i16(a: V, b: V) -> V {
    arch::i8x16_narrow_i16x8(a, b)
}

/// The words 0, 2, 1, 3 of each half.
#[inline(always)]
pub(crate) fn evens_first(words: V) -> V {
    arch::i16x8_shuffle::<0, 2, 1, 3, 4, 6, 5, 7>(words, words)
}

/// The lanes as integers.
#[inline(always)]
pub(crate) fn to_integers(lanes: V) -> [i32; 4] {
    [
        arch::i32x4_extract_lane::<0>(lanes),
        arch::i32x4_extract_lane::<1>(lanes),
        arch::i32x4_extract_lane::<2>(lanes),
        arch::i32x4_extract_lane::<3>(lanes),
    ]
}

/// The lanes as floats.
#[inline(always)]
pub(crate) fn to_floats(lanes: V) -> [f32; 4] {
    [
        arch::f32x4_extract_lane::<0>(lanes),
        arch::f32x4_extract_lane::<1>(lanes),
        arch::f32x4_extract_lane::<2>(lanes),
        arch::f32x4_extract_lane::<3>(lanes),
    ]
}
