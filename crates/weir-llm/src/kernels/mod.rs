//! The operations of a Llama's hot path, each written three times.
//!
//! [`LlmOps`] is what the model calls. On WebGPU it is a WGSL kernel per operation (`cube`, with
//! the texts in `wgsl/`); on the CPU it is SIMD128 or portable Rust (`flex`, with the inner loops in
//! [`simd`]). [`scalar`] says the same once more as plainly as possible: every test and
//! [`self_test`] compare with it.
//!
//! Weights stay quantised. [`blocks`] takes the blocks of a file apart, and [`pack`] turns them into a
//! structure of arrays when the model is loaded: the values of all blocks, then their scales.
//!
//! Shapes are written `[rows, columns]`, the last axis being contiguous. `n` is the number of
//! tokens of a pass.

use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Backend, backend_extension};

pub mod blocks;
pub mod choice;
pub mod compare;
mod cube;
mod flex;
pub mod pack;
pub mod scalar;
mod self_test;
pub mod simd;
mod work;

pub use cube::{KernelSizes, Recording, kernels_of, launched_kernels, launches};
pub use self_test::{SelfTestError, self_test};
pub use work::Work;

/// How many consecutive weights of a row share their scale.
pub const BLOCK: usize = 32;

/// How many rows a CPU multiplies side by side; see [`pack::Order::Quads`].
pub const QUAD: usize = 4;

/// How the weights of a matrix are kept in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Four bits `q`, and per block a scale `d` and a minimum `m` as f32: the weight is `d·q + m`.
    ///
    /// Byte `i` of a block holds weight `i` in its low and weight `i + 16` in its high nibble.
    Q4,
    /// Eight signed bits `q`, and per block a scale `d` as f32: the weight is `d·q`.
    Q8,
    /// Eight signed bits `q`, and per block as f32 a scale `d` for the first 16 weights, one for the
    /// others, and a minimum `m`: the weight is `d·q + m`.
    Q8Halves,
    /// IEEE half floats.
    F16,
    /// Floats.
    F32,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Q4, Self::Q8, Self::Q8Halves, Self::F16, Self::F32];

    /// Bytes that the values of one block take.
    #[must_use]
    pub const fn block_bytes(self) -> usize {
        match self {
            Self::Q4 => BLOCK / 2,
            Self::Q8 | Self::Q8Halves => BLOCK,
            Self::F16 => BLOCK * 2,
            Self::F32 => BLOCK * 4,
        }
    }

    /// Floats beside the values of one block.
    #[must_use]
    pub const fn block_scales(self) -> usize {
        match self {
            Self::Q4 => 2,
            Self::Q8 => 1,
            Self::Q8Halves => 3,
            Self::F16 | Self::F32 => 0,
        }
    }

    /// Rows that lie side by side in [`pack::Order::Quads`].
    #[must_use]
    pub const fn lanes(self) -> usize {
        match self {
            Self::Q4 | Self::Q8 | Self::Q8Halves => QUAD,
            Self::F16 | Self::F32 => 1,
        }
    }

    /// Words of one block, scales included.
    #[must_use]
    pub const fn block_words(self) -> usize {
        self.block_bytes() / size_of::<i32>() + self.block_scales()
    }
}

/// Shape and format of a weight matrix `[rows, cols]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Matrix {
    /// Outputs.
    pub rows: usize,
    /// Inputs; a multiple of [`BLOCK`].
    pub cols: usize,
    /// How the weights are kept.
    pub format: Format,
}

impl Matrix {
    /// Blocks in one row.
    #[must_use]
    pub const fn row_blocks(&self) -> usize {
        self.cols / BLOCK
    }

    /// Blocks in the whole matrix.
    #[must_use]
    pub const fn blocks(&self) -> usize {
        self.rows * self.row_blocks()
    }

    /// Bytes in memory, scales included.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.blocks() * self.format.block_words() * size_of::<i32>()
    }
}

/// The heads of the attention. Query head `h` reads key and value head `h / (query / kv)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Heads {
    /// Query heads; a multiple of `kv`.
    pub query: usize,
    /// Key heads, and as many value heads.
    pub kv: usize,
    /// Width of a head; even.
    pub dim: usize,
}

impl Heads {
    /// Columns of the joined projection: queries, then keys, then values.
    #[must_use]
    pub const fn qkv(&self) -> usize {
        (self.query + 2 * self.kv) * self.dim
    }

    /// Columns of the queries, and of what the attention returns.
    #[must_use]
    pub const fn q(&self) -> usize {
        self.query * self.dim
    }
}

/// Which rows of its input a projection reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rows {
    /// All `n`.
    All,
    /// The last one only: all that the head needs to predict the next token.
    Last,
}

/// The operations of the hot path.
///
/// `quants` and `scales` are a [`Matrix`] as [`pack`] lays it out for the device of the tensors.
/// `step` is an integer vector `[position of the first token, n, token 1, …, token n]`: it is the
/// only thing that changes from one decoded token to the next, and [`argmax`](Self::argmax) makes
/// the next one on the device. Float tensors taken by value are written in place. (Integer tensors
/// are taken by value because the macro borrows floats only.)
#[backend_extension(Cube, Flex)]
pub trait LlmOps: Backend {
    /// The rows of `table` for the tokens of `step`: `[n, cols]`.
    fn embed(
        quants: IntTensor<Self>,
        scales: &FloatTensor<Self>,
        step: IntTensor<Self>,
        table: Matrix,
    ) -> FloatTensor<Self>;

    /// RMS norm, then a projection: row `t` of the result is `W · (norm ∘ x[t] / rms(x[t]))` with
    /// `rms(x) = √(mean(x²) + eps)`.
    ///
    /// `x: [n, cols]`, `norm: [cols]`, result `[n, rows]`, or `[1, rows]` for [`Rows::Last`].
    fn norm_linear(
        x: &FloatTensor<Self>,
        norm: &FloatTensor<Self>,
        quants: IntTensor<Self>,
        scales: &FloatTensor<Self>,
        step: IntTensor<Self>,
        weight: Matrix,
        eps: f32,
        which: Rows,
    ) -> FloatTensor<Self>;

    /// RMS norm, then the gated half of the feed-forward layer: `silu(W₁x) ∘ (W₂x)`.
    ///
    /// `weight` holds the rows of `W₁` above those of `W₂`; the result is `[n, rows / 2]`.
    fn norm_gate(
        x: &FloatTensor<Self>,
        norm: &FloatTensor<Self>,
        quants: IntTensor<Self>,
        scales: &FloatTensor<Self>,
        step: IntTensor<Self>,
        weight: Matrix,
        eps: f32,
    ) -> FloatTensor<Self>;

    /// `residual + W · x`, with `x: [n, cols]` and `residual: [n, rows]`.
    fn linear_add(
        residual: FloatTensor<Self>,
        x: &FloatTensor<Self>,
        quants: IntTensor<Self>,
        scales: &FloatTensor<Self>,
        step: IntTensor<Self>,
        weight: Matrix,
    ) -> FloatTensor<Self>;

    /// Adds `bias` to each row of `qkv`, turns queries and keys by their position, and appends keys
    /// and values to the cache.
    ///
    /// `qkv: [n, heads.qkv()]`, `bias: [heads.qkv()]`; `turns: [context, dim]` holds cosine and sine of each pair of
    /// components in turn; `keys` and `values` are `[kv, context, dim]`. Pairs are neighbours
    /// (components `2i`, `2i + 1`), the order that GGUF stores Llama's weights in. Returns the
    /// turned queries `[n, heads.q()]`, and keys and values with `n` more positions, for which a CPU
    /// makes room where there is none.
    fn rope_append(
        qkv: &FloatTensor<Self>,
        bias: &FloatTensor<Self>,
        turns: &FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
        step: IntTensor<Self>,
        heads: Heads,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);

    /// Causal attention: `softmax(q·kᵀ / √dim) · v` over the positions up to each query's own.
    ///
    /// `q: [n, heads.q()]`, `keys` and `values: [kv, context, dim]`, result `[n, heads.q()]`.
    fn attention(
        q: &FloatTensor<Self>,
        keys: &FloatTensor<Self>,
        values: &FloatTensor<Self>,
        step: IntTensor<Self>,
        heads: Heads,
    ) -> FloatTensor<Self>;

    /// Adds rows `span[0]..span[1]` of `x: [n, cols]` to `sum: [cols]`.
    fn sum_rows(
        sum: FloatTensor<Self>,
        x: &FloatTensor<Self>,
        span: IntTensor<Self>,
    ) -> FloatTensor<Self>;

    /// The step that follows `step` when the token with the highest of `logits: [1, vocab]` is
    /// chosen (the first of them if several are equal): `[position + n, 1, token]`.
    fn argmax(logits: &FloatTensor<Self>, step: IntTensor<Self>) -> IntTensor<Self>;

    /// The step that follows `step` when a token is chosen as [`Sampler`](crate::sampling::Sampler)
    /// chooses it, and the `history` with that token in it.
    ///
    /// `settings` and `history` are laid out as in [`choice`]; of the logits `[1, vocab]` nothing is
    /// promised afterwards. Where exponentials and quotients are rounded otherwise than in Rust, as
    /// WGSL allows, a unit that falls to the very edge between two tokens may fall to the other one.
    fn choose(
        logits: FloatTensor<Self>,
        step: IntTensor<Self>,
        settings: &FloatTensor<Self>,
        history: IntTensor<Self>,
    ) -> (IntTensor<Self>, IntTensor<Self>);

    /// Begins the work on one token, the one of `step`, with its row of `table`.
    ///
    /// `work: [sizes.len()]` is what [`begin`](Self::begin), [`attend`](Self::attend),
    /// [`feed`](Self::feed) and [`settle`](Self::settle) hand on to each other: a layer is the second
    /// and the third of them.
    fn begin(
        work: FloatTensor<Self>,
        quants: IntTensor<Self>,
        scales: &FloatTensor<Self>,
        turns: &FloatTensor<Self>,
        step: IntTensor<Self>,
        table: Matrix,
        sizes: Work,
    ) -> FloatTensor<Self>;

    /// Norm, query, key and value with their bias, rotary positions, append to the cache, attention,
    /// and output projection onto the residual stream of one token; the same as
    /// [`norm_linear`](Self::norm_linear), [`rope_append`](Self::rope_append),
    /// [`attention`](Self::attention) and [`linear_add`](Self::linear_add).
    ///
    /// `norm_and_bias: [hidden + heads.qkv()]`; `weights` are those of `qkv` and `output`; `turns` and
    /// `step` are those that the work began with: a GPU finds in the work what it needs of them, so that
    /// its launches are the same for every token.
    fn attend(
        work: FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
        norm_and_bias: &FloatTensor<Self>,
        qkv: IntTensor<Self>,
        qkv_scales: &FloatTensor<Self>,
        output: IntTensor<Self>,
        output_scales: &FloatTensor<Self>,
        turns: &FloatTensor<Self>,
        step: IntTensor<Self>,
        weights: [Matrix; 2],
        eps: f32,
        sizes: Work,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);

    /// Norm and feed-forward layer onto the residual stream of one token; the same as
    /// [`norm_gate`](Self::norm_gate) and [`linear_add`](Self::linear_add).
    ///
    /// `weights` are those of `gate_up` and `down`.
    fn feed(
        work: FloatTensor<Self>,
        norm: &FloatTensor<Self>,
        gate_up: IntTensor<Self>,
        gate_up_scales: &FloatTensor<Self>,
        down: IntTensor<Self>,
        down_scales: &FloatTensor<Self>,
        weights: [Matrix; 2],
        eps: f32,
        sizes: Work,
    ) -> FloatTensor<Self>;

    /// The residual stream that the work has come to, `[1, hidden]`.
    fn settle(work: &FloatTensor<Self>, sizes: Work) -> FloatTensor<Self>;
}
