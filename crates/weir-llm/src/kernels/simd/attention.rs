//! Attention on the CPU.
//!
//! Queries that read the same keys and values go through them together, up to [`SIDE_BY_SIDE`] at a
//! time: heads of a token that share a head of the cache, and neighbouring tokens of a prompt.

use super::exponential::exp_all;
use super::product::lanes::{self, V};
use crate::kernels::Heads;

/// Queries that go through the cache together.
const SIDE_BY_SIDE: usize = 4;
/// Positions whose values stay in the nearest cache while all their columns are summed up.
const NEAR: usize = 32;

/// Causal attention of `n` tokens, the first of them at `position`.
///
/// `q` and the result are `[n, heads.q()]`, `keys` and `values` `[kv, context, dim]`; `dim` is a
/// multiple of 4.
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
    let mut out = vec![0.0; q.len()];
    let (dim, shared) = (heads.dim, heads.query / heads.kv);
    let head_len = keys.len() / heads.kv;
    let queries = q.len() / heads.q() * shared;
    for kv in 0..heads.kv {
        let cached = Cached {
            keys: &keys[kv * head_len..(kv + 1) * head_len],
            values: &values[kv * head_len..(kv + 1) * head_len],
            dim,
        };
        // Of the queries that read this head: where each begins, and how many positions it sees.
        let query = |index: usize| Query {
            start: (index / shared * heads.query + kv * shared + index % shared) * dim,
            seen: position + index / shared + 1,
        };
        for first in (0..queries).step_by(SIDE_BY_SIDE) {
            let tile = |i| query(first + i);
            match queries - first {
                1 => cached.attend::<1>([0].map(tile), q, &mut out),
                2 => cached.attend::<2>([0, 1].map(tile), q, &mut out),
                3 => cached.attend::<3>([0, 1, 2].map(tile), q, &mut out),
                _ => cached.attend::<4>([0, 1, 2, 3].map(tile), q, &mut out),
            }
        }
    }
    out
}

/// One query of one token.
#[derive(Clone, Copy)]
struct Query {
    /// Where it begins, and its result.
    start: usize,
    /// Positions before it, and its own.
    seen: usize,
}

/// What is remembered of one head.
struct Cached<'a> {
    keys: &'a [f32],
    values: &'a [f32],
    dim: usize,
}

impl Cached<'_> {
    /// Adds the results of `C` queries, the last of which sees most, to `out`.
    fn attend<const C: usize>(&self, queries: [Query; C], q: &[f32], out: &mut [f32]) {
        let dim = self.dim;
        let seen = queries.map(|query| query.seen);
        let q = queries.map(|query| q[query.start..query.start + dim].as_chunks().0);
        let keys = self.keys.chunks_exact(dim).take(seen[C - 1]);
        let mut weights: Vec<[f32; C]> = keys.map(|key| dots(q, key.as_chunks().0)).collect();
        let totals = soften(&mut weights, seen, 1.0 / (dim as f32).sqrt());
        let (values, columns) = (self.values.as_chunks::<4>().0, dim / 4);
        for (weights, values) in weights.chunks(NEAR).zip(values.chunks(NEAR * columns)) {
            for column in 0..columns {
                let sums = mix(weights, &values[column..], columns);
                for (query, sums) in queries.iter().zip(sums) {
                    let at = query.start + 4 * column;
                    let out = &mut out[at..at + 4];
                    out.iter_mut()
                        .zip(lanes::to_floats(sums))
                        .for_each(|(out, sum)| *out += sum);
                }
            }
        }
        for (query, total) in queries.iter().zip(totals) {
            let out = &mut out[query.start..query.start + dim];
            out.iter_mut().for_each(|out| *out /= total);
        }
    }
}

/// The products of `C` queries with a key.
#[inline(always)]
fn dots<const C: usize>(q: [&[[f32; 4]]; C], key: &[[f32; 4]]) -> [f32; C] {
    let q = q.map(|q| &q[..key.len()]);
    let mut sums = [lanes::zero(); C];
    for (i, key) in key.iter().enumerate() {
        let key = lanes::floats(key);
        for c in 0..C {
            sums[c] = lanes::add_products(sums[c], lanes::floats(&q[c][i]), key);
        }
    }
    sums.map(|sums| {
        let [a, b, c, d] = lanes::to_floats(sums);
        (a + b) + (c + d)
    })
}

/// The products `p` of each query become `e^(scale · p)` but for a factor, those of positions that it
/// does not see 0. The sums of all.
fn soften<const C: usize>(scores: &mut [[f32; C]], seen: [usize; C], scale: f32) -> [f32; C] {
    for c in 0..C {
        scores[seen[c]..]
            .iter_mut()
            .for_each(|row| row[c] = f32::NEG_INFINITY);
    }
    let mut highest = [f32::NEG_INFINITY; C];
    for row in &*scores {
        for c in 0..C {
            highest[c] = highest[c].max(row[c]);
        }
    }
    for row in &mut *scores {
        for c in 0..C {
            row[c] = (row[c] - highest[c]) * scale;
        }
    }
    exp_all(scores.as_flattened_mut());
    let mut totals = [0.0; C];
    for (at, row) in scores.iter_mut().enumerate() {
        for c in 0..C {
            if at >= seen[c] {
                row[c] = 0.0;
            }
            totals[c] += row[c];
        }
    }
    totals
}

/// The weighted sums of four columns of `values`; `columns` is how many there are, in fours.
#[inline(always)]
fn mix<const C: usize>(weights: &[[f32; C]], values: &[[f32; 4]], columns: usize) -> [V; C] {
    let mut sums = [lanes::zero(); C];
    for (weights, row) in weights.iter().zip(values.iter().step_by(columns)) {
        let row = lanes::floats(row);
        for c in 0..C {
            sums[c] = lanes::add_times(sums[c], row, weights[c]);
        }
    }
    sums
}
