//! Each operation once, in plain f32 over dequantised weights: what the kernels are tested against.
//!
//! Nothing here is fast, and nothing here knows how the kernels lay out their weights: rows are
//! read as the file stores them.

use super::{Heads, blocks};
use crate::gguf::GgmlType;
use half::{bf16, f16};

/// The numbers of a row, or of several, as the file stores them.
///
/// `bytes` must be whole blocks of `ty`; a rest is ignored. The formulas are those of ggml's
/// `dequantize_row_*`.
#[must_use]
pub fn dequantize(ty: GgmlType, bytes: &[u8]) -> Vec<f32> {
    let numbers = bytes.chunks_exact(ty.block_bytes() as usize);
    match ty {
        GgmlType::F32 => numbers
            .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect(),
        GgmlType::F16 => numbers
            .map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32())
            .collect(),
        GgmlType::BF16 => numbers
            .map(|b| bf16::from_le_bytes([b[0], b[1]]).to_f32())
            .collect(),
        _ => numbers
            .flat_map(|block| blocks::groups(ty, block))
            .flat_map(|group| group.weights())
            .collect(),
    }
}

/// `norm ∘ x / √(mean(x²) + eps)`.
#[must_use]
pub fn rms_norm(x: &[f32], norm: &[f32], eps: f32) -> Vec<f32> {
    let mean = x.iter().map(|v| v * v).sum::<f32>() / x.len() as f32;
    let scale = 1.0 / (mean + eps).sqrt();
    x.iter().zip(norm).map(|(v, w)| v * scale * w).collect()
}

/// `W · x`, where `bytes` holds the rows of `W` one after another.
#[must_use]
pub fn linear(ty: GgmlType, bytes: &[u8], x: &[f32]) -> Vec<f32> {
    let row_bytes = x.len() / ty.block_size() as usize * ty.block_bytes() as usize;
    bytes
        .chunks_exact(row_bytes)
        .map(|row| dot(&dequantize(ty, row), x))
        .collect()
}

/// The sum of the products.
#[must_use]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `a / (1 + e^-a) · b`, element by element.
#[must_use]
pub fn silu_mul(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter()
        .zip(b)
        .map(|(a, b)| a / (1.0 + (-a).exp()) * b)
        .collect()
}

/// The angle per position by which each of the first `dims / 2` pairs of components turns:
/// `theta^(-2i/dims)` for pair `i` (Su et al., RoFormer, arXiv 2104.09864, eq. 15), divided by its
/// factor where there are `factors`.
#[must_use]
pub fn frequencies(dims: usize, theta: f32, factors: Option<&[f32]>) -> Vec<f64> {
    (0..dims / 2)
        .map(|pair| {
            let frequency = f64::from(theta).powf(-2.0 * pair as f64 / dims as f64);
            frequency / factors.map_or(1.0, |factors| f64::from(factors[pair]))
        })
        .collect()
}

/// Cosine and sine of each pair of a head's components at `position`; pairs without a frequency do
/// not turn.
#[must_use]
pub fn turn(position: usize, frequencies: &[f64], head_dim: usize) -> Vec<f32> {
    (0..head_dim / 2)
        .flat_map(|pair| {
            let frequency = frequencies.get(pair).copied().unwrap_or(0.0);
            let angle = position as f64 * frequency;
            [angle.cos() as f32, angle.sin() as f32]
        })
        .collect()
}

/// Turns the neighbouring components of every head in `x` by `turn`.
pub fn rope(x: &mut [f32], turn: &[f32]) {
    for head in x.chunks_exact_mut(turn.len()) {
        for (pair, turn) in head.chunks_exact_mut(2).zip(turn.chunks_exact(2)) {
            let (a, b) = (pair[0], pair[1]);
            pair[0] = a * turn[0] - b * turn[1];
            pair[1] = a * turn[1] + b * turn[0];
        }
    }
}

/// Turns components `i` and `i + dims / 2` of every head in `x` by pair `i` of `turn`, which is as
/// long as a head; the components behind `dims` stay.
pub fn rope_halves(x: &mut [f32], turn: &[f32], dims: usize) {
    for head in x.chunks_exact_mut(turn.len()) {
        for (i, turn) in turn.chunks_exact(2).take(dims / 2).enumerate() {
            let (a, b) = (head[i], head[i + dims / 2]);
            head[i] = a * turn[0] - b * turn[1];
            head[i + dims / 2] = a * turn[1] + b * turn[0];
        }
    }
}

/// Attention of one token over `len` positions.
///
/// `q: [heads.q()]`; `keys` and `values` are `[kv, context, dim]`.
#[must_use]
pub fn attention(q: &[f32], keys: &[f32], values: &[f32], len: usize, heads: Heads) -> Vec<f32> {
    let dim = heads.dim;
    let context = keys.len() / (heads.kv * dim);
    let mut out = Vec::with_capacity(heads.q());
    for (head, q) in q.chunks_exact(dim).enumerate() {
        let start = head / (heads.query / heads.kv) * context * dim;
        let keys = keys[start..].chunks_exact(dim).take(len);
        let values = values[start..].chunks_exact(dim).take(len);
        let mut weights: Vec<f32> = keys.map(|k| dot(q, k) / (dim as f32).sqrt()).collect();
        softmax(&mut weights);
        let mut sum = vec![0.0; dim];
        for (weight, value) in weights.iter().zip(values) {
            sum.iter_mut()
                .zip(value)
                .for_each(|(s, v)| *s += weight * v);
        }
        out.extend(sum);
    }
    out
}

/// `x` becomes `e^x / Σ e^x`.
pub fn softmax(x: &mut [f32]) {
    let max = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    x.iter_mut().for_each(|v| *v = (*v - max).exp());
    let sum: f32 = x.iter().sum();
    x.iter_mut().for_each(|v| *v /= sum);
}

/// The place of the highest value, the first of several.
#[must_use]
pub fn argmax(x: &[f32]) -> usize {
    let mut best = 0;
    for (index, value) in x.iter().enumerate() {
        if *value > x[best] {
            best = index;
        }
    }
    best
}
