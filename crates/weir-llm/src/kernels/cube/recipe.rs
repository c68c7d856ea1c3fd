//! What decides the text of each kernel, and the text.

use super::text::Text;
use crate::kernels::choice;
use crate::kernels::work::Work;
use crate::kernels::{Heads, Matrix};

/// Threads of a workgroup where they do not share anything: one SIMD width of most GPUs.
const THREADS: u32 = 32;
/// Threads of a workgroup that attends to many tokens: one position each.
const POSITIONS: u32 = 64;
/// Threads of a workgroup that multiplies a tile of weights with a tile of tokens.
const TILE: u32 = 128;
/// Threads of a workgroup that searches or sums up a long row.
const WIDE: u32 = 256;

/// A float in a kernel's text, by its bits so that it can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Float(u32);

impl From<f32> for Float {
    fn from(value: f32) -> Self {
        Self(value.to_bits())
    }
}

impl Float {
    const fn get(self) -> f32 {
        f32::from_bits(self.0)
    }
}

/// What a projection does with its sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Output {
    Store,
    /// Adds them to what is there.
    Add,
    /// `silu(first half) ∘ second half`.
    Gate,
}

impl Output {
    fn flag(self, text: Text) -> Text {
        match self {
            Self::Store => text,
            Self::Add => text.flag("ADD"),
            Self::Gate => text.flag("GATE"),
        }
    }

    /// Outputs of a projection by `weight`.
    pub(super) const fn rows(self, weight: Matrix) -> usize {
        match self {
            Self::Gate => weight.rows / 2,
            Self::Store | Self::Add => weight.rows,
        }
    }
}

/// The row that a projection of one row reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Row {
    Only,
    /// The last one of those that `step` counts.
    Last,
}

/// One kernel: everything that decides its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Recipe {
    Embed(Matrix),
    RmsNorm {
        cols: usize,
        eps: Float,
    },
    Linear {
        weight: Matrix,
        norm: Option<Float>,
        row: Row,
        output: Output,
    },
    LinearTile {
        weight: Matrix,
        output: Output,
    },
    RopeAppend {
        heads: Heads,
        context: usize,
    },
    Attention {
        heads: Heads,
        context: usize,
    },
    SumRows {
        cols: usize,
    },
    Argmax {
        cols: usize,
    },
    Begin {
        work: Work,
        table: Matrix,
    },
    Attend {
        work: Work,
        qkv: Matrix,
        output: Matrix,
        context: usize,
        eps: Float,
    },
    Feed {
        work: Work,
        gate: Matrix,
        down: Matrix,
        eps: Float,
    },
    Settle(Work),
    Choose {
        cols: usize,
    },
}

impl Recipe {
    /// Rows and tokens of a tile.
    pub(super) const fn tile(output: Output) -> [usize; 2] {
        match output {
            Output::Gate => [32, 32],
            Output::Store | Output::Add => [64, 32],
        }
    }

    /// Threads of a workgroup.
    pub(super) const fn workgroup(self) -> u32 {
        match self {
            Self::Embed(_)
            | Self::Linear { .. }
            | Self::RopeAppend { .. }
            | Self::SumRows { .. }
            | Self::Begin { .. }
            | Self::Settle(_) => THREADS,
            Self::RmsNorm { .. } | Self::Attention { .. } => POSITIONS,
            Self::LinearTile { .. } => TILE,
            Self::Argmax { .. } | Self::Choose { .. } => WIDE,
            Self::Attend { work, .. } => work.attend_threads() as u32,
            Self::Feed { .. } => 4 * Work::SLICE as u32,
        }
    }

    /// The text of the kernel, which declares its buffers in the order in which they are bound.
    pub(super) fn text(self) -> String {
        let text = Text::new(self.workgroup());
        match self {
            Self::Embed(table) => text
                .matrix("w", table)
                .buffer("step", "i32")
                .buffer("out", "vec4<f32>")
                .with(&[include_str!("../wgsl/embed.wgsl")]),
            Self::RmsNorm { cols, eps } => text
                .constant("COLS4", cols / 4)
                .float("EPS", eps.get())
                .buffer("x", "vec4<f32>")
                .buffer("norm", "vec4<f32>")
                .buffer("out", "vec4<f32>")
                .with(&[include_str!("../wgsl/rms_norm.wgsl")]),
            Self::Linear {
                weight,
                norm,
                row,
                output,
            } => {
                let text = text
                    .matrix("w", weight)
                    .constant("OUT_ROWS", output.rows(weight))
                    .buffer("x", "vec4<f32>");
                let text = match norm {
                    Some(eps) => text
                        .flag("NORM")
                        .float("EPS", eps.get())
                        .buffer("norm", "vec4<f32>"),
                    None => text,
                };
                let text = match row {
                    Row::Only => text,
                    Row::Last => text.flag("LAST").buffer("step", "i32"),
                };
                output.flag(text).buffer("out", "f32").with(&[
                    include_str!("../wgsl/silu.wgsl"),
                    include_str!("../wgsl/linear.wgsl"),
                ])
            }
            Self::LinearTile { weight, output } => output
                .flag(text)
                .matrix("w", weight)
                .constant("OUT_ROWS", output.rows(weight))
                .buffer("x", "vec4<f32>")
                .buffer("step", "i32")
                .buffer("out", "f32")
                .with(&[
                    include_str!("../wgsl/silu.wgsl"),
                    include_str!("../wgsl/linear_tile.wgsl"),
                ]),
            Self::RopeAppend { heads, context } => with_heads(text, heads, context)
                .buffer("qkv", "vec2<f32>")
                .buffer("bias", "vec2<f32>")
                .buffer("turns", "vec2<f32>")
                .buffer("step", "i32")
                .buffer("q", "vec2<f32>")
                .buffer("keys", "vec2<f32>")
                .buffer("values", "vec2<f32>")
                .with(&[include_str!("../wgsl/rope_append.wgsl")]),
            Self::Attention { heads, context } => with_heads(text, heads, context)
                .buffer("q", "vec4<f32>")
                .buffer("keys", "vec4<f32>")
                .buffer("values", "f32")
                .buffer("step", "i32")
                .buffer("out", "f32")
                .with(&[include_str!("../wgsl/attention.wgsl")]),
            Self::SumRows { cols } => text
                .constant("COLS", cols)
                .buffer("x", "f32")
                .buffer("span", "i32")
                .buffer("sum", "f32")
                .with(&[include_str!("../wgsl/sum_rows.wgsl")]),
            Self::Argmax { cols } => text
                .constant("COLS", cols)
                .buffer("logits", "f32")
                .buffer("step", "i32")
                .buffer("next", "i32")
                .with(&[include_str!("../wgsl/argmax.wgsl")]),
            Self::Begin { work, table } => stream_of_slices(text, work)
                .constant("TURN", work.turn())
                .constant("DIM", work.heads.dim)
                .matrix("w", table)
                .buffer("step", "i32")
                .buffer("turns", "f32")
                .with(&[include_str!("../wgsl/begin.wgsl")]),
            Self::Attend {
                work,
                qkv,
                output,
                context,
                eps,
            } => with_heads(stream_of_slices(text, work), work.heads, context)
                .constant("KEPT", work.before_feed())
                .constant("ADDS", work.head_parts())
                .constant("ROOM", work.room())
                .constant("SHARES", work.shares())
                .constant("TURN", work.turn())
                .float("EPS", eps.get())
                .buffer("keys", "vec4<f32>")
                .buffer("values", "vec4<f32>")
                .buffer("norm", "vec4<f32>")
                .matrix("qkv", qkv)
                .matrix("output", output)
                .with(&[
                    include_str!("../wgsl/residual.wgsl"),
                    include_str!("../wgsl/normed.wgsl"),
                    include_str!("../wgsl/attend.wgsl"),
                ]),
            Self::Feed {
                work,
                gate,
                down,
                eps,
            } => text
                .constant("HIDDEN", work.hidden)
                .constant("FFN", work.ffn)
                .constant("STREAM", work.before_feed())
                .constant("ADDED", work.head_parts())
                .constant("PARTS", work.heads.query)
                .constant("KEPT", work.before_attention())
                .constant("ADDS", work.slice_parts())
                .constant("ROOM", work.hidden / 4)
                .float("EPS", eps.get())
                .buffer("work", "f32")
                .buffer("norm", "vec4<f32>")
                .matrix("gate", gate)
                .matrix("down", down)
                .with(&[
                    include_str!("../wgsl/residual.wgsl"),
                    include_str!("../wgsl/normed.wgsl"),
                    include_str!("../wgsl/silu.wgsl"),
                    include_str!("../wgsl/feed.wgsl"),
                ]),
            Self::Settle(work) => stream_of_slices(text, work)
                .buffer("out", "vec4<f32>")
                .with(&[
                    include_str!("../wgsl/residual.wgsl"),
                    include_str!("../wgsl/settle.wgsl"),
                ]),
            Self::Choose { cols } => text
                .constant("COLS", cols)
                .constant("RECENT", choice::RECENT)
                .constant("UNITS", choice::HEAD)
                .buffer("logits", "u32")
                .buffer("step", "i32")
                .buffer("settings", "f32")
                .buffer("history", "i32")
                .buffer("next", "i32")
                .with(&[include_str!("../wgsl/choose.wgsl")]),
        }
    }
}

/// The stream in front of a layer's attention, whose parts are the slices of the layer before.
fn stream_of_slices(text: Text, work: Work) -> Text {
    text.constant("HIDDEN", work.hidden)
        .constant("STREAM", work.before_attention())
        .constant("ADDED", work.slice_parts())
        .constant("PARTS", work.slices())
        .buffer("work", "f32")
}

fn with_heads(text: Text, heads: Heads, context: usize) -> Text {
    text.constant("QUERY", heads.query)
        .constant("KV", heads.kv)
        .constant("DIM", heads.dim)
        .constant("CONTEXT", context)
        .float("SCALE", 1.0 / (heads.dim as f32).sqrt())
}
