//! SSE2, which every x86-64 processor has.

use core::arch::x86_64 as arch;

/// A register.
pub(crate) use core::arch::x86_64::__m128i as V;

/// Functions of a few instructions each.
macro_rules! instructions {
    ($($(#[$doc:meta])* fn $name:ident$(<const $shift:ident: i32>)?($($operand:ident: $kind:ty),*) -> $result:ty $body:block)*) => {
        $(
            $(#[$doc])*
            #[inline(always)]
            pub(crate) fn $name$(<const $shift: i32>)?($($operand: $kind),*) -> $result {
                // SAFETY: the instructions are there, and references are to all that is read.
                unsafe { $body }
            }
        )*
    };
}

instructions! {
    fn zero() -> V {
        arch::_mm_setzero_si128()
    }

    fn splat(value: i32) -> V {
        arch::_mm_set1_epi32(value)
    }

    fn load(bytes: &[u8; 16]) -> V {
        arch::_mm_loadu_si128(bytes.as_ptr().cast())
    }

    fn floats(values: &[f32; 4]) -> V {
        arch::_mm_loadu_si128(values.as_ptr().cast())
    }

    fn low_nibbles(bytes: V) -> V {
        arch::_mm_and_si128(bytes, arch::_mm_set1_epi8(15))
    }

    fn high_nibbles(bytes: V) -> V {
        low_nibbles(arch::_mm_srli_epi16::<4>(bytes))
    }

    /// Four bits of each 16, from bit `SHIFT` on.
    fn word_nibbles<const SHIFT: i32>(bytes: V) -> V {
        arch::_mm_and_si128(arch::_mm_srli_epi16::<SHIFT>(bytes), arch::_mm_set1_epi16(15))
    }

    /// Bytes with an even number as words.
    fn even_bytes(bytes: V) -> V {
        odd_bytes(arch::_mm_slli_epi16::<8>(bytes))
    }

    /// Bytes with an odd number as words.
    fn odd_bytes(bytes: V) -> V {
        arch::_mm_srai_epi16::<8>(bytes)
    }

    /// The sums of the products of neighbouring words.
    fn dot_words(a: V, b: V) -> V {
        arch::_mm_madd_epi16(a, b)
    }

    /// The sums of the products of neighbouring bytes, of which those of `b` are from 0 to 127.
    fn dot_bytes(a: V, b: V) -> V {
        arch::_mm_add_epi16(
            arch::_mm_mullo_epi16(even_bytes(a), even_bytes(b)),
            arch::_mm_mullo_epi16(odd_bytes(a), odd_bytes(b)),
        )
    }

    fn add_i16(a: V, b: V) -> V {
        arch::_mm_add_epi16(a, b)
    }

    fn add_i32(a: V, b: V) -> V {
        arch::_mm_add_epi32(a, b)
    }

    /// The sums of neighbouring words.
    fn add_neighbours(words: V) -> V {
        arch::_mm_madd_epi16(words, arch::_mm_set1_epi16(1))
    }

    /// `sums + integers · scales · scale`.
    fn add_scaled(sums: V, integers: V, scales: V, scale: f32) -> V {
        let scaled = arch::_mm_mul_ps(arch::_mm_cvtepi32_ps(integers), arch::_mm_castsi128_ps(scales));
        add_times(sums, arch::_mm_castps_si128(scaled), scale)
    }

    /// `sums + floats · scale`.
    fn add_times(sums: V, floats: V, scale: f32) -> V {
        add_products(sums, floats, arch::_mm_castps_si128(arch::_mm_set1_ps(scale)))
    }

    /// `sums + a · b`.
    fn add_products(sums: V, a: V, b: V) -> V {
        let products = arch::_mm_mul_ps(arch::_mm_castsi128_ps(a), arch::_mm_castsi128_ps(b));
        arch::_mm_castps_si128(arch::_mm_add_ps(arch::_mm_castsi128_ps(sums), products))
    }

    /// The larger magnitudes.
    fn largest(a: V, b: V) -> V {
        let b = arch::_mm_and_si128(b, splat(i32::MAX));
        let largest = arch::_mm_max_ps(arch::_mm_castsi128_ps(b), arch::_mm_castsi128_ps(a));
        arch::_mm_castps_si128(largest)
    }

    /// The whole numbers nearest to `floats · scale`, of two the even one.
    fn nearest(floats: V, scale: f32) -> V {
        arch::_mm_cvtps_epi32(arch::_mm_mul_ps(arch::_mm_castsi128_ps(floats), arch::_mm_set1_ps(scale)))
    }

    /// Eight integers as words, or the nearest that words can be.
    fn narrow_i32(a: V, b: V) -> V {
        arch::_mm_packs_epi32(a, b)
    }

    /// Sixteen words as bytes, or the nearest that bytes can be.
    fn narrow_i16(a: V, b: V) -> V {
        arch::_mm_packs_epi16(a, b)
    }

    /// The words 0, 2, 1, 3 of each half.
    fn evens_first(words: V) -> V {
        const ORDER: i32 = 0b11_01_10_00;
        arch::_mm_shufflehi_epi16::<ORDER>(arch::_mm_shufflelo_epi16::<ORDER>(words))
    }

    /// The lanes as integers.
    fn to_integers(lanes: V) -> [i32; 4] {
        core::mem::transmute(lanes)
    }

    /// The lanes as floats.
    fn to_floats(lanes: V) -> [f32; 4] {
        core::mem::transmute(lanes)
    }
}

/// Adds four floats to those in memory.
///
/// # Safety
/// `to` points at four floats.
#[inline(always)]
pub(crate) unsafe fn add_to(to: *mut f32, values: V) {
    // SAFETY: the caller has four floats there, and any alignment will do.
    unsafe {
        let sums = arch::_mm_add_ps(arch::_mm_loadu_ps(to), arch::_mm_castsi128_ps(values));
        arch::_mm_storeu_ps(to, sums);
    }
}
