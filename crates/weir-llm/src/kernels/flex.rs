//! The operations on the CPU, over the memory of burn-flex.

use super::simd::{self, Weights};
use super::work::Work;
use super::{Heads, LlmOps, Matrix, Rows, choice, scalar};
use crate::sampling::Sampler;
use burn::backend::TensorMetadata;
use burn::tensor::{Shape, TensorData};
use burn_flex::{Flex, FlexTensor};

fn floats(tensor: &FlexTensor) -> &[f32] {
    tensor.storage()
}

fn integers(tensor: &FlexTensor) -> &[i32] {
    tensor.storage()
}

/// The scales lie beside the values.
fn weights(quants: &FlexTensor, matrix: Matrix) -> Weights<'_> {
    let data = quants.bytes();
    Weights { matrix, data }
}

fn tensor(values: Vec<f32>, shape: impl Into<Shape>) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

/// Rows of `x`, normalised.
fn rms_norm(x: &[f32], norm: &[f32], eps: f32) -> Vec<f32> {
    let mut out = vec![0.0; x.len()];
    let width = norm.len();
    for (row, out) in x.chunks_exact(width).zip(out.chunks_exact_mut(width)) {
        let mean = simd::dot(row, row) / width as f32;
        let scale = 1.0 / (mean + eps).sqrt();
        for ((out, x), norm) in out.iter_mut().zip(row).zip(norm) {
            *out = x * scale * norm;
        }
    }
    out
}

/// Keys or values `[kv, context, dim]` with room for `needed` positions: if they must grow, then to
/// twice the context, but not beyond `most`.
fn with_room(cached: FlexTensor, needed: usize, most: usize) -> FlexTensor {
    let [kv, context, dim] = cached.shape().dims();
    if needed <= context {
        return cached;
    }
    let grown = needed.max(most.min(2 * context));
    let mut values = vec![0.0; kv * grown * dim];
    let heads = values.chunks_exact_mut(grown * dim);
    for (to, from) in heads.zip(floats(&cached).chunks_exact(context * dim)) {
        to[..from.len()].copy_from_slice(from);
    }
    tensor(values, [kv, grown, dim])
}

impl LlmOps for Flex {
    fn embed(
        quants: FlexTensor,
        _scales: &FlexTensor,
        step: FlexTensor,
        table: Matrix,
    ) -> FlexTensor {
        let tokens = &integers(&step)[2..];
        let mut out = vec![0.0; tokens.len() * table.cols];
        for (token, out) in tokens.iter().zip(out.chunks_exact_mut(table.cols)) {
            simd::unpack_row(weights(&quants, table), *token as usize, out);
        }
        tensor(out, [tokens.len(), table.cols])
    }

    fn norm_linear(
        x: &FlexTensor,
        norm: &FlexTensor,
        quants: FlexTensor,
        _scales: &FlexTensor,
        _step: FlexTensor,
        weight: Matrix,
        eps: f32,
        which: Rows,
    ) -> FlexTensor {
        let x = floats(x);
        let x = match which {
            Rows::All => x,
            Rows::Last => &x[x.len() - weight.cols..],
        };
        let n = x.len() / weight.cols;
        let mut out = vec![0.0; n * weight.rows];
        let x = rms_norm(x, floats(norm), eps);
        simd::add_product(weights(&quants, weight), &x, &mut out);
        tensor(out, [n, weight.rows])
    }

    fn norm_gate(
        x: &FlexTensor,
        norm: &FlexTensor,
        quants: FlexTensor,
        _scales: &FlexTensor,
        _step: FlexTensor,
        weight: Matrix,
        eps: f32,
    ) -> FlexTensor {
        let x = rms_norm(floats(x), floats(norm), eps);
        let n = x.len() / weight.cols;
        let mut both = vec![0.0; n * weight.rows];
        simd::add_product(weights(&quants, weight), &x, &mut both);
        let width = weight.rows / 2;
        let mut gated = vec![0.0; n * width];
        for (both, gated) in both
            .chunks_exact(weight.rows)
            .zip(gated.chunks_exact_mut(width))
        {
            let (gate, up) = both.split_at(width);
            simd::silu_mul(gate, up, gated);
        }
        tensor(gated, [n, width])
    }

    fn linear_add(
        mut residual: FlexTensor,
        x: &FlexTensor,
        quants: FlexTensor,
        _scales: &FlexTensor,
        _step: FlexTensor,
        weight: Matrix,
    ) -> FlexTensor {
        let out = residual.storage_mut();
        simd::add_product(weights(&quants, weight), floats(x), out);
        residual
    }

    fn rope_append(
        qkv: &FlexTensor,
        bias: &FlexTensor,
        turns: &FlexTensor,
        keys: FlexTensor,
        values: FlexTensor,
        step: FlexTensor,
        heads: Heads,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let dim = heads.dim;
        let (position, n) = (integers(&step)[0] as usize, integers(&step)[1] as usize);
        let most = floats(turns).len() / dim;
        let mut keys = with_room(keys, position + n, most);
        let mut values = with_room(values, position + n, most);
        let context = keys.shape().dims::<3>()[1];
        let (key_store, value_store) = (keys.storage_mut::<f32>(), values.storage_mut::<f32>());
        let mut out = Vec::with_capacity(n * heads.q());
        for (token, row) in floats(qkv).chunks_exact(heads.qkv()).enumerate() {
            let at = position + token;
            let turn = &floats(turns)[at * dim..(at + 1) * dim];
            let row: Vec<f32> = row.iter().zip(floats(bias)).map(|(v, b)| v + b).collect();
            let (q, kv) = row.split_at(heads.q());
            let (k, v) = kv.split_at(heads.kv * dim);
            let start = out.len();
            out.extend_from_slice(q);
            scalar::rope(&mut out[start..], turn);
            for head in 0..heads.kv {
                let to = (head * context + at) * dim;
                let from = head * dim..(head + 1) * dim;
                key_store[to..to + dim].copy_from_slice(&k[from.clone()]);
                scalar::rope(&mut key_store[to..to + dim], turn);
                value_store[to..to + dim].copy_from_slice(&v[from]);
            }
        }
        (tensor(out, [n, heads.q()]), keys, values)
    }

    fn attention(
        q: &FlexTensor,
        keys: &FlexTensor,
        values: &FlexTensor,
        step: FlexTensor,
        heads: Heads,
    ) -> FlexTensor {
        let position = integers(&step)[0] as usize;
        let out = simd::attention(floats(q), floats(keys), floats(values), position, heads);
        let n = out.len() / heads.q();
        tensor(out, [n, heads.q()])
    }

    fn sum_rows(mut sum: FlexTensor, x: &FlexTensor, span: FlexTensor) -> FlexTensor {
        let total = sum.storage_mut::<f32>();
        let (first, end) = (integers(&span)[0] as usize, integers(&span)[1] as usize);
        let rows = floats(x).chunks_exact(total.len());
        for row in rows.take(end).skip(first) {
            total.iter_mut().zip(row).for_each(|(t, v)| *t += v);
        }
        sum
    }

    fn argmax(logits: &FlexTensor, step: FlexTensor) -> FlexTensor {
        let step = integers(&step);
        let token = scalar::argmax(floats(logits)) as i32;
        FlexTensor::from_data(TensorData::new(vec![step[0] + step[1], 1, token], [3]))
    }

    fn choose(
        logits: FlexTensor,
        step: FlexTensor,
        settings: &FlexTensor,
        mut history: FlexTensor,
    ) -> (FlexTensor, FlexTensor) {
        let settings = floats(settings);
        let seen = history.storage_mut::<i32>();
        let chosen = seen[0] as usize;
        let mut sampler = Sampler::new(choice::told(settings));
        let recent = &seen[1 + chosen..1 + chosen + choice::RECENT];
        for token in recent.iter().filter_map(|&token| u32::try_from(token).ok()) {
            sampler.accept(token);
        }
        let unit = settings[choice::HEAD + chosen];
        let token = sampler.choose(floats(&logits), unit);
        let token = token.map_or(-1, |token| token as i32);
        seen[1 + choice::RECENT + chosen] = token;
        seen[0] += 1;
        let step = integers(&step);
        let next = vec![step[0] + step[1], 1, token.max(0)];
        let next = FlexTensor::from_data(TensorData::new(next, [3]));
        (next, history)
    }

    fn begin(
        mut work: FlexTensor,
        quants: FlexTensor,
        scales: &FlexTensor,
        _turns: &FlexTensor,
        step: FlexTensor,
        table: Matrix,
        sizes: Work,
    ) -> FlexTensor {
        let x = Self::embed(quants, scales, step, table);
        stream(&mut work, sizes).copy_from_slice(floats(&x));
        work
    }

    fn attend(
        mut work: FlexTensor,
        keys: FlexTensor,
        values: FlexTensor,
        norm_and_bias: &FlexTensor,
        qkv: FlexTensor,
        qkv_scales: &FlexTensor,
        output: FlexTensor,
        output_scales: &FlexTensor,
        turns: &FlexTensor,
        step: FlexTensor,
        [qkv_matrix, output_matrix]: [Matrix; 2],
        eps: f32,
        sizes: Work,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let heads = sizes.heads;
        let (norm, bias) = floats(norm_and_bias).split_at(sizes.hidden);
        let (norm, bias) = (row(norm), row(bias));
        let x = Self::settle(&work, sizes);
        let all = Rows::All;
        let (s, again) = (step.clone(), step.clone());
        let qkv = Self::norm_linear(&x, &norm, qkv, qkv_scales, s, qkv_matrix, eps, all);
        let (q, keys, values) = Self::rope_append(&qkv, &bias, turns, keys, values, again, heads);
        let attended = Self::attention(&q, &keys, &values, step.clone(), heads);
        let x = Self::linear_add(x, &attended, output, output_scales, step, output_matrix);
        stream(&mut work, sizes).copy_from_slice(floats(&x));
        (work, keys, values)
    }

    fn feed(
        mut work: FlexTensor,
        norm: &FlexTensor,
        gate_up: FlexTensor,
        gate_up_scales: &FlexTensor,
        down: FlexTensor,
        down_scales: &FlexTensor,
        [gate_up_matrix, down_matrix]: [Matrix; 2],
        eps: f32,
        sizes: Work,
    ) -> FlexTensor {
        let x = Self::settle(&work, sizes);
        // No operation on the CPU reads a step of one token.
        let step = || FlexTensor::from_data(TensorData::new(vec![0_i32, 1, 0], [3]));
        let gated = Self::norm_gate(
            &x,
            norm,
            gate_up,
            gate_up_scales,
            step(),
            gate_up_matrix,
            eps,
        );
        let x = Self::linear_add(x, &gated, down, down_scales, step(), down_matrix);
        stream(&mut work, sizes).copy_from_slice(floats(&x));
        work
    }

    fn settle(work: &FlexTensor, sizes: Work) -> FlexTensor {
        row(&floats(work)[..sizes.hidden])
    }
}

/// The residual stream: on the CPU, nothing else is handed on.
fn stream(work: &mut FlexTensor, sizes: Work) -> &mut [f32] {
    &mut work.storage_mut()[..sizes.hidden]
}

fn row(values: &[f32]) -> FlexTensor {
    tensor(values.to_vec(), [1, values.len()])
}
