//! A quicker product of Q4 weights with bytes, from wherever there is one.

#![expect(
    unsafe_code,
    reason = "a kernel that was handed in is a foreign function"
)]

use super::product::bytes::{self, Bytes};
use super::product::{Product, Quad4, Shape};
use crate::kernels::{Format, QUAD};
use std::sync::OnceLock;

type Q4 = Product<Quad4, Bytes>;

static ADOPTED: OnceLock<Q4> = OnceLock::new();

/// A product that computes something else than it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a kernel for this processor computes wrong numbers; the model runs without it, slower")]
pub struct Unfit;

/// What activations that meet quantised weights become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rounding {
    Words,
    Bytes,
}

/// How activations are rounded that meet weights in `format`; `None` if they are not.
pub(crate) fn rounding(format: Format) -> Option<Rounding> {
    match format {
        Format::F16 | Format::F32 => None,
        Format::Q4 if q4().is_some() => Some(Rounding::Bytes),
        Format::Q4 | Format::Q8 | Format::Q8Halves => Some(Rounding::Words),
    }
}

/// Multiplies Q4 weights by `product` from now on, everywhere in this program, if it computes the
/// same as [`bytes::q4`], to the last bit. The first one that does stays.
///
/// # Errors
/// [`Unfit`] if it computes anything else.
///
/// # Safety
/// `product` keeps within the bounds that every [`Product`] has, and may be called at any time from
/// now on.
pub unsafe fn adopt(product: Q4) -> Result<(), Unfit> {
    // SAFETY: the caller vouches for it.
    let found = unsafe { trial(product) };
    // SAFETY: it is one.
    if found != unsafe { trial(bytes::q4) } {
        return Err(Unfit);
    }
    ADOPTED.get_or_init(|| product);
    Ok(())
}

/// Whether a product was adopted.
#[must_use]
pub fn has_adopted() -> bool {
    q4().is_some()
}

pub(super) fn q4() -> Option<Q4> {
    ADOPTED.get().copied()
}

/// What `product` computes from fixed numbers: three quads of two blocks with five vectors, extreme
/// integers among them.
///
/// # Safety
/// `product` keeps within its bounds.
unsafe fn trial(product: Q4) -> Vec<f32> {
    static SHAPE: Shape = Shape {
        quads: 3,
        blocks: 2,
        tokens: 5,
        stride: 3 * QUAD,
    };
    let mut state = 1_u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 8
    };
    let float = |bits: u32| bits as f32 / 8_388_608.0 - 1.0;
    let values = Format::Q4.block_bytes() / size_of::<u32>() * QUAD;
    let mut weights = Vec::new();
    for block in 0..SHAPE.quads * SHAPE.blocks {
        weights.extend((0..values).map(|_| {
            if block == 0 {
                u32::MAX
            } else {
                random() << 8 | random() >> 16
            }
        }));
        weights
            .extend((values..Format::Q4.block_words() * QUAD).map(|_| float(random()).to_bits()));
    }
    let x: Vec<Bytes> = (0..SHAPE.tokens * SHAPE.blocks)
        .map(|block| Bytes {
            quants: std::array::from_fn(|_| {
                let mut byte = || match block {
                    0 => i8::MAX,
                    2 => -i8::MAX,
                    _ => (random() % 255) as i8,
                };
                i32::from_ne_bytes([(); 4].map(|()| byte() as u8))
            }),
            scale: float(random()),
            sum: float(random()),
        })
        .collect();
    let mut out = vec![0.5; SHAPE.tokens * SHAPE.stride];
    // SAFETY: the weights are whole quads of plain numbers, and all is as long as the shape says.
    unsafe {
        product(
            weights.as_ptr().cast(),
            x.as_ptr(),
            out.as_mut_ptr(),
            &raw const SHAPE,
        );
    };
    out
}
