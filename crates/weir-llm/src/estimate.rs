//! How much memory a model takes, from the head of its file alone.

use crate::config::{ConfigError, ModelConfig};
use crate::gguf::{GgmlType, Gguf};
use crate::kernels::BLOCK;
use crate::kernels::pack::common_format;
use std::collections::BTreeMap;

/// Bytes of a number of activations, keys and values.
const FLOAT: u64 = 4;
/// Tokens that one pass reads.
const PASS: u64 = 32;
/// Bytes that metadata and vocabulary take for each byte of the file's head: those of SmolLM2-135M
/// take 4.5.
const HEAD_GROWTH: u64 = 5;

/// The memory that a model takes, in bytes, and how long its context may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// All weights as the kernels keep them.
    pub weights: u64,
    /// The largest buffer of weights.
    pub largest: u64,
    /// Keys, values and turns of one token of context.
    pub per_token: u64,
    /// Activations of one pass, and the logits.
    pub activations: u64,
    /// Vocabulary and metadata.
    pub head: u64,
    /// Tokens that the model was trained to remember; more are never kept.
    pub context: u32,
}

impl Estimate {
    /// The memory that the model of `gguf` takes.
    ///
    /// # Errors
    /// [`ConfigError`] if it is no model that can be run here.
    pub fn of(gguf: &Gguf) -> Result<Self, ConfigError> {
        let config = ModelConfig::from_gguf(gguf)?;
        let matrices = matrices(gguf);
        let vectors = gguf
            .tensors()
            .iter()
            .filter(|tensor| tensor.shape.len() == 1);
        let vectors: u64 = vectors
            .flat_map(|tensor| tensor.shape.first())
            .map(|len| len.saturating_mul(FLOAT))
            .fold(0, u64::saturating_add);

        let (hidden, ffn, vocab) = (config.hidden as u64, config.ffn as u64, config.vocab as u64);
        let head_dim = config.head_dim as u64;
        let kv = config.kv_heads as u64 * head_dim;
        let q = config.heads as u64 * head_dim;
        let starts = gguf.tensors().iter().map(|tensor| tensor.offset);
        Ok(Self {
            weights: matrices.iter().copied().fold(vectors, u64::saturating_add),
            largest: matrices.iter().copied().max().unwrap_or(0),
            per_token: FLOAT * (2 * config.layers as u64 * kv + head_dim),
            activations: FLOAT * (PASS * (4 * hidden + 2 * q + 2 * kv + 2 * ffn) + 3 * vocab),
            head: HEAD_GROWTH * starts.min().unwrap_or(0),
            context: config.context as u32,
        })
    }

    /// All of it with a cache of `context` tokens, which is made after the last matrix was packed.
    #[must_use]
    pub fn total(&self, context: u64) -> u64 {
        let cache = context.saturating_mul(self.per_token);
        let working = cache.saturating_add(self.activations).max(self.largest);
        self.weights
            .saturating_add(working)
            .saturating_add(self.head)
    }

    /// What of it a GPU does not hold.
    #[must_use]
    pub const fn beside_gpu(&self) -> u64 {
        self.largest
            .saturating_mul(2)
            .saturating_add(self.activations)
            .saturating_add(self.head)
    }
}

/// The tensors of a layer that become one matrix.
const JOINED: [&[&str]; 2] = [&["attn_q", "attn_k", "attn_v"], &["ffn_gate", "ffn_up"]];

/// Bytes of every matrix as the model keeps it. In 64 bits, which a matrix may need to be refused.
fn matrices(gguf: &Gguf) -> Vec<u64> {
    let mut joined: BTreeMap<String, (Vec<GgmlType>, u64)> = BTreeMap::new();
    for tensor in gguf.tensors() {
        let [cols, rows] = *tensor.shape else {
            continue;
        };
        let (types, blocks) = joined.entry(joined_name(&tensor.name)).or_default();
        types.push(tensor.ty);
        *blocks += rows * cols.div_ceil(BLOCK as u64);
    }
    let packed = joined.into_values().map(|(types, blocks)| {
        let format = common_format(&types);
        let block = format.block_bytes() as u64 + FLOAT * format.block_scales() as u64;
        blocks.saturating_mul(block)
    });
    packed.collect()
}

/// The name of the first tensor that shares a matrix with `name`.
fn joined_name(name: &str) -> String {
    for group in JOINED {
        for part in group {
            if name.contains(part) {
                return name.replace(part, group[0]);
            }
        }
    }
    name.to_owned()
}
