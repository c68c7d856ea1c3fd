//! The inner loops of the CPU: matrices times a few vectors, attention, and exponentials.
//!
//! Quantised weights are multiplied with activations that are integers too, block by block, with one
//! scale: SIMD multiplies and adds many of them at a time, and the scales are applied once per
//! block. The integers have 16 bits, which no logit shows. Where a product of bytes is quicker, as
//! with WebAssembly's relaxed SIMD, whoever has it hands it in ([`adopt`]), and activations that
//! meet Q4 weights are rounded to bytes as ggml does.
//!
//! Weights are packed in [`Order::Quads`](super::pack::Order::Quads).

use super::{BLOCK, Format, Matrix, QUAD};
use half::f16;
use half::slice::HalfFloatSliceExt;
use std::array::from_fn;

mod adopted;
mod attention;
mod exponential;
pub mod product;
mod rounding;

pub(crate) use adopted::{Rounding, rounding};
pub use adopted::{Unfit, adopt, has_adopted};
pub use attention::attention;
pub use exponential::silu_mul;
use product::{Product, Shape, words};

/// The weights of a projection.
#[derive(Debug, Clone, Copy)]
pub struct Weights<'a> {
    /// Shape and format.
    pub matrix: Matrix,
    /// The values and scales of all blocks.
    pub data: &'a [u8],
}

/// Adds `W · x[t]` to `out[t]` for every row `t` of `x: [n, cols]`; `out: [n, rows]`.
///
/// # Panics
/// If a slice is shorter than its shape says.
pub fn add_product(weights: Weights<'_>, x: &[f32], out: &mut [f32]) {
    match (weights.matrix.format, adopted::q4()) {
        (Format::Q4, Some(q4)) => add_quads(weights, &rounding::bytes(x), out, q4),
        (Format::Q4, None) => add_quads(weights, &rounding::words(x), out, words::q4),
        (Format::Q8, _) => add_quads(weights, &rounding::words(x), out, words::q8),
        (Format::Q8Halves, _) => add_quads(weights, &rounding::words(x), out, words::q8_halves),
        (Format::F16, _) => {
            let mut row = vec![0.0; weights.matrix.cols];
            let halves: &[f16] = bytemuck::cast_slice(weights.data);
            for (r, halves) in halves.chunks_exact(weights.matrix.cols).enumerate() {
                halves.convert_to_f32_slice(&mut row);
                add_row(weights.matrix, r, &row, x, out);
            }
        }
        (Format::F32, _) => {
            let rows: &[f32] = bytemuck::cast_slice(weights.data);
            for (r, row) in rows.chunks_exact(weights.matrix.cols).enumerate() {
                add_row(weights.matrix, r, row, x, out);
            }
        }
    }
}

/// The numbers of one row of a matrix.
///
/// # Panics
/// If `out` is not a row, or `row` is not in the matrix.
pub fn unpack_row(weights: Weights<'_>, row: usize, out: &mut [f32]) {
    let Matrix { cols, format, .. } = weights.matrix;
    match format {
        Format::F16 => {
            let halves: &[f16] = bytemuck::cast_slice(weights.data);
            halves[row * cols..(row + 1) * cols].convert_to_f32_slice(out);
        }
        Format::F32 => {
            let floats: &[f32] = bytemuck::cast_slice(weights.data);
            out.copy_from_slice(&floats[row * cols..(row + 1) * cols]);
        }
        Format::Q4 | Format::Q8 | Format::Q8Halves => {
            let words: &[[u8; 4]] = bytemuck::cast_slice(weights.data);
            let quad_words = format.block_words() * QUAD;
            let first = row / QUAD * weights.matrix.row_blocks() * quad_words + row % QUAD;
            for (block, out) in out[..cols].as_chunks_mut().0.iter_mut().enumerate() {
                let words = words[first + block * quad_words..].iter().step_by(QUAD);
                *out = unpack_block(format, words.copied());
            }
        }
    }
}

/// The numbers of a quantised block, whose values and scales are `words`.
fn unpack_block(format: Format, mut words: impl Iterator<Item = [u8; 4]>) -> [f32; BLOCK] {
    const HALF: usize = BLOCK / 2;
    let mut bytes = [[0; 4]; BLOCK / 4];
    let values = format.block_bytes() / 4;
    bytes[..values]
        .iter_mut()
        .zip(&mut words)
        .for_each(|(to, from)| *to = from);
    let bytes = bytes.as_flattened();
    let mut scale = || words.next().map_or(0.0, f32::from_ne_bytes);
    let signed = |i: usize| f32::from(bytes[i] as i8);
    match format {
        Format::Q4 => {
            let (scale, minimum) = (scale(), scale());
            let nibble = |i: usize| bytes[i % HALF] >> (i / HALF * 4) & 15;
            from_fn(|i| f32::from(nibble(i)) * scale + minimum)
        }
        Format::Q8 => {
            let scale = scale();
            from_fn(|i| signed(i) * scale)
        }
        _ => {
            let scales = [scale(), scale()];
            let minimum = scale();
            from_fn(|i| signed(i) * scales[i / HALF] + minimum)
        }
    }
}

/// The sum of the products, in eight sums that the compiler keeps in SIMD registers.
#[must_use]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 8];
    let (a8, a_rest) = a.as_chunks::<8>();
    let (b8, b_rest) = b.as_chunks::<8>();
    for (a, b) in a8.iter().zip(b8) {
        for i in 0..8 {
            sums[i] += a[i] * b[i];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

fn add_row(matrix: Matrix, r: usize, row: &[f32], x: &[f32], out: &mut [f32]) {
    for (x, out) in x
        .chunks_exact(matrix.cols)
        .zip(out.chunks_exact_mut(matrix.rows))
    {
        out[r] += dot(row, x);
    }
}

/// Adds the products of a matrix in quads; `product` must be one of those in [`product`](self::product),
/// or equal to one.
#[expect(
    unsafe_code,
    reason = "products take pointers, since one may be another module's"
)]
fn add_quads<Q, X>(weights: Weights<'_>, x: &[X], out: &mut [f32], product: Product<Q, X>) {
    let Matrix { rows, .. } = weights.matrix;
    let blocks = weights.matrix.row_blocks();
    let (quads, rest) = (rows / QUAD, rows % QUAD);
    let tokens = out.len() / rows;
    assert!(
        weights.data.len() >= (quads + rest.min(1)) * blocks * size_of::<Q>()
            && weights.data.as_ptr().cast::<Q>().is_aligned()
            && x.len() >= tokens * blocks,
        "weights and activations have the shape of the product"
    );
    let first: *const Q = weights.data.as_ptr().cast();
    let shape = Shape {
        quads,
        blocks,
        tokens,
        stride: rows,
    };
    // SAFETY: quads are plain numbers, and as many of them, of activations and of results are there
    // as the shape says.
    unsafe { product(first, x.as_ptr(), out.as_mut_ptr(), &raw const shape) };
    if rest > 0 {
        let mut last = vec![0.0; tokens * QUAD];
        let shape = Shape {
            quads: 1,
            stride: QUAD,
            ..shape
        };
        // SAFETY: as above; a quad that rows do not fill is filled up with zeros.
        unsafe {
            let weights = first.add(quads * blocks);
            product(weights, x.as_ptr(), last.as_mut_ptr(), &raw const shape);
        }
        for (out, last) in out.chunks_exact_mut(rows).zip(last.chunks_exact(QUAD)) {
            let out = &mut out[rows - rest..];
            out.iter_mut()
                .zip(last)
                .for_each(|(out, last)| *out += last);
        }
    }
}
