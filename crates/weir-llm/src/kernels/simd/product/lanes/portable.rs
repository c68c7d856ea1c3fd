//! The same in plain Rust, which a compiler turns into whatever the machine has.

use core::array::from_fn;

/// A register.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(16))]
pub(crate) struct V([u8; 16]);

impl V {
    #[inline(always)]
    fn i16(self) -> [i16; 8] {
        from_fn(|i| i16::from_ne_bytes([self.0[2 * i], self.0[2 * i + 1]]))
    }

    #[inline(always)]
    fn i32(self) -> [i32; 4] {
        from_fn(|i| i32::from_ne_bytes(from_fn(|byte| self.0[4 * i + byte])))
    }

    #[inline(always)]
    fn f32(self) -> [f32; 4] {
        self.i32().map(|bits| f32::from_bits(bits as u32))
    }

    #[inline(always)]
    fn from_i16(words: [i16; 8]) -> Self {
        let words = words.map(i16::to_ne_bytes);
        Self(from_fn(|i| words[i / 2][i % 2]))
    }

    #[inline(always)]
    fn from_i32(words: [i32; 4]) -> Self {
        let words = words.map(i32::to_ne_bytes);
        Self(from_fn(|i| words[i / 4][i % 4]))
    }

    #[inline(always)]
    fn from_f32(floats: [f32; 4]) -> Self {
        Self::from_i32(floats.map(|float| float.to_bits() as i32))
    }
}

#[inline(always)]
pub(crate) fn zero() -> V {
    V([0; 16])
}

#[inline(always)]
pub(crate) fn splat(value: i32) -> V {
    V::from_i32([value; 4])
}

#[inline(always)]
pub(crate) fn load(bytes: &[u8; 16]) -> V {
    V(*bytes)
}

#[inline(always)]
pub(crate) fn floats(values: &[f32; 4]) -> V {
    V::from_f32(*values)
}

/// Adds four floats to those in memory.
///
/// # Safety
/// `to` points at four floats.
#[inline(always)]
pub(crate) unsafe fn add_to(to: *mut f32, values: V) {
    for (i, value) in values.f32().into_iter().enumerate() {
        // SAFETY: the caller has four floats there.
        unsafe { *to.add(i) += value };
    }
}

#[inline(always)]
pub(crate) fn low_nibbles(bytes: V) -> V {
    V(bytes.0.map(|byte| byte & 15))
}

#[inline(always)]
pub(crate) fn high_nibbles(bytes: V) -> V {
    V(bytes.0.map(|byte| byte >> 4))
}

/// Four bits of each 16, from bit `SHIFT` on.
#[inline(always)]
pub(crate) fn word_nibbles<const SHIFT: i32>(bytes: V) -> V {
    V::from_i16(bytes.i16().map(|word| (word as u16 >> SHIFT & 15) as i16))
}

/// Bytes with an even number as words.
#[inline(always)]
pub(crate) fn even_bytes(bytes: V) -> V {
    V::from_i16(bytes.i16().map(|word| word << 8 >> 8))
}

/// Bytes with an odd number as words.
#[inline(always)]
pub(crate) fn odd_bytes(bytes: V) -> V {
    V::from_i16(bytes.i16().map(|word| word >> 8))
}

/// The sums of the products of neighbouring words.
#[inline(always)]
pub(crate) fn dot_words(a: V, b: V) -> V {
    let (a, b) = (a.i16().map(i32::from), b.i16().map(i32::from));
    let product = |i: usize| a[i] * b[i];
    V::from_i32(from_fn(|i| product(2 * i).wrapping_add(product(2 * i + 1))))
}

/// The sums of the products of neighbouring bytes, of which those of `b` are from 0 to 127.
#[inline(always)]
pub(crate) fn dot_bytes(a: V, b: V) -> V {
    let product = |i: usize| i16::from(a.0[i] as i8) * i16::from(b.0[i]);
    V::from_i16(from_fn(|i| product(2 * i) + product(2 * i + 1)))
}

#[inline(always)]
pub(crate) fn add_i16(a: V, b: V) -> V {
    let (a, b) = (a.i16(), b.i16());
    V::from_i16(from_fn(|i| a[i].wrapping_add(b[i])))
}

#[inline(always)]
pub(crate) fn add_i32(a: V, b: V) -> V {
    let (a, b) = (a.i32(), b.i32());
    V::from_i32(from_fn(|i| a[i].wrapping_add(b[i])))
}

/// The sums of neighbouring words.
#[inline(always)]
pub(crate) fn add_neighbours(words: V) -> V {
    let words = words.i16().map(i32::from);
    V::from_i32(from_fn(|i| words[2 * i] + words[2 * i + 1]))
}

/// `sums + integers · scales · scale`.
#[inline(always)]
pub(crate) fn add_scaled(sums: V, integers: V, scales: V, scale: f32) -> V {
    let (integers, scales) = (integers.i32(), scales.f32());
    add_times(
        sums,
        V::from_f32(from_fn(|i| integers[i] as f32 * scales[i])),
        scale,
    )
}

/// `sums + floats · scale`.
#[inline(always)]
pub(crate) fn add_times(sums: V, floats: V, scale: f32) -> V {
    let (sums, floats) = (sums.f32(), floats.f32());
    V::from_f32(from_fn(|i| sums[i] + floats[i] * scale))
}

/// `sums + a · b`.
#[inline(always)]
pub(crate) fn add_products(sums: V, a: V, b: V) -> V {
    let (sums, a, b) = (sums.f32(), a.f32(), b.f32());
    V::from_f32(from_fn(|i| sums[i] + a[i] * b[i]))
}

/// The larger magnitudes.
#[inline(always)]
pub(crate) fn largest(a: V, b: V) -> V {
    let (a, b) = (a.f32(), b.f32().map(f32::abs));
    V::from_f32(from_fn(|i| if a[i] < b[i] { b[i] } else { a[i] }))
}

/// The whole numbers nearest to `floats · scale`, of two the even one.
#[inline(always)]
pub(crate) fn nearest(floats: V, scale: f32) -> V {
    V::from_i32(floats.f32().map(|x| (x * scale).round_ties_even() as i32))
}

/// Eight integers as words, or the nearest that words can be.
#[inline(always)]
pub(crate) fn narrow_i32(a: V, b: V) -> V {
    let narrow = |x: i32| x.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
    let (a, b) = (a.i32(), b.i32());
    V::from_i16(from_fn(|i| narrow(if i < 4 { a[i] } else { b[i - 4] })))
}

/// Sixteen words as bytes, or the nearest that bytes can be.
#[inline(always)]
pub(crate) fn narrow_i16(a: V, b: V) -> V {
    let narrow = |x: i16| x.clamp(i8::MIN.into(), i8::MAX.into()) as u8;
    let (a, b) = (a.i16(), b.i16());
    V(from_fn(|i| narrow(if i < 8 { a[i] } else { b[i - 8] })))
}

/// The words 0, 2, 1, 3 of each half.
#[inline(always)]
pub(crate) fn evens_first(words: V) -> V {
    let words = words.i16();
    V::from_i16([0, 2, 1, 3, 4, 6, 5, 7].map(|i| words[i]))
}

/// The lanes as integers.
#[inline(always)]
pub(crate) fn to_integers(lanes: V) -> [i32; 4] {
    lanes.i32()
}

/// The lanes as floats.
#[inline(always)]
pub(crate) fn to_floats(lanes: V) -> [f32; 4] {
    lanes.f32()
}
