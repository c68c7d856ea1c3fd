//! A single token's way through a layer, and the choice of the next one.

use super::random::{noise, random_rows};
use super::{Comparison, EPS, Mismatch, check};
use crate::device::{floats, integers, read};
use crate::gguf::GgmlType;
use crate::kernels::pack::common_format;
use crate::kernels::{Heads, LlmOps, Work, choice, scalar};
use crate::sampling::{Sampler, Sampling};
use burn::backend::Dispatch;
use burn::tensor::{Int, Tensor};

impl Comparison<'_> {
    /// One layer of these sizes, and the embedding in front of it, for a single token behind `before`
    /// others in a cache for `context`; all matrices are of the type `ty`.
    ///
    /// # Errors
    /// [`Mismatch`] names what differs.
    pub async fn single(
        &self,
        ty: GgmlType,
        sizes: Work,
        [context, before]: [usize; 2],
        seed: u32,
    ) -> Result<(), Mismatch> {
        let Work { hidden, heads, ffn } = sizes;
        let Heads { kv, dim, .. } = heads;
        let noise = |len, part: u32| noise(len, seed ^ part << 8);
        // Small enough for the softmax to weigh all positions.
        let norm = |part| -> Vec<f32> {
            let size = 1.0 / (hidden as f32).sqrt();
            noise(hidden, part).iter().map(|v| v * size).collect()
        };
        let [attention_norm, ffn_norm] = [norm(1), norm(2)];
        let bias = noise(heads.qkv(), 3);
        let mut keys = noise(kv * context * dim, 4);
        let mut values = noise(kv * context * dim, 5);
        let turns: Vec<f32> = (0..context)
            .flat_map(|at| scalar::turn(at, &scalar::frequencies(dim, 1e4, None), dim))
            .collect();
        let shapes = [
            [7, hidden],
            [heads.qkv(), hidden],
            [hidden, heads.q()],
            [2 * ffn, hidden],
            [hidden, ffn],
        ];
        let mut weights = Vec::new();
        for (part, [rows, cols]) in (6..).zip(shapes) {
            let bytes = random_rows(ty, rows * cols, seed ^ part << 8);
            weights.push((self.packed(ty, [rows, cols], &bytes)?, bytes));
        }
        let matrix = |index: usize| weights[index].0.0;
        let quants = |index: usize| weights[index].0.1.clone();
        let scales = |index: usize| &weights[index].0.2;
        let norm_and_bias = [attention_norm.as_slice(), &bias].concat();
        let step = || self.step(before, &[5]);

        let work = floats(vec![f32::NAN; sizes.len()], self.device);
        let turns_found = self.floats(&turns, [context, dim]);
        let (table, scale) = (quants(0), scales(0));
        let work = Dispatch::begin(work, table, scale, &turns_found, step(), matrix(0), sizes);
        let (work, keys_found, values_found) = Dispatch::attend(
            work,
            self.floats(&keys, [kv, context, dim]),
            self.floats(&values, [kv, context, dim]),
            &floats(norm_and_bias, self.device),
            quants(1),
            scales(1),
            quants(2),
            scales(2),
            &turns_found,
            step(),
            [matrix(1), matrix(2)],
            EPS,
            sizes,
        );
        let work = Dispatch::feed(
            work,
            &floats(ffn_norm.clone(), self.device),
            quants(3),
            scales(3),
            quants(4),
            scales(4),
            [matrix(3), matrix(4)],
            EPS,
            sizes,
        );
        let found = Dispatch::settle(&work, sizes);

        let project = |index: usize, x: &[f32]| scalar::linear(ty, &weights[index].1, x);
        let row_bytes = weights[0].1.len() / 7;
        let mut x = scalar::dequantize(ty, &weights[0].1[5 * row_bytes..6 * row_bytes]);
        let mut qkv = project(1, &scalar::rms_norm(&x, &attention_norm, EPS));
        qkv.iter_mut().zip(&bias).for_each(|(v, b)| *v += b);
        let (turning, value) = qkv.split_at_mut((heads.query + kv) * dim);
        scalar::rope(turning, &turns[before * dim..(before + 1) * dim]);
        let (q, key) = turning.split_at(heads.q());
        for head in 0..kv {
            let to = (head * context + before) * dim;
            let from = head * dim..(head + 1) * dim;
            keys[to..to + dim].copy_from_slice(&key[from.clone()]);
            values[to..to + dim].copy_from_slice(&value[from]);
        }
        let attended = scalar::attention(q, &keys, &values, before + 1, heads);
        add(&mut x, &project(2, &attended));
        let both = project(3, &scalar::rms_norm(&x, &ffn_norm, EPS));
        let gated = scalar::silu_mul(&both[..ffn], &both[ffn..]);
        add(&mut x, &project(4, &gated));
        // Rounding is carried through four projections.
        let tolerance = 5.0 * self.tolerance(common_format(&[ty]));
        check("a layer's keys", &keys, keys_found, tolerance).await?;
        check("a layer's values", &values, values_found, tolerance).await?;
        check("a layer", &x, found, tolerance).await
    }

    /// Lets the device choose `count` of `vocab` tokens, one after the other, and a sampler the same.
    ///
    /// # Errors
    /// [`Mismatch`] if they choose differently.
    pub async fn choices(
        &self,
        vocab: usize,
        sampling: Sampling,
        count: usize,
    ) -> Result<(), Mismatch> {
        let logits = |turn: usize| -> Vec<f32> {
            let mut logits = noise(vocab, sampling.seed as u32 ^ (turn as u32) << 8);
            // Spread like a model's, with equals among them.
            let spread = |v: &mut f32| *v = (*v * 64.0).round() / 4.0;
            logits.iter_mut().for_each(spread);
            // What a device in trouble might compute.
            for (place, odd) in [f32::NAN, f32::NEG_INFINITY].into_iter().enumerate() {
                if let Some(logit) = logits.get_mut(3 * place + turn) {
                    *logit = odd;
                }
            }
            logits
        };
        let mut sampler = Sampler::new(sampling);
        let (settings, history) = Sampler::new(sampling).hand_over(count);
        let settings = floats(settings, self.device);
        let mut history = integers(history, self.device);
        let mut step = self.step(7, &[1, 2, 3]);
        let mut expected = Vec::new();
        for turn in 0..count {
            let logits = logits(turn);
            expected.push(sampler.sample(&logits).ok());
            let logits = self.floats(&logits, [1, vocab]);
            (step, history) = Dispatch::choose(logits, step, &settings, history);
        }
        let history: Vec<i32> = read(Tensor::<1, Int>::from_dispatch(history)).await?;
        let step: Vec<i32> = read(Tensor::<1, Int>::from_dispatch(step)).await?;
        let last = expected.last().copied().flatten().map_or(0, |t| t as i32);
        let chosen: Vec<_> = choice::chosen(&history).collect();
        if chosen == expected && step == [9 + count as i32, 1, last] {
            return Ok(());
        }
        Err(Mismatch::Wrong {
            operation: "the choice of a token",
            error: f32::NAN,
        })
    }

    /// The most likely of `vocab` tokens, when two are equally likely.
    ///
    /// # Errors
    /// [`Mismatch`] if it is another one.
    pub async fn argmax(&self, vocab: usize, seed: u32) -> Result<(), Mismatch> {
        let mut logits = noise(vocab, seed);
        let (first, second) = (vocab * 2 / 3, vocab - 1);
        logits[first] = 2.0;
        logits[second] = 2.0;
        let logits = self.floats(&logits, [1, vocab]);
        let next = Dispatch::argmax(&logits, self.step(7, &[1, 2, 3]));
        let next: Vec<i32> = read(Tensor::<1, Int>::from_dispatch(next)).await?;
        if next == [10, 1, first as i32] {
            return Ok(());
        }
        Err(Mismatch::Wrong {
            operation: "the most likely token",
            error: f32::NAN,
        })
    }
}

fn add(x: &mut [f32], y: &[f32]) {
    x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
}
