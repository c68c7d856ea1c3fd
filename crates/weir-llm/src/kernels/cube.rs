//! The operations on WebGPU: one launch each, or two while a prompt is read.
//!
//! Weights are packed in [`Order::BlockMajor`](super::pack::Order::BlockMajor).

use super::wgsl::{Kernel, Part};
use super::{Format, Heads, LlmOps, Matrix, Rows};
use burn::backend::{DType, TensorMetadata};
use burn::tensor::Shape;
use burn_cubecl::CubeBackend;
use burn_cubecl::tensor::CubeTensor;

/// Threads of a workgroup where they do not share anything: one SIMD width of most GPUs.
const THREADS: u32 = 32;
/// Threads of a workgroup that attends: one position each.
const POSITIONS: u32 = 64;
/// Threads of a workgroup that searches or sums up a long row.
const WIDE: u32 = 256;
/// Rows of x that a thread of a tiled projection takes.
const TILE: usize = 8;

/// The weights of a projection.
struct Weight<'a> {
    quants: &'a CubeTensor,
    scales: &'a CubeTensor,
    matrix: Matrix,
}

impl Weight<'_> {
    /// Declares the weights in a kernel that unpacks blocks.
    fn bind(&self, kernel: Kernel) -> Kernel {
        let (flags, quants, scales): (&[_], _, _) = match self.matrix.format {
            Format::Q4 => (&["Q4"], "vec4<u32>", Some("vec2<f32>")),
            Format::Q8 => (&["Q8"], "vec4<u32>", Some("f32")),
            Format::Q8Halves => (&["Q8", "HALVES"], "vec4<u32>", Some("f32")),
            Format::F16 => (&["F16"], "vec4<u32>", None),
            Format::F32 => (&["F32"], "vec4<f32>", None),
        };
        let kernel = flags
            .iter()
            .fold(kernel, |kernel, &flag| kernel.flag(flag))
            .constant("MATRIX_ROWS", self.matrix.rows)
            .constant("BLOCKS", self.matrix.row_blocks())
            .reads("quants", quants, self.quants);
        match scales {
            Some(ty) => kernel.reads("scales", ty, self.scales),
            None => kernel,
        }
    }

    /// A projection of the rows of `x`; `norm` is folded in if it is given.
    fn linear(&self, x: &CubeTensor, norm: Option<(&CubeTensor, f32)>) -> Kernel {
        let kernel = self
            .bind(Kernel::new(&[Part::Block, Part::Linear], THREADS))
            .reads("x", "vec4<f32>", x);
        match norm {
            Some((norm, eps)) => {
                kernel
                    .flag("NORM")
                    .float("EPS", eps)
                    .reads("norm", "vec4<f32>", norm)
            }
            None => kernel,
        }
    }
}

/// Launches `kernel` for each of the `n` rows of `out`, or for tiles of them.
fn for_rows(kernel: Kernel, n: usize, step: &CubeTensor, out: &CubeTensor, out_rows: usize) {
    let kernel = kernel
        .constant("OUT_ROWS", out_rows)
        .writes("out", "f32", out);
    if n == 1 {
        kernel.launch(out_rows, 1, out);
    } else {
        kernel
            .flag("TILED")
            .reads("step", "i32", step)
            .launch(out_rows, n.div_ceil(TILE), out);
    }
}

/// A new tensor beside `like`, not initialised.
fn empty(like: &CubeTensor, shape: [usize; 2]) -> CubeTensor {
    let handle = like.client.empty(shape[0] * shape[1] * size_of::<f32>());
    CubeTensor::new_contiguous(
        like.client.clone(),
        like.device.clone(),
        Shape::from(shape),
        handle,
        DType::F32,
    )
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
    let out = empty(x, [n, cols]);
    Kernel::new(&[Part::RmsNorm], POSITIONS)
        .constant("COLS4", cols / 4)
        .float("EPS", eps)
        .reads("x", "vec4<f32>", x)
        .reads("norm", "vec4<f32>", norm)
        .writes("out", "vec4<f32>", &out)
        .launch(n * POSITIONS as usize, 1, &out);
    out
}

impl LlmOps for CubeBackend {
    fn embed(
        quants: CubeTensor,
        scales: &CubeTensor,
        step: CubeTensor,
        table: Matrix,
    ) -> CubeTensor {
        let n = step.shape().num_elements() - 2;
        let out = empty(&step, [n, table.cols]);
        let weight = Weight {
            quants: &quants,
            scales,
            matrix: table,
        };
        weight
            .bind(Kernel::new(&[Part::Block, Part::Embed], THREADS))
            .reads("step", "i32", &step)
            .writes("out", "vec4<f32>", &out)
            .launch(table.row_blocks(), n, &out);
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
        let n = match which {
            Rows::All => x.shape().dims::<2>()[0],
            Rows::Last => 1,
        };
        let out = empty(x, [n, weight.rows]);
        let rows = weight.rows;
        let weight = Weight {
            quants: &quants,
            scales,
            matrix: weight,
        };
        if n > 1 {
            let x = rms_norm(x, norm, eps);
            for_rows(weight.linear(&x, None), n, &step, &out, rows);
        } else {
            let mut kernel = weight.linear(x, Some((norm, eps)));
            if which == Rows::Last {
                kernel = kernel.flag("LAST").reads("step", "i32", &step);
            }
            for_rows(kernel, n, &step, &out, rows);
        }
        out
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
        let n = x.shape().dims::<2>()[0];
        let rows = weight.rows / 2;
        let out = empty(x, [n, rows]);
        let weight = Weight {
            quants: &quants,
            scales,
            matrix: weight,
        };
        if n > 1 {
            let x = rms_norm(x, norm, eps);
            for_rows(weight.linear(&x, None).flag("GATE"), n, &step, &out, rows);
        } else {
            let kernel = weight.linear(x, Some((norm, eps)));
            for_rows(kernel.flag("GATE"), n, &step, &out, rows);
        }
        out
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
        let n = x.shape().dims::<2>()[0];
        let rows = weight.rows;
        let weight = Weight {
            quants: &quants,
            scales,
            matrix: weight,
        };
        for_rows(weight.linear(x, None).flag("ADD"), n, &step, &out, rows);
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
        let n = qkv.shape().dims::<2>()[0];
        let context = keys.shape().dims::<3>()[1];
        let (keys, values) = (owned(keys), owned(values));
        let q = empty(qkv, [n, heads.q()]);
        with_heads(Kernel::new(&[Part::RopeAppend], THREADS), heads, context)
            .reads("qkv", "vec2<f32>", qkv)
            .reads("bias", "vec2<f32>", bias)
            .reads("turns", "vec2<f32>", turns)
            .reads("step", "i32", &step)
            .writes("q", "vec2<f32>", &q)
            .writes("keys", "vec2<f32>", &keys)
            .writes("values", "vec2<f32>", &values)
            .launch(heads.qkv() / 2, n, &q);
        (q, keys, values)
    }

    fn attention(
        q: &CubeTensor,
        keys: &CubeTensor,
        values: &CubeTensor,
        step: CubeTensor,
        heads: Heads,
    ) -> CubeTensor {
        let n = q.shape().dims::<2>()[0];
        let context = keys.shape().dims::<3>()[1];
        let out = empty(q, [n, heads.q()]);
        with_heads(Kernel::new(&[Part::Attention], POSITIONS), heads, context)
            .float("SCALE", 1.0 / (heads.dim as f32).sqrt())
            .reads("q", "vec4<f32>", q)
            .reads("keys", "vec4<f32>", keys)
            .reads("values", "f32", values)
            .reads("step", "i32", &step)
            .writes("out", "f32", &out)
            .launch(heads.query * POSITIONS as usize, n, &out);
        out
    }

    fn sum_rows(sum: CubeTensor, x: &CubeTensor, span: CubeTensor) -> CubeTensor {
        let sum = owned(sum);
        let cols = sum.shape().num_elements();
        Kernel::new(&[Part::SumRows], THREADS)
            .constant("COLS", cols)
            .reads("x", "f32", x)
            .reads("span", "i32", &span)
            .writes("sum", "f32", &sum)
            .launch(cols, 1, &sum);
        sum
    }

    fn argmax(logits: &CubeTensor, step: CubeTensor) -> CubeTensor {
        let next = CubeTensor::new_contiguous(
            step.client.clone(),
            step.device.clone(),
            Shape::from([3]),
            step.client.empty(3 * size_of::<i32>()),
            DType::I32,
        );
        Kernel::new(&[Part::Argmax], WIDE)
            .constant("COLS", logits.shape().num_elements())
            .reads("logits", "f32", logits)
            .reads("step", "i32", &step)
            .writes("next", "i32", &next)
            .launch(WIDE as usize, 1, &next);
        next
    }
}

fn with_heads(kernel: Kernel, heads: Heads, context: usize) -> Kernel {
    kernel
        .constant("QUERY", heads.query)
        .constant("KV", heads.kv)
        .constant("DIM", heads.dim)
        .constant("CONTEXT", context)
}
