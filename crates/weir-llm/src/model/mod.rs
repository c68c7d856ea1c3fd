//! The network: a Llama on one device.
//!
//! Per layer six operations ([`LlmOps`]): norm and joined query-key-value projection, bias, rotary
//! positions and append to the cache, attention, output projection onto the residual, norm and
//! gated half of the feed-forward layer, its other half onto the residual. A single token takes two
//! on a GPU, if the sizes allow: up to the output projection, and the feed-forward layer. With the
//! embedding, the end of the last layer, head and choice a token of SmolLM2-135M takes 2 · 30 + 4 = 64
//! launches.
//!
//! Nothing here blocks: work is enqueued at once, and only reading a result back is awaited.

mod blank;
mod cache;
mod choices;
mod load;
mod pairs;
mod pass;
mod weight;

pub use cache::KvCache;
pub use choices::Choices;
pub use load::{LoadError, Loaded};
pub use pass::{Logits, Prefill, Step, Tap};

use crate::config::ModelConfig;
use crate::device::DeviceError;
use crate::kernels::pack::Order;
use crate::kernels::{Heads, LlmOps, Recording, Rows, Work};
use burn::backend::{Dispatch, DispatchTensor};
use burn::tensor::Device;
use cache::{KvLayer, Recorded, Single};
use std::sync::Arc;
use weight::{Norm, Weight};

/// A Llama-family model whose weights are on a device; a clone shares them.
#[derive(Debug, Clone)]
pub struct Llama {
    config: ModelConfig,
    device: Device,
    /// By how much each pair of a head turns per position.
    frequencies: Vec<f64>,
    embedding: Weight,
    layers: Arc<[Layer]>,
    norm: Norm,
    /// The projection to the vocabulary; the embedding table itself if the file has no other.
    head: Option<Weight>,
}

#[derive(Debug, Clone)]
struct Layer {
    attention_norm: Norm,
    qkv: Weight,
    /// Zeros, shared by all layers, where the model has none.
    qkv_bias: DispatchTensor,
    /// Both in one, as the operations of a single token want them.
    norm_and_bias: DispatchTensor,
    output: Weight,
    ffn_norm: Norm,
    gate_up: Weight,
    down: Weight,
}

/// Why a pass through the model could not be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ForwardError {
    /// The tokens do not fit into the context any more.
    #[error(
        "{needed} tokens do not fit into the {context} tokens that the model remembers; \
         shorten the prompt or start a new dialogue"
    )]
    ContextFull {
        /// Tokens that the dialogue would have.
        needed: usize,
        /// Tokens there is room for.
        context: usize,
    },
    /// A token that the model does not have.
    #[error("token {token} is not in the model's vocabulary of {vocab}")]
    UnknownToken {
        /// The token.
        token: u32,
        /// Size of the vocabulary.
        vocab: usize,
    },
    /// No token at all.
    #[error("there is nothing to read: the prompt is empty")]
    NoTokens,
    /// A tap at tokens or a layer that this pass does not compute.
    #[error("the tap does not lie inside this pass")]
    TapOutside,
    /// The device failed.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

impl Llama {
    /// The sizes of the model.
    #[must_use]
    pub const fn config(&self) -> &ModelConfig {
        &self.config
    }

    /// The device that holds the weights.
    #[must_use]
    pub const fn device(&self) -> &Device {
        &self.device
    }

    /// Bytes that the weights take on the device.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let layers = self
            .layers
            .iter()
            .flat_map(|layer| [&layer.qkv, &layer.output, &layer.gate_up, &layer.down]);
        layers
            .chain([&self.embedding])
            .chain(&self.head)
            .map(|weight| weight.matrix.bytes())
            .sum()
    }

    /// An empty cache for `context` tokens, or for as many as the model was trained for if that is
    /// less.
    #[must_use]
    pub fn cache(&self, context: usize) -> KvCache {
        let config = &self.config;
        let context = context.clamp(1, config.context);
        KvCache::new(
            config.layers,
            self.heads(),
            &self.frequencies,
            self.fused(),
            context,
            &self.device,
        )
    }

    const fn heads(&self) -> Heads {
        Heads {
            query: self.config.heads,
            kv: self.config.kv_heads,
            dim: self.config.head_dim,
        }
    }

    /// Whether the device is a GPU: then launches are dear, and reading back is dearer.
    fn on_gpu(&self) -> bool {
        Order::of(&self.device) == Order::BlockMajor
    }

    /// The sizes by which a single token passes through a layer in two operations, if it does.
    fn fused(&self) -> Option<Work> {
        let sizes = Work {
            hidden: self.config.hidden,
            heads: self.heads(),
            ffn: self.config.ffn,
        };
        (self.on_gpu() && sizes.fits()).then_some(sizes)
    }

    /// Enqueues the layers for the tokens of `step`, and returns the residual stream behind the last
    /// one, `[n, hidden]`.
    fn enqueue(&self, cache: &mut KvCache, step: &DispatchTensor, n: usize) -> DispatchTensor {
        match std::mem::replace(&mut cache.single, Single::Apart) {
            Single::Fused {
                sizes,
                work,
                recorded,
            } if n == 1 => {
                let work = self.begin(work, &cache.turns, step, sizes);
                let (work, recorded) = self.enqueue_fused(cache, step, work, recorded, sizes);
                let x = Dispatch::settle(&work, sizes);
                cache.single = Single::Fused {
                    sizes,
                    work,
                    recorded: Some(recorded),
                };
                x
            }
            single => {
                cache.single = single;
                self.enqueue_apart(cache, step, |_, _| ())
            }
        }
    }

    /// Enqueues the beginning of the work on the one token of `step`.
    fn begin(
        &self,
        work: DispatchTensor,
        turns: &DispatchTensor,
        step: &DispatchTensor,
        sizes: Work,
    ) -> DispatchTensor {
        let table = &self.embedding;
        let (quants, scales) = (table.quants.clone(), &table.scales);
        Dispatch::begin(
            work,
            quants,
            scales,
            turns,
            step.clone(),
            table.matrix,
            sizes,
        )
    }

    /// Enqueues the layers for the one token that `work` began with, as they were recorded with these
    /// weights, or else recording them. Returns the work behind the last one.
    fn enqueue_fused(
        &self,
        cache: &mut KvCache,
        step: &DispatchTensor,
        work: DispatchTensor,
        recorded: Option<Recorded>,
        sizes: Work,
    ) -> (DispatchTensor, Recorded) {
        let turns = &cache.turns;
        let launch = |(work, cached)| self.launch_fused(work, cached, turns, step, sizes);
        let own = |recorded: &Recorded| Arc::ptr_eq(&recorded.layers, &self.layers);
        let recorded = match recorded.filter(own) {
            Some(recorded) if recorded.repeat() => return (work, recorded),
            recorded => recorded,
        };
        let buffers = (work, std::mem::take(&mut cache.layers));
        let ((work, cached), recorded) = match recorded {
            Some(recorded) => (launch(buffers), recorded),
            None => {
                let (buffers, recording) = Recording::of(&self.device, buffers, launch);
                let layers = Arc::clone(&self.layers);
                (buffers, Recorded { layers, recording })
            }
        };
        cache.layers = cached;
        (work, recorded)
    }

    /// Launches the layers for one token, and returns the work behind the last one.
    fn launch_fused(
        &self,
        mut work: DispatchTensor,
        cached: Vec<KvLayer>,
        turns: &DispatchTensor,
        step: &DispatchTensor,
        sizes: Work,
    ) -> (DispatchTensor, Vec<KvLayer>) {
        let mut layers = Vec::with_capacity(cached.len());
        for (layer, KvLayer { keys, values }) in self.layers.iter().zip(cached) {
            let (qkv, output) = (&layer.qkv, &layer.output);
            let (attended, keys, values) = Dispatch::attend(
                work,
                keys,
                values,
                &layer.norm_and_bias,
                qkv.quants.clone(),
                &qkv.scales,
                output.quants.clone(),
                &output.scales,
                turns,
                step.clone(),
                [qkv.matrix, output.matrix],
                layer.attention_norm.eps,
                sizes,
            );
            layers.push(KvLayer { keys, values });
            let (gate_up, down) = (&layer.gate_up, &layer.down);
            work = Dispatch::feed(
                attended,
                &layer.ffn_norm.weight,
                gate_up.quants.clone(),
                &gate_up.scales,
                down.quants.clone(),
                &down.scales,
                [gate_up.matrix, down.matrix],
                layer.ffn_norm.eps,
                sizes,
            );
        }
        (work, layers)
    }

    /// Enqueues the layers for the tokens of `step` and returns the residual stream behind the last
    /// one, `[n, hidden]`. `seen` is shown the stream behind every layer.
    fn enqueue_apart(
        &self,
        cache: &mut KvCache,
        step: &DispatchTensor,
        mut seen: impl FnMut(usize, &DispatchTensor),
    ) -> DispatchTensor {
        let heads = self.heads();
        let turns = &cache.turns;
        let mut x = self.embedding.embed(step);
        let cached = std::mem::take(&mut cache.layers);
        let layers = self.layers.iter().zip(cached).enumerate();
        cache.layers = layers
            .map(|(index, (layer, KvLayer { keys, values }))| {
                let qkv = layer
                    .qkv
                    .norm_linear(&x, &layer.attention_norm, step, Rows::All);
                let bias = &layer.qkv_bias;
                let (q, keys, values) =
                    Dispatch::rope_append(&qkv, bias, turns, keys, values, step.clone(), heads);
                let attended = Dispatch::attention(&q, &keys, &values, step.clone(), heads);
                let residual = std::mem::replace(&mut x, attended);
                x = layer.output.linear_add(residual, &x, step);
                let gated = layer.gate_up.norm_gate(&x, &layer.ffn_norm, step);
                let residual = std::mem::replace(&mut x, gated);
                x = layer.down.linear_add(residual, &x, step);
                seen(index, &x);
                KvLayer { keys, values }
            })
            .collect();
        x
    }

    /// The logits of the tokens whose residual stream is `x`.
    fn logits(&self, x: &DispatchTensor, step: &DispatchTensor, which: Rows) -> DispatchTensor {
        let head = self.head.as_ref().unwrap_or(&self.embedding);
        head.norm_linear(x, &self.norm, step, which)
    }
}
