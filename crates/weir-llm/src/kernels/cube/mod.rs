//! The operations on WebGPU: one launch each, or two while a prompt is read.
//!
//! Weights are packed in [`Order::BlockMajor`](super::pack::Order::BlockMajor). A launch names a
//! [recipe](recipe), which decides the [text](text) of the kernel, and binds buffers to it
//! ([`launch`]); launches can be [recorded](recording).

mod catalog;
mod launch;
mod recipe;
mod recording;
mod text;

pub use catalog::{KernelSizes, kernels_of};
pub use launch::{launched_kernels, launches};
pub use recording::Recording;

use super::work::Work;
use super::{Heads, LlmOps, Matrix, Rows};
use burn::backend::{DType, TensorMetadata};
use burn::tensor::Shape;
use burn_cubecl::CubeBackend;
use burn_cubecl::tensor::CubeTensor;
use launch::Launch;
use recipe::{Output, Recipe, Row};

/// A matrix on the device.
struct Weight<'a> {
    quants: &'a CubeTensor,
    scales: &'a CubeTensor,
    matrix: Matrix,
}

impl<'a> Weight<'a> {
    const fn new(quants: &'a CubeTensor, scales: &'a CubeTensor, matrix: Matrix) -> Self {
        Self {
            quants,
            scales,
            matrix,
        }
    }

    /// Projects the `n` rows of `x` into `out`.
    fn project(
        &self,
        x: &CubeTensor,
        n: usize,
        step: &CubeTensor,
        output: Output,
        out: &CubeTensor,
    ) {
        let rows = output.rows(self.matrix);
        if n == 1 {
            let recipe = Recipe::Linear {
                weight: self.matrix,
                norm: None,
                row: Row::Only,
                output,
            };
            let launch = Launch::of(recipe).weight(self).reads(x).writes(out);
            launch.threads(rows, 1, out);
        } else {
            let recipe = Recipe::LinearTile {
                weight: self.matrix,
                output,
            };
            let [tile_rows, tile_tokens] = Recipe::tile(output);
            let launch = Launch::of(recipe)
                .weight(self)
                .reads(x)
                .reads(step)
                .writes(out);
            launch.groups(rows.div_ceil(tile_rows), n.div_ceil(tile_tokens), out);
        }
    }

    /// Projects the one `row` of `x` that is meant, normalised, into `out`.
    fn project_normed(
        &self,
        x: &CubeTensor,
        row: Row,
        (norm, eps): (&CubeTensor, f32),
        step: &CubeTensor,
        output: Output,
        out: &CubeTensor,
    ) {
        let recipe = Recipe::Linear {
            weight: self.matrix,
            norm: Some(eps.into()),
            row,
            output,
        };
        let launch = Launch::of(recipe).weight(self).reads(x).reads(norm);
        let launch = match row {
            Row::Only => launch,
            Row::Last => launch.reads(step),
        };
        let rows = output.rows(self.matrix);
        launch.writes(out).threads(rows, 1, out);
    }
}

/// A new tensor beside `like`, not initialised.
fn empty(like: &CubeTensor, shape: impl Into<Shape>, dtype: DType) -> CubeTensor {
    let shape = shape.into();
    let handle = like.client.empty(shape.num_elements() * dtype.size());
    CubeTensor::new_contiguous(
        like.client.clone(),
        like.device.clone(),
        shape,
        handle,
        dtype,
    )
}

fn floats(like: &CubeTensor, shape: [usize; 2]) -> CubeTensor {
    empty(like, shape, DType::F32)
}

/// `tensor`, or a copy of it if another tensor shares its memory and must not see the change.
fn owned(tensor: CubeTensor) -> CubeTensor {
    if tensor.can_mut() {
        tensor
    } else {
        tensor.copy()
    }
}

fn rms_norm(x: &CubeTensor, norm: &CubeTensor, eps: f32) -> CubeTensor {
    let [n, cols] = x.shape().dims();
    let out = floats(x, [n, cols]);
    let recipe = Recipe::RmsNorm {
        cols,
        eps: eps.into(),
    };
    let launch = Launch::of(recipe).reads(x).reads(norm).writes(&out);
    launch.groups(n, 1, &out);
    out
}

/// RMS norm and projection of all rows of `x`, or of the last one.
fn norm_project(
    x: &CubeTensor,
    norm: (&CubeTensor, f32),
    weight: &Weight<'_>,
    step: &CubeTensor,
    which: Rows,
    output: Output,
) -> CubeTensor {
    let [n, _] = x.shape().dims();
    let rows = output.rows(weight.matrix);
    match which {
        Rows::All if n > 1 => {
            let out = floats(x, [n, rows]);
            let x = rms_norm(x, norm.0, norm.1);
            weight.project(&x, n, step, output, &out);
            out
        }
        Rows::All | Rows::Last => {
            let out = floats(x, [1, rows]);
            let row = if n > 1 { Row::Last } else { Row::Only };
            weight.project_normed(x, row, norm, step, output, &out);
            out
        }
    }
}

impl LlmOps for CubeBackend {
    fn embed(
        quants: CubeTensor,
        scales: &CubeTensor,
        step: CubeTensor,
        table: Matrix,
    ) -> CubeTensor {
        let n = step.shape().num_elements() - 2;
        let out = floats(&step, [n, table.cols]);
        let weight = Weight::new(&quants, scales, table);
        let launch = Launch::of(Recipe::Embed(table)).weight(&weight);
        let launch = launch.reads(&step).writes(&out);
        launch.threads(table.row_blocks(), n, &out);
        out
    }

    fn norm_linear(
        x: &CubeTensor,
        norm: &CubeTensor,
        quants: CubeTensor,
        scales: &CubeTensor,
        step: CubeTensor,
        weight: Matrix,
        eps: f32,
        which: Rows,
    ) -> CubeTensor {
        let weight = Weight::new(&quants, scales, weight);
        norm_project(x, (norm, eps), &weight, &step, which, Output::Store)
    }

    fn norm_gate(
        x: &CubeTensor,
        norm: &CubeTensor,
        quants: CubeTensor,
        scales: &CubeTensor,
        step: CubeTensor,
        weight: Matrix,
        eps: f32,
    ) -> CubeTensor {
        let weight = Weight::new(&quants, scales, weight);
        norm_project(x, (norm, eps), &weight, &step, Rows::All, Output::Gate)
    }

    fn linear_add(
        residual: CubeTensor,
        x: &CubeTensor,
        quants: CubeTensor,
        scales: &CubeTensor,
        step: CubeTensor,
        weight: Matrix,
    ) -> CubeTensor {
        let out = owned(residual);
        let [n, _] = x.shape().dims();
        let weight = Weight::new(&quants, scales, weight);
        weight.project(x, n, &step, Output::Add, &out);
        out
    }

    fn rope_append(
        qkv: &CubeTensor,
        bias: &CubeTensor,
        turns: &CubeTensor,
        keys: CubeTensor,
        values: CubeTensor,
        step: CubeTensor,
        heads: Heads,
    ) -> (CubeTensor, CubeTensor, CubeTensor) {
        let [n, _] = qkv.shape().dims();
        let [_, context, _] = keys.shape().dims();
        let (keys, values) = (owned(keys), owned(values));
        let q = floats(qkv, [n, heads.q()]);
        Launch::of(Recipe::RopeAppend { heads, context })
            .reads(qkv)
            .reads(bias)
            .reads(turns)
            .reads(&step)
            .writes(&q)
            .writes(&keys)
            .writes(&values)
            .threads(heads.qkv() / 2, n, &q);
        (q, keys, values)
    }

    fn attention(
        q: &CubeTensor,
        keys: &CubeTensor,
        values: &CubeTensor,
        step: CubeTensor,
        heads: Heads,
    ) -> CubeTensor {
        let [n, _] = q.shape().dims();
        let [_, context, _] = keys.shape().dims();
        let out = floats(q, [n, heads.q()]);
        Launch::of(Recipe::Attention { heads, context })
            .reads(q)
            .reads(keys)
            .reads(values)
            .reads(&step)
            .writes(&out)
            .groups(heads.query, n, &out);
        out
    }

    fn sum_rows(sum: CubeTensor, x: &CubeTensor, span: CubeTensor) -> CubeTensor {
        let sum = owned(sum);
        let cols = sum.shape().num_elements();
        let launch = Launch::of(Recipe::SumRows { cols }).reads(x).reads(&span);
        launch.writes(&sum).threads(cols, 1, &sum);
        sum
    }

    fn argmax(logits: &CubeTensor, step: CubeTensor) -> CubeTensor {
        let next = empty(&step, [3], DType::I32);
        let cols = logits.shape().num_elements();
        let launch = Launch::of(Recipe::Argmax { cols })
            .reads(logits)
            .reads(&step);
        launch.writes(&next).groups(1, 1, &next);
        next
    }

    fn choose(
        logits: CubeTensor,
        step: CubeTensor,
        settings: &CubeTensor,
        history: CubeTensor,
    ) -> (CubeTensor, CubeTensor) {
        let (logits, history) = (owned(logits), owned(history));
        let next = empty(&step, [3], DType::I32);
        let cols = logits.shape().num_elements();
        Launch::of(Recipe::Choose { cols })
            .writes(&logits)
            .reads(&step)
            .reads(settings)
            .writes(&history)
            .writes(&next)
            .groups(1, 1, &next);
        (next, history)
    }

    fn begin(
        work: CubeTensor,
        quants: CubeTensor,
        scales: &CubeTensor,
        turns: &CubeTensor,
        step: CubeTensor,
        table: Matrix,
        sizes: Work,
    ) -> CubeTensor {
        let work = owned(work);
        let table = Weight::new(&quants, scales, table);
        let recipe = Recipe::Begin {
            work: sizes,
            table: table.matrix,
        };
        let threads = (sizes.slices() * sizes.hidden).max(sizes.heads.dim);
        let launch = Launch::of(recipe).writes(&work).weight(&table);
        let launch = launch.reads(&step).reads(turns);
        launch.threads(threads, 1, &work);
        work
    }

    fn attend(
        work: CubeTensor,
        keys: CubeTensor,
        values: CubeTensor,
        norm_and_bias: &CubeTensor,
        qkv: CubeTensor,
        qkv_scales: &CubeTensor,
        output: CubeTensor,
        output_scales: &CubeTensor,
        _turns: &CubeTensor,
        _step: CubeTensor,
        [qkv_matrix, output_matrix]: [Matrix; 2],
        eps: f32,
        sizes: Work,
    ) -> (CubeTensor, CubeTensor, CubeTensor) {
        let [_, context, _] = keys.shape().dims();
        let (work, keys, values) = (owned(work), owned(keys), owned(values));
        let qkv = Weight::new(&qkv, qkv_scales, qkv_matrix);
        let output = Weight::new(&output, output_scales, output_matrix);
        let recipe = Recipe::Attend {
            work: sizes,
            qkv: qkv.matrix,
            output: output.matrix,
            context,
            eps: eps.into(),
        };
        Launch::of(recipe)
            .writes(&work)
            .writes(&keys)
            .writes(&values)
            .reads(norm_and_bias)
            .weight(&qkv)
            .weight(&output)
            .groups(sizes.heads.query, 1, &work);
        (work, keys, values)
    }

    fn feed(
        work: CubeTensor,
        norm: &CubeTensor,
        gate_up: CubeTensor,
        gate_up_scales: &CubeTensor,
        down: CubeTensor,
        down_scales: &CubeTensor,
        [gate_up_matrix, down_matrix]: [Matrix; 2],
        eps: f32,
        sizes: Work,
    ) -> CubeTensor {
        let work = owned(work);
        let gate_up = Weight::new(&gate_up, gate_up_scales, gate_up_matrix);
        let down = Weight::new(&down, down_scales, down_matrix);
        let recipe = Recipe::Feed {
            work: sizes,
            gate: gate_up.matrix,
            down: down.matrix,
            eps: eps.into(),
        };
        let launch = Launch::of(recipe).writes(&work).reads(norm);
        let launch = launch.weight(&gate_up).weight(&down);
        launch.groups(sizes.slices(), 1, &work);
        work
    }

    fn settle(work: &CubeTensor, sizes: Work) -> CubeTensor {
        let out = floats(work, [1, sizes.hidden]);
        let launch = Launch::of(Recipe::Settle(sizes)).reads(work).writes(&out);
        launch.threads(sizes.hidden / 4, 1, &out);
        out
    }
}
