//! Plain Rust computes what the processor's own instructions compute.

#![cfg(target_arch = "x86_64")]
#![expect(unsafe_code, reason = "instructions are foreign functions")]
#![allow(dead_code, reason = "loading and storing need no comparison")]

#[path = "../src/kernels/simd/product/lanes/portable.rs"]
mod portable;
#[path = "../src/kernels/simd/product/lanes/sse2.rs"]
mod sse2;

use proptest::prelude::*;

/// Compares an operation on registers that hold the bytes of `$operand`, and on numbers.
macro_rules! assert_alike {
    ($name:ident$(::<$shift:literal>)?($($operand:expr),*) $(, $number:expr)?) => {
        let plain = portable::$name$(::<$shift>)?($(portable::load(&$operand)),* $(, $number)?);
        let native = sse2::$name$(::<$shift>)?($(sse2::load(&$operand)),* $(, $number)?);
        prop_assert_eq!(
            portable::to_integers(plain),
            sse2::to_integers(native),
            "{}",
            stringify!($name)
        );
    };
}

fn bytes() -> impl Strategy<Value = [u8; 16]> {
    any::<[u8; 16]>()
}

/// Four floats that are neither huge nor tiny, as bytes.
fn floats() -> impl Strategy<Value = [u8; 16]> {
    prop::array::uniform4(-1e4_f32..1e4).prop_map(|floats| {
        let bytes = floats.map(f32::to_ne_bytes);
        std::array::from_fn(|i| bytes[i / 4][i % 4])
    })
}

proptest! {
    #[test]
    fn integers_are_the_same(a in bytes(), b in bytes(), number: i32) {
        let seven_bits = b.map(|byte| byte & 127);
        assert_alike!(low_nibbles(a));
        assert_alike!(high_nibbles(a));
        assert_alike!(word_nibbles::<0>(a));
        assert_alike!(word_nibbles::<12>(a));
        assert_alike!(even_bytes(a));
        assert_alike!(odd_bytes(a));
        assert_alike!(dot_words(a, b));
        assert_alike!(dot_bytes(a, seven_bits));
        assert_alike!(add_i16(a, b));
        assert_alike!(add_i32(a, b));
        assert_alike!(add_neighbours(a));
        assert_alike!(narrow_i32(a, b));
        assert_alike!(narrow_i16(a, b));
        assert_alike!(evens_first(a));
        prop_assert_eq!(portable::to_integers(portable::splat(number)), [number; 4]);
        prop_assert_eq!(sse2::to_integers(sse2::splat(number)), [number; 4]);
    }

    #[test]
    fn floats_are_the_same(
        integers in bytes(),
        a in floats(),
        b in floats(),
        sums in floats(),
        scale in -100_f32..100.0,
    ) {
        assert_alike!(add_scaled(sums, integers, a), scale);
        assert_alike!(add_times(sums, a), scale);
        assert_alike!(add_products(sums, a, b));
        assert_alike!(nearest(a), scale);
        let magnitudes = portable::to_floats(portable::load(&a)).map(f32::abs).map(f32::to_ne_bytes);
        let magnitudes: [u8; 16] = std::array::from_fn(|i| magnitudes[i / 4][i % 4]);
        assert_alike!(largest(magnitudes, b));
    }
}
