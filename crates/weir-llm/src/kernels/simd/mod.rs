//! The inner loops of the CPU: matrices times a few vectors, and attention.
//!
//! Quantised weights are multiplied with activations that are integers too, block by block, with one
//! scale: SIMD multiplies and adds many of them at a time, and the scales are applied once per
//! block. The integers have 16 bits. Bytes, as ggml rounds to, would be no faster with SIMD128,
//! which multiplies words, and change one likeliest token in twenty of a small model. In `browser`
//! the instructions are WebAssembly's SIMD128, written out; in `portable` they are whatever the
//! compiler makes of plain Rust. Both compute the same integers.
//!
//! Weights are packed in [`Order::RowMajor`](super::pack::Order::RowMajor).

use super::{BLOCK, Format, Matrix};
use half::f16;
use half::slice::HalfFloatSliceExt;

mod attention;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod browser;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod portable;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use browser as arch;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use portable as arch;

pub use attention::attention;

/// The weights of a projection.
#[derive(Debug, Clone, Copy)]
pub struct Weights<'a> {
    /// Shape and format.
    pub matrix: Matrix,
    /// The values of all blocks.
    pub quants: &'a [u8],
    /// The scales of all blocks.
    pub scales: &'a [f32],
}

/// Quantised blocks: those of a matrix, or of one of its rows.
#[derive(Clone, Copy)]
struct Blocks<'a, Q, S> {
    quants: &'a [Q],
    scales: &'a [S],
}

/// Q4 weights: nibbles, and scale and minimum of each block.
type Blocks4<'a> = Blocks<'a, [u8; BLOCK / 2], [f32; 2]>;
/// Q8 weights: bytes, and the scale of each block.
type Blocks8<'a> = Blocks<'a, [i8; BLOCK], f32>;
/// Q8Halves weights: bytes, and of each block the scales of its halves and the minimum.
type BlocksHalves<'a> = Blocks<'a, [i8; BLOCK], [f32; 3]>;
/// Activations: words `q`, and of each block the scale `d` and `d·Σq`.
type BlocksX<'a> = Blocks<'a, [i16; BLOCK], [f32; 2]>;

impl<Q: Copy, S: Copy> Blocks<'_, Q, S> {
    /// `N` rows of `blocks` blocks, from row `first` on.
    #[inline(always)]
    fn rows<const N: usize>(&self, first: usize, blocks: usize) -> [Self; N] {
        let none = Self {
            quants: &self.quants[..0],
            scales: &self.scales[..0],
        };
        let mut rows = [none; N];
        for (i, row) in rows.iter_mut().enumerate() {
            let range = (first + i) * blocks..(first + i + 1) * blocks;
            row.quants = &self.quants[range.clone()];
            row.scales = &self.scales[range];
        }
        rows
    }
}

/// Adds `W · x[t]` to `out[t]` for every row `t` of `x: [n, cols]`; `out: [n, rows]`.
///
/// # Panics
/// If a slice is shorter than its shape says.
pub fn add_product(weights: Weights<'_>, x: &[f32], out: &mut [f32]) {
    let Matrix { cols, format, .. } = weights.matrix;
    match format {
        Format::Q4 => {
            let w = Blocks4 {
                quants: weights.quants.as_chunks().0,
                scales: weights.scales.as_chunks().0,
            };
            let x = Quantized::new(x);
            let (x, blocks) = (x.blocks(), weights.matrix.row_blocks());
            add_tiles(&Product4 { w, x, blocks }, weights.matrix.rows, out);
        }
        Format::Q8 => {
            let w = Blocks8 {
                quants: bytemuck::cast_slice::<u8, i8>(weights.quants).as_chunks().0,
                scales: weights.scales,
            };
            let x = Quantized::new(x);
            let (x, blocks) = (x.blocks(), weights.matrix.row_blocks());
            add_tiles(&Product8 { w, x, blocks }, weights.matrix.rows, out);
        }
        Format::Q8Halves => {
            let w = BlocksHalves {
                quants: bytemuck::cast_slice::<u8, i8>(weights.quants).as_chunks().0,
                scales: weights.scales.as_chunks().0,
            };
            let x = Quantized::new(x);
            let (x, blocks) = (x.blocks(), weights.matrix.row_blocks());
            add_tiles(&ProductHalves { w, x, blocks }, weights.matrix.rows, out);
        }
        Format::F16 => {
            let mut row = vec![0.0; cols];
            let halves: &[f16] = bytemuck::cast_slice(weights.quants);
            for (r, halves) in halves.chunks_exact(cols).enumerate() {
                halves.convert_to_f32_slice(&mut row);
                add_row(weights.matrix, r, &row, x, out);
            }
        }
        Format::F32 => {
            let rows: &[f32] = bytemuck::cast_slice(weights.quants);
            for (r, row) in rows.chunks_exact(cols).enumerate() {
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
    let first = row * weights.matrix.row_blocks();
    for (index, out) in out[..cols].chunks_exact_mut(BLOCK).enumerate() {
        let at = first + index;
        let width = format.block_bytes();
        let quants = &weights.quants[at * width..(at + 1) * width];
        match format {
            Format::Q4 => {
                let (scale, minimum) = (weights.scales[2 * at], weights.scales[2 * at + 1]);
                let (low, high) = out.split_at_mut(BLOCK / 2);
                for ((byte, low), high) in quants.iter().zip(low).zip(high) {
                    *low = f32::from(byte & 15) * scale + minimum;
                    *high = f32::from(byte >> 4) * scale + minimum;
                }
            }
            Format::Q8 => {
                for (byte, out) in quants.iter().zip(out) {
                    *out = f32::from(*byte as i8) * weights.scales[at];
                }
            }
            Format::Q8Halves => {
                let [first, second, minimum] = weights.scales.as_chunks::<3>().0[at];
                let scales = [first; BLOCK / 2].into_iter().chain([second; BLOCK / 2]);
                for ((byte, scale), out) in quants.iter().zip(scales).zip(out) {
                    *out = f32::from(*byte as i8) * scale + minimum;
                }
            }
            Format::F16 => bytemuck::cast_slice::<u8, f16>(quants).convert_to_f32_slice(out),
            Format::F32 => out.copy_from_slice(bytemuck::cast_slice(quants)),
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

/// Activations as blocks of signed words.
struct Quantized {
    quants: Vec<[i16; BLOCK]>,
    scales: Vec<[f32; 2]>,
}

impl Quantized {
    fn new(x: &[f32]) -> Self {
        let (blocks, _) = x.as_chunks::<BLOCK>();
        let mut quants = Vec::with_capacity(blocks.len());
        let mut scales = Vec::with_capacity(blocks.len());
        for block in blocks {
            let mut highest = [0.0_f32; 8];
            for eight in block.as_chunks::<8>().0 {
                for i in 0..8 {
                    highest[i] = highest[i].max(eight[i].abs());
                }
            }
            let scale = highest.iter().fold(0.0_f32, |m, v| m.max(*v)) / f32::from(i16::MAX);
            let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
            let words = arch::round(block, inverse);
            let sum: i32 = words.iter().map(|&q| i32::from(q)).sum();
            quants.push(words);
            scales.push([scale, scale * sum as f32]);
        }
        Self { quants, scales }
    }

    fn blocks(&self) -> BlocksX<'_> {
        BlocksX {
            quants: &self.quants,
            scales: &self.scales,
        }
    }
}

/// A matrix and some vectors, whose products are computed tile by tile.
trait Product {
    /// The products of the weight rows `r…r + R` with the vectors `t…t + C`.
    fn tile<const R: usize, const C: usize>(&self, r: usize, t: usize) -> [[f32; C]; R];
}

struct Product4<'a> {
    w: Blocks4<'a>,
    x: BlocksX<'a>,
    blocks: usize,
}

struct Product8<'a> {
    w: Blocks8<'a>,
    x: BlocksX<'a>,
    blocks: usize,
}

struct ProductHalves<'a> {
    w: BlocksHalves<'a>,
    x: BlocksX<'a>,
    blocks: usize,
}

impl Product for Product4<'_> {
    #[inline(always)]
    fn tile<const R: usize, const C: usize>(&self, r: usize, t: usize) -> [[f32; C]; R] {
        arch::q4(self.w.rows(r, self.blocks), self.x.rows(t, self.blocks))
    }
}

impl Product for Product8<'_> {
    #[inline(always)]
    fn tile<const R: usize, const C: usize>(&self, r: usize, t: usize) -> [[f32; C]; R] {
        arch::q8(self.w.rows(r, self.blocks), self.x.rows(t, self.blocks))
    }
}

impl Product for ProductHalves<'_> {
    #[inline(always)]
    fn tile<const R: usize, const C: usize>(&self, r: usize, t: usize) -> [[f32; C]; R] {
        arch::q8_halves(self.w.rows(r, self.blocks), self.x.rows(t, self.blocks))
    }
}

/// Adds all products to `out: [n, rows]`, in tiles of four rows times one vector, so that the
/// vector is loaded once, or of two rows times four vectors, so that the weights are unpacked once.
fn add_tiles(product: &impl Product, rows: usize, out: &mut [f32]) {
    let n = out.len() / rows;
    let wide_n = n - n % 4;
    for r in (0..rows - rows % 4).step_by(4) {
        for t in (0..wide_n).step_by(4) {
            add_tile(out, rows, r, t, product.tile::<2, 4>(r, t));
            add_tile(out, rows, r + 2, t, product.tile::<2, 4>(r + 2, t));
        }
        for t in wide_n..n {
            add_tile(out, rows, r, t, product.tile::<4, 1>(r, t));
        }
    }
    for r in rows - rows % 4..rows {
        for t in 0..n {
            add_tile(out, rows, r, t, product.tile::<1, 1>(r, t));
        }
    }
}

#[inline(always)]
fn add_tile<const R: usize, const C: usize>(
    out: &mut [f32],
    rows: usize,
    r: usize,
    t: usize,
    tile: [[f32; C]; R],
) {
    for (i, row) in tile.iter().enumerate() {
        for (j, value) in row.iter().enumerate() {
            out[(t + j) * rows + r + i] += value;
        }
    }
}
