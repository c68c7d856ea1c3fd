//! A model of which only the sizes are real, to find out how quick a device is.

use super::weight::{Norm, Weight};
use super::{ForwardError, Layer, Llama};
use crate::config::{ModelConfig, RopePairs};
use crate::device::{floats, read};
use crate::kernels::pack::{Order, Packer};
use crate::kernels::{Format, Matrix, scalar};
use burn::tensor::{Device, Tensor};

/// Layers with weights of their own, which the others share: more than the nearest caches of a CPU
/// hold, and a fifth of what the real ones take.
const DISTINCT: usize = 8;

impl Llama {
    /// A model of the sizes of SmolLM2-135M whose weights mean nothing: mostly zeros.
    pub(crate) fn blank(device: &Device) -> Self {
        let config = ModelConfig {
            layers: 30,
            hidden: 576,
            heads: 9,
            kv_heads: 3,
            head_dim: 64,
            ffn: 1536,
            vocab: 49_152,
            context: 64,
            rope_dims: 64,
            rope_theta: 1e5,
            rope_pairs: RopePairs::Neighbours,
            qkv_bias: false,
            rms_eps: 1e-5,
        };
        let matrix = |rows, cols, format| {
            let matrix = Matrix { rows, cols, format };
            let mut packed = Packer::new(matrix, Order::of(device)).into_packed();
            // Memory that nobody has written to need not be read; as a scale, this is a small number.
            packed.quants.fill(0x3c3c_3c3c);
            Weight::new(packed, device)
        };
        let norm = || Norm {
            weight: floats(vec![1.0; config.hidden], device),
            eps: config.rms_eps,
        };
        let qkv = (config.heads + 2 * config.kv_heads) * config.head_dim;
        let layer = || Layer {
            attention_norm: norm(),
            qkv: matrix(qkv, config.hidden, Format::Q4),
            qkv_bias: floats(vec![0.0; qkv], device),
            norm_and_bias: floats(vec![1.0; config.hidden + qkv], device),
            output: matrix(config.hidden, config.heads * config.head_dim, Format::Q4),
            ffn_norm: norm(),
            gate_up: matrix(2 * config.ffn, config.hidden, Format::Q4),
            down: matrix(config.hidden, config.ffn, Format::Q4),
        };
        let distinct: Vec<Layer> = (0..DISTINCT).map(|_| layer()).collect();
        Self {
            device: device.clone(),
            frequencies: scalar::frequencies(config.rope_dims, config.rope_theta, None),
            embedding: matrix(config.vocab, config.hidden, Format::Q8),
            layers: distinct
                .iter()
                .cycle()
                .take(config.layers)
                .cloned()
                .collect(),
            norm: norm(),
            head: None,
            config,
        }
    }

    /// The same model with only the first of its layers; the weights are shared.
    pub(crate) fn first_layer(&self) -> Self {
        let mut first = self.clone();
        first.config.layers = 1;
        first.layers = self.layers.iter().take(1).cloned().collect();
        first
    }

    /// Passes a token through the layers, without the head, and waits for it.
    ///
    /// # Errors
    /// [`ForwardError`].
    pub(crate) async fn pass_layers(&self) -> Result<(), ForwardError> {
        let mut cache = self.cache(self.config.context);
        let step = self.step(&cache, &[0])?;
        let x = self.enqueue(&mut cache, &step.tensor, step.len);
        let _: Vec<f32> = read(Tensor::<2>::from_dispatch(x)).await?;
        Ok(())
    }
}
