//! Attention on the CPU.

use super::dot;
use crate::kernels::{Heads, scalar};

/// Causal attention of `n` tokens, the first of them at `position`.
///
/// `q` and the result are `[n, heads.q()]`, `keys` and `values` `[kv, context, dim]`.
///
/// # Panics
/// If a slice is shorter than its shape says.
#[must_use]
pub fn attention(
    q: &[f32],
    keys: &[f32],
    values: &[f32],
    position: usize,
    heads: Heads,
) -> Vec<f32> {
    let dim = heads.dim;
    let head_len = keys.len() / heads.kv;
    let scale = 1.0 / (dim as f32).sqrt();
    let mut out = vec![0.0; q.len()];
    let mut weights = Vec::with_capacity(position + q.len() / heads.q());
    for (index, (q, out)) in q
        .chunks_exact(dim)
        .zip(out.chunks_exact_mut(dim))
        .enumerate()
    {
        let (token, head) = (index / heads.query, index % heads.query);
        let cached = head / (heads.query / heads.kv) * head_len;
        let cached = cached..cached + (position + token + 1) * dim;
        weights.clear();
        weights.extend(
            keys[cached.clone()]
                .chunks_exact(dim)
                .map(|k| dot(q, k) * scale),
        );
        scalar::softmax(&mut weights);
        for (weight, value) in weights.iter().zip(values[cached].chunks_exact(dim)) {
            out.iter_mut()
                .zip(value)
                .for_each(|(o, v)| *o += weight * v);
        }
    }
    out
}
