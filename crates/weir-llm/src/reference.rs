//! The whole model in plain f32, one token at a time, without burn: what the model on a device is
//! tested against.
//!
//! Weights stay as the file stores them and are dequantised row by row; nothing is shared with the
//! kernels but [`scalar`].

use crate::config::{ConfigError, ModelConfig, RopePairs};
use crate::gguf::{GgmlType, Gguf, GgufError};
use crate::kernels::{Heads, scalar};
use crate::source::{ByteSource, SourceError};
use std::collections::BTreeMap;

/// A model and the keys and values of the tokens that it has read.
#[derive(Debug)]
pub struct Reference {
    config: ModelConfig,
    tensors: BTreeMap<String, (GgmlType, Vec<u8>)>,
    context: usize,
    position: usize,
    /// Of each layer `[kv, context, dim]`.
    keys: Vec<Vec<f32>>,
    values: Vec<Vec<f32>>,
}

/// Why a file could not be loaded.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ReferenceError {
    /// The sizes are wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A tensor is missing.
    #[error(transparent)]
    Gguf(#[from] GgufError),
    /// The file could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
}

impl Reference {
    /// Loads all of `source` into memory, with room for `context` tokens.
    ///
    /// # Errors
    /// [`ReferenceError`].
    pub async fn load(
        gguf: &Gguf,
        source: &impl ByteSource,
        context: usize,
    ) -> Result<Self, ReferenceError> {
        let config = ModelConfig::from_gguf(gguf)?;
        let mut tensors = BTreeMap::new();
        for tensor in gguf.tensors() {
            let bytes = source.read(tensor.offset, tensor.bytes as usize).await?;
            tensors.insert(tensor.name.clone(), (tensor.ty, bytes));
        }
        let cache = vec![0.0; config.kv_heads * context * config.head_dim];
        Ok(Self {
            keys: vec![cache.clone(); config.layers],
            values: vec![cache; config.layers],
            config,
            tensors,
            context,
            position: 0,
        })
    }

    /// Forgets every token.
    pub const fn clear(&mut self) {
        self.position = 0;
    }

    /// Reads one more token and returns the logits of the one that follows, `[vocab]`.
    ///
    /// # Panics
    /// If the context is full, or the token or a tensor is not in the file.
    pub fn read(&mut self, token: u32) -> Vec<f32> {
        let x = self.hidden(token, self.config.layers);
        let x = self.norm(&x, "output_norm");
        let head = if self.tensors.contains_key("output.weight") {
            "output"
        } else {
            "token_embd"
        };
        self.project(head, &x)
    }

    /// Reads one more token through the first `layers` layers, and returns the residual stream
    /// behind them, `[hidden]`.
    ///
    /// # Panics
    /// If the context is full, or the token or a tensor is not in the file.
    pub fn hidden(&mut self, token: u32, layers: usize) -> Vec<f32> {
        assert!(self.position < self.context, "the context is full");
        let heads = Heads {
            query: self.config.heads,
            kv: self.config.kv_heads,
            dim: self.config.head_dim,
        };
        let factors = self.tensors.get("rope_freqs.weight");
        let factors = factors.map(|(ty, bytes)| scalar::dequantize(*ty, bytes));
        let (dims, theta) = (self.config.rope_dims, self.config.rope_theta);
        let frequencies = scalar::frequencies(dims, theta, factors.as_deref());
        let turn = scalar::turn(self.position, &frequencies, heads.dim);
        let mut x = self.embedding(token);
        for layer in 0..layers {
            let at = |name: &str| format!("blk.{layer}.{name}");
            let normed = self.norm(&x, &at("attn_norm"));
            let mut q = self.project(&at("attn_q"), &normed);
            let mut k = self.project(&at("attn_k"), &normed);
            let mut v = self.project(&at("attn_v"), &normed);
            if self.config.qkv_bias {
                add(&mut q, &self.numbers(&at("attn_q.bias")));
                add(&mut k, &self.numbers(&at("attn_k.bias")));
                add(&mut v, &self.numbers(&at("attn_v.bias")));
            }
            self.turn(&mut q, &turn);
            self.turn(&mut k, &turn);
            self.append(layer, &k, &v);
            let (keys, values) = (&self.keys[layer], &self.values[layer]);
            let attended = scalar::attention(&q, keys, values, self.position + 1, heads);
            add(&mut x, &self.project(&at("attn_output"), &attended));
            let normed = self.norm(&x, &at("ffn_norm"));
            let gate = self.project(&at("ffn_gate"), &normed);
            let up = self.project(&at("ffn_up"), &normed);
            let gated = scalar::silu_mul(&gate, &up);
            add(&mut x, &self.project(&at("ffn_down"), &gated));
        }
        self.position += 1;
        x
    }

    fn turn(&self, x: &mut [f32], turn: &[f32]) {
        match self.config.rope_pairs {
            RopePairs::Neighbours => scalar::rope(x, turn),
            RopePairs::Halves => scalar::rope_halves(x, turn, self.config.rope_dims),
        }
    }

    fn append(&mut self, layer: usize, k: &[f32], v: &[f32]) {
        let dim = self.config.head_dim;
        for head in 0..self.config.kv_heads {
            let to = (head * self.context + self.position) * dim;
            let from = head * dim..(head + 1) * dim;
            self.keys[layer][to..to + dim].copy_from_slice(&k[from.clone()]);
            self.values[layer][to..to + dim].copy_from_slice(&v[from]);
        }
    }

    fn embedding(&self, token: u32) -> Vec<f32> {
        let (ty, bytes) = self.tensor("token_embd");
        let row = bytes.len() / self.config.vocab;
        let start = token as usize * row;
        scalar::dequantize(ty, &bytes[start..start + row])
    }

    fn norm(&self, x: &[f32], name: &str) -> Vec<f32> {
        let weight = self.numbers(&format!("{name}.weight"));
        scalar::rms_norm(x, &weight, self.config.rms_eps)
    }

    fn numbers(&self, tensor: &str) -> Vec<f32> {
        let (ty, bytes) = &self.tensors[tensor];
        scalar::dequantize(*ty, bytes)
    }

    fn project(&self, name: &str, x: &[f32]) -> Vec<f32> {
        let (ty, bytes) = self.tensor(name);
        scalar::linear(ty, bytes, x)
    }

    fn tensor(&self, name: &str) -> (GgmlType, &[u8]) {
        let (ty, bytes) = &self.tensors[&format!("{name}.weight")];
        (*ty, bytes)
    }
}

fn add(x: &mut [f32], y: &[f32]) {
    x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
}
