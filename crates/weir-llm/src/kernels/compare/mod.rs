//! One operation on a device against the scalar reference, on random numbers of a given shape.
//!
//! [`self_test`](super::self_test) does a few of these when a program starts, the tests of this
//! crate many. [`decoding`] has those that only single tokens need, [`random`] the numbers.

mod decoding;
mod random;

use super::pack::{Order, PackError, Packer, common_format};
use super::simd::{Rounding, rounding};
use super::{Format, Heads, LlmOps, Matrix, Rows, scalar};
use crate::device::{DeviceError, floats, integers, read};
use crate::gguf::GgmlType;
use burn::backend::{Dispatch, DispatchTensor};
use burn::tensor::{Device, Shape, Tensor, TensorData};
use random::{noise, random_rows};

/// Why a comparison failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Mismatch {
    /// A kernel computes something else than the reference.
    #[error(
        "this device computes {operation} wrongly (off by {error:e} of the largest value); \
         run the model on another device"
    )]
    Wrong {
        /// Which operation.
        operation: &'static str,
        /// Largest difference as a share of the largest expected value; not a number if a result
        /// is not, or if there are too many or too few.
        error: f32,
    },
    /// The device failed.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The shape cannot be packed.
    #[error(transparent)]
    Shape(#[from] PackError),
}

/// Largest difference that rounding explains where activations stay floats.
const FLOAT_TOLERANCE: f32 = 2e-5;
/// Largest difference that rounding explains where activations become 16-bit integers.
const WORD_TOLERANCE: f32 = 1e-4;
/// Largest difference that rounding explains where activations become bytes.
const BYTE_TOLERANCE: f32 = 1e-2;
const EPS: f32 = 1e-5;

/// Compares the operations of one device with the reference.
#[derive(Debug)]
pub struct Comparison<'a> {
    device: &'a Device,
}

impl<'a> Comparison<'a> {
    /// Compares the operations of `device`.
    #[must_use]
    pub fn new(device: &'a Device) -> Self {
        Self { device }
    }

    /// The embedding of `tokens` tokens from a table of this `shape` (rows, columns), and all
    /// projections of them with it. The rows must be even, the columns whole blocks of `ty` and of
    /// memory.
    ///
    /// # Errors
    /// [`Mismatch`] names the first operation that differs.
    pub async fn projections(
        &self,
        ty: GgmlType,
        [rows, cols]: [usize; 2],
        tokens: usize,
        seed: u32,
    ) -> Result<(), Mismatch> {
        let bytes = random_rows(ty, rows * cols, seed);
        let row_bytes = bytes.len() / rows;
        let x = noise(tokens * cols, seed ^ 1 << 8);
        let norm = noise(cols, seed ^ 2 << 8);
        let residual = noise(tokens * rows, seed ^ 3 << 8);
        let ids: Vec<usize> = (0..tokens).map(|t| (t * 5 + 1) % rows).collect();
        let format = common_format(&[ty]);
        let tolerance = self.tolerance(format);
        let project = |x: &[f32]| scalar::linear(ty, &bytes, x);
        // Rounding is a share of what is summed up, however small the sum happens to be.
        let weights = scalar::dequantize(ty, &bytes);
        let summed = |x: &[f32]| {
            let products = |row: &[f32]| row.iter().zip(x).map(|(w, x)| (w * x).abs()).sum();
            weights.chunks_exact(cols).map(products).fold(0.0, f32::max)
        };

        let embedded: Vec<f32> = ids
            .iter()
            .flat_map(|id| scalar::dequantize(ty, &bytes[id * row_bytes..(id + 1) * row_bytes]))
            .collect();
        let inputs: Vec<Vec<f32>> = x
            .chunks_exact(cols)
            .map(|x| scalar::rms_norm(x, &norm, EPS))
            .collect();
        let normed: Vec<f32> = inputs.iter().flat_map(|x| project(x)).collect();
        let of_inputs = inputs.iter().map(|x| summed(x)).fold(0.0, f32::max);
        let of_x = x.chunks_exact(cols).map(summed).fold(0.0, f32::max);
        let gated: Vec<f32> = normed
            .chunks_exact(rows)
            .flat_map(|row| scalar::silu_mul(&row[..rows / 2], &row[rows / 2..]))
            .collect();
        let mut added: Vec<f32> = x.chunks_exact(cols).flat_map(project).collect();
        added.iter_mut().zip(&residual).for_each(|(a, r)| *a += r);

        let (matrix, quants, scales) = self.packed(ty, [rows, cols], &bytes)?;
        let (quants, scales) = (|| quants.clone(), &scales);
        let step = || self.step(0, &ids);
        let x = &self.floats(&x, [tokens, cols]);
        let norm = &self.floats(&norm, [cols]);
        let residual = self.floats(&residual, [tokens, rows]);

        let found = Dispatch::embed(quants(), scales, step(), matrix);
        check("the embedding", &embedded, found, FLOAT_TOLERANCE).await?;
        let all = Dispatch::norm_linear(x, norm, quants(), scales, step(), matrix, EPS, Rows::All);
        let spread = |sum: f32, expected: &[f32]| tolerance * (sum / largest(expected)).max(1.0);
        check("a projection", &normed, all, spread(of_inputs, &normed)).await?;
        let last =
            Dispatch::norm_linear(x, norm, quants(), scales, step(), matrix, EPS, Rows::Last);
        let expected = &normed[normed.len() - rows..];
        check("the head", expected, last, spread(of_inputs, expected)).await?;
        let found = Dispatch::norm_gate(x, norm, quants(), scales, step(), matrix, EPS);
        // Both factors are rounded.
        let factors = of_inputs * largest(&normed);
        check("the gate", &gated, found, spread(factors, &gated)).await?;
        let found = Dispatch::linear_add(residual, x, quants(), scales, step(), matrix);
        let tolerance = spread(of_x, &added);
        check("a projection onto the residual", &added, found, tolerance).await
    }

    /// Bias, rotary positions, the append to the cache, and attention, for `tokens` tokens behind
    /// `before` others in a cache for `context`.
    ///
    /// # Errors
    /// [`Mismatch`] names the first operation that differs.
    pub async fn attention(
        &self,
        heads: Heads,
        context: usize,
        before: usize,
        tokens: usize,
        seed: u32,
    ) -> Result<(), Mismatch> {
        let Heads { kv, dim, .. } = heads;
        let mut keys = noise(kv * context * dim, seed ^ 1 << 8);
        let mut values = noise(kv * context * dim, seed ^ 2 << 8);
        let qkv = noise(tokens * heads.qkv(), seed ^ 3 << 8);
        let bias = noise(heads.qkv(), seed ^ 4 << 8);
        // The last pair of each head is not turned.
        let frequencies = scalar::frequencies(dim - 2, 1e4, None);
        let turns: Vec<f32> = (0..context)
            .flat_map(|position| scalar::turn(position, &frequencies, dim))
            .collect();
        let (q_found, keys_found, values_found) = Dispatch::rope_append(
            &self.floats(&qkv, [tokens, heads.qkv()]),
            &self.floats(&bias, [heads.qkv()]),
            &self.floats(&turns, [context, dim]),
            self.floats(&keys, [kv, context, dim]),
            self.floats(&values, [kv, context, dim]),
            self.step(before, &vec![0; tokens]),
            heads,
        );
        let step = self.step(before, &vec![0; tokens]);
        let found = Dispatch::attention(&q_found, &keys_found, &values_found, step, heads);

        let mut turned = Vec::new();
        let mut attended = Vec::new();
        for (token, row) in qkv.chunks_exact(heads.qkv()).enumerate() {
            let at = before + token;
            let turn = &turns[at * dim..(at + 1) * dim];
            let row: Vec<f32> = row.iter().zip(&bias).map(|(v, b)| v + b).collect();
            let (q, cached) = row.split_at(heads.q());
            let (k, v) = cached.split_at(kv * dim);
            let (mut q, mut k) = (q.to_vec(), k.to_vec());
            scalar::rope(&mut q, turn);
            scalar::rope(&mut k, turn);
            for head in 0..kv {
                let to = (head * context + at) * dim..(head * context + at + 1) * dim;
                let from = head * dim..(head + 1) * dim;
                keys[to.clone()].copy_from_slice(&k[from.clone()]);
                values[to].copy_from_slice(&v[from]);
            }
            attended.extend(scalar::attention(&q, &keys, &values, at + 1, heads));
            turned.extend(q);
        }
        check("rotary positions", &turned, q_found, FLOAT_TOLERANCE).await?;
        check("the keys", &keys, keys_found, FLOAT_TOLERANCE).await?;
        check("the values", &values, values_found, FLOAT_TOLERANCE).await?;
        check("attention", &attended, found, FLOAT_TOLERANCE).await
    }

    /// The sum of all rows but the first and the last.
    ///
    /// # Errors
    /// [`Mismatch`] if it is another one.
    pub async fn sum_rows(&self, [rows, cols]: [usize; 2], seed: u32) -> Result<(), Mismatch> {
        let x = noise(rows * cols, seed ^ 1 << 8);
        let start = noise(cols, seed ^ 2 << 8);
        let mut expected = start.clone();
        for row in x.chunks_exact(cols).take(rows - 1).skip(1) {
            expected.iter_mut().zip(row).for_each(|(e, v)| *e += v);
        }
        let span = integers(vec![1, rows as i32 - 1], self.device);
        let start = self.floats(&start, [cols]);
        let found = Dispatch::sum_rows(start, &self.floats(&x, [rows, cols]), span);
        check("the sum of rows", &expected, found, FLOAT_TOLERANCE).await
    }

    fn tolerance(&self, format: Format) -> f32 {
        let rounded = match Order::of(self.device) {
            Order::Quads => rounding(format),
            Order::BlockMajor => None,
        };
        match rounded {
            None => FLOAT_TOLERANCE,
            Some(Rounding::Words) => WORD_TOLERANCE,
            Some(Rounding::Bytes) => BYTE_TOLERANCE,
        }
    }

    /// A matrix from rows as a file stores them.
    fn packed(
        &self,
        ty: GgmlType,
        [rows, cols]: [usize; 2],
        bytes: &[u8],
    ) -> Result<(Matrix, DispatchTensor, DispatchTensor), PackError> {
        let format = common_format(&[ty]);
        let matrix = Matrix { rows, cols, format };
        let mut packer = Packer::new(matrix, Order::of(self.device));
        packer.push(ty, bytes)?;
        let mut packed = packer.finish()?;
        packed.scales.resize(packed.scales.len().max(1), 0.0);
        Ok((
            matrix,
            integers(packed.quants, self.device),
            floats(packed.scales, self.device),
        ))
    }

    fn floats<const D: usize>(&self, values: &[f32], shape: [usize; D]) -> DispatchTensor {
        let data = TensorData::new(values.to_vec(), Shape::from(shape));
        Tensor::<D>::from_data(data, self.device).into_dispatch()
    }

    fn step(&self, position: usize, tokens: &[usize]) -> DispatchTensor {
        let numbers = [position, tokens.len()];
        let numbers = numbers.iter().chain(tokens).map(|&number| number as i32);
        integers(numbers.collect(), self.device)
    }
}

async fn check(
    operation: &'static str,
    expected: &[f32],
    found: DispatchTensor,
    tolerance: f32,
) -> Result<(), Mismatch> {
    let found: Vec<f32> = read(Tensor::<1>::from_dispatch(found)).await?;
    let differences = expected.iter().zip(&found).map(|(e, f)| (e - f).abs());
    let error = if expected.len() != found.len() || found.iter().any(|v| v.is_nan()) {
        f32::NAN
    } else {
        differences.fold(0.0, f32::max) / largest(expected)
    };
    if error <= tolerance {
        return Ok(());
    }
    Err(Mismatch::Wrong { operation, error })
}

/// The largest magnitude.
fn largest(values: &[f32]) -> f32 {
    values.iter().fold(1e-6, |m, v| m.max(v.abs()))
}
